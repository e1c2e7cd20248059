import { baseOf, keyFrom, listAt, textIn } from './read.js'
import type { SearchAnswer, SearchCall, SearchEngine, SearchProvider, SearchQuery } from './types.js'

const OWN_API = 'https://api.perplexity.ai'
const OPENROUTER_API = 'https://openrouter.ai/api/v1'
const OPENROUTER_MODEL = 'perplexity/sonar-pro'

/**
 * Perplexity: POST /search lists results. With a model, or a key of OpenRouter, POST /chat/completions answers in words
 * with its sources.
 */
export const perplexity: SearchProvider = {
  name: 'perplexity',
  setUp({ apiKey, perplexity: own }, env): SearchEngine | undefined {
    const key = keyFrom(env, 'PERPLEXITY_API_KEY', own?.apiKey, apiKey)
    const routed = key?.startsWith('sk-or-') === true
    const address = baseOf(own?.baseUrl, routed ? OPENROUTER_API : OWN_API)
    if (key === undefined || !address) return undefined
    const model = own?.model ?? (routed ? OPENROUTER_MODEL : undefined)
    const post = (path: string, body: object): SearchCall => ({
      url: address.base + path,
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    })
    return {
      ...(address.own !== undefined && { ownHost: address.own }),
      call: (query) =>
        model === undefined ? post('/search', listing(query)) : post('/chat/completions', question(query, model)),
      read: model === undefined ? readListing : readAnswer,
    }
  },
}

function listing({ query, count, freshness, country, language }: SearchQuery): object {
  return {
    query,
    max_results: count,
    ...(freshness && { search_recency_filter: freshness }),
    ...(country && { country }),
    ...(language && { search_language_filter: [language] }),
  }
}

function question({ query, freshness }: SearchQuery, model: string): object {
  return { model, messages: [{ role: 'user', content: query }], ...(freshness && { search_recency_filter: freshness }) }
}

function readListing(body: unknown): SearchAnswer {
  return {
    results: listAt(body, 'results').map((row) => {
      const age = textIn(row, 'date')
      return {
        title: textIn(row, 'title'),
        url: textIn(row, 'url'),
        snippet: textIn(row, 'snippet'),
        ...(age !== '' && { age }),
      }
    }),
  }
}

/** Sources stand in `search_results`, in older answers as bare URLs in `citations`. */
function readAnswer(body: unknown): SearchAnswer {
  const [choice] = listAt(body, 'choices') as readonly { readonly message?: { readonly content?: unknown } }[]
  const content = choice?.message?.content
  const sources = listAt(body, 'search_results').map((row) => ({
    title: textIn(row, 'title'),
    url: textIn(row, 'url'),
    snippet: '',
  }))
  const citations = listAt(body, 'citations').filter((url) => typeof url === 'string')
  return {
    results: sources.length > 0 ? sources : citations.map((url) => ({ title: url, url, snippet: '' })),
    ...(typeof content === 'string' && { answer: content }),
  }
}
