import { baseOf, keyFrom, listAt, textIn } from './read.js'
import type { Freshness, SearchProvider } from './types.js'

const periods: Readonly<Record<Freshness, string>> = { day: 'pd', week: 'pw', month: 'pm', year: 'py' }

/** Brave Search API: GET /res/v1/web/search, key in `X-Subscription-Token`. */
export const brave: SearchProvider = {
  name: 'brave',
  setUp({ apiKey, brave: own }, env) {
    const key = keyFrom(env, 'BRAVE_API_KEY', own?.apiKey, apiKey)
    const address = baseOf(own?.baseUrl, 'https://api.search.brave.com/res/v1')
    // One key in a config that names no provider must not be sent to another than its own.
    if (key === undefined || !address || /^(?:pplx-|sk-or-)/.test(key)) return undefined
    return {
      ...(address.own !== undefined && { ownHost: address.own }),
      call({ query, count, freshness, country, language }) {
        const search = new URLSearchParams({ q: query, count: String(count), text_decorations: 'false' })
        if (freshness) search.set('freshness', periods[freshness])
        if (country) search.set('country', country)
        if (language) search.set('search_lang', language)
        return {
          url: `${address.base}/web/search?${search}`,
          headers: { accept: 'application/json', 'x-subscription-token': key },
        }
      },
      read: (body) => ({
        results: listAt(body, 'web', 'results').map((row) => {
          const age = textIn(row, 'age')
          return {
            title: textIn(row, 'title'),
            url: textIn(row, 'url'),
            snippet: textIn(row, 'description'),
            ...(age !== '' && { age }),
          }
        }),
      }),
    }
  },
}
