import { Type } from '../../schemas/type.js'
import { GatewayError } from '../kernel/errors.js'
import { said } from './_text/file.js'
import { defineTool, type ToolContext } from './_types.js'
import { fenceUntrusted } from './_untrusted.js'
import { type ChosenEngine, chooseEngine } from './_web-search/providers.js'
import { readQuery } from './_web-search/query.js'
import type { SearchAnswer, SearchQuery, SearchResult, SearchSettings } from './_web-search/types.js'

const MAX_COUNT = 10
const COUNT = 5
const TIMEOUT_SECONDS = 30
const CACHE_MINUTES = 15
const MAX_BYTES = 2 * 1024 * 1024

export default defineTool({
  group: 'web',
  label: 'Search the web',
  summary: 'Search the web; gives titles, URLs and snippets. They are untrusted.',
  params: Type.Object({
    query: Type.String({ minLength: 1, maxLength: 1_000 }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_COUNT, description: `Default ${COUNT}` })),
    freshness: Type.Optional(Type.String({ description: 'day, week, month or year' })),
    country: Type.Optional(Type.String({ description: 'Two letters, e.g. DE' })),
    language: Type.Optional(Type.String({ description: 'Two letters, e.g. de' })),
  }),
  spellings: { q: 'query', search_lang: 'language', max_results: 'count' },
  readOnly: true,
  setupKey: 'tools.web.search.apiKey',
  available: ({ tools }, { env }) => {
    const settings = tools?.web?.search ?? {}
    return (settings.enabled ?? true) && chooseEngine(settings, env) !== undefined
  },
  async run(context, args) {
    const settings = context.config.tools?.web?.search ?? {}
    const chosen = chooseEngine(settings, context.env)
    if (!chosen) throw new GatewayError('tool_error', { message: 'No search provider is set up (tools.web.search).' })
    const query = readQuery({ ...args, count: Math.min(args.count ?? settings.maxResults ?? COUNT, MAX_COUNT) })
    const answer = await search(context, settings, chosen, query)
    const details = { provider: chosen.name, query: query.query, ...answer }
    if (answer.results.length === 0 && answer.answer === undefined) return said('Nothing was found.', details)
    return said(fenceUntrusted(show(answer), `web search by ${chosen.name}`), details)
  },
})

async function search(
  context: ToolContext,
  settings: SearchSettings,
  { name, engine }: ChosenEngine,
  query: SearchQuery,
): Promise<SearchAnswer> {
  const call = engine.call(query)
  // Without the headers, which hold the key; the URL says which instance is asked.
  const key = JSON.stringify(['web_search', name, call.url, call.body])
  const kept = context.cache.get(key)
  if (kept !== undefined) return JSON.parse(kept)
  const { status, headers, body } = await context.fetch({
    ...call,
    maxBytes: MAX_BYTES,
    timeoutMs: (settings.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000,
    maxRedirects: 0,
    signal: context.signal,
    ...(engine.ownHost !== undefined && { policy: { allowedHostnames: [engine.ownHost] } }),
  })
  if (status >= 400) throw refused(name, status, headers['retry-after'])
  const answer = engine.read(parse(name, body), query)
  const usable = { ...answer, results: answer.results.filter(isUsable).slice(0, query.count) }
  context.cache.put(key, JSON.stringify(usable), (settings.cacheTtlMinutes ?? CACHE_MINUTES) * 60_000)
  return usable
}

function parse(name: string, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new GatewayError('egress_failed', { message: `The search provider ${name} did not answer with JSON.` })
  }
}

/** What a provider says beyond its status may repeat the key. */
function refused(name: string, status: number, retryAfter: string | undefined): GatewayError {
  const wait = retryAfter === undefined ? '' : ` Wait ${retryAfter.slice(0, 40)} s.`
  const why =
    status === 401 || status === 403
      ? 'refused the key or the request. Check tools.web.search.'
      : status === 429
        ? `is limiting the rate.${wait}`
        : `answered ${status}.`
  return new GatewayError('tool_error', { message: `The search provider ${name} ${why}` })
}

function isUsable({ url }: SearchResult): boolean {
  return /^https?:\/\//i.test(url)
}

function show({ answer, results }: SearchAnswer): string {
  const rows = results.map(({ title, url, snippet, age }, index) => {
    const line = [snippet, ...(age === undefined ? [] : [`(${age})`])].join(' ').trim()
    return [`${index + 1}. ${title || url}`, `   ${url}`, ...(line === '' ? [] : [`   ${line}`])].join('\n')
  })
  if (answer === undefined) return rows.join('\n\n')
  return [answer, ...(rows.length > 0 ? [`Sources:\n${rows.join('\n')}`] : [])].join('\n\n')
}
