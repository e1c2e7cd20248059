import { baseOf, listAt, textIn } from './read.js'
import type { SearchProvider } from './types.js'

/** A SearXNG instance: GET /search?format=json, which its settings must allow. It has no word for a country. */
export const searxng: SearchProvider = {
  name: 'searxng',
  setUp({ searxng: own }, env) {
    const address = baseOf(own?.baseUrl ?? env.SEARXNG_BASE_URL)
    if (!address) return undefined
    return {
      ...(address.own !== undefined && { ownHost: address.own }),
      call({ query, freshness, language }) {
        const search = new URLSearchParams({ q: query, format: 'json' })
        if (freshness) search.set('time_range', freshness)
        if (language) search.set('language', language)
        return { url: `${address.base}/search?${search}`, headers: { accept: 'application/json' } }
      },
      read: (body, { count }) => ({
        results: listAt(body, 'results')
          .slice(0, count)
          .map((row) => {
            const age = textIn(row, 'publishedDate')
            return {
              title: textIn(row, 'title'),
              url: textIn(row, 'url'),
              snippet: textIn(row, 'content'),
              ...(age !== '' && { age }),
            }
          }),
      }),
    }
  },
}
