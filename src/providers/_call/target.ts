import type { ResolvedModel } from '../../models/types.js'

/** Headers that belong to the connection, whatever the config says. */
const ours = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
])

/** Where and how one model is called; made once for each resolved model. */
export interface Target {
  readonly origin: string
  /** Host and port, for messages. */
  readonly host: string
  readonly hostname: string
  /** True for OpenAI itself (also on Azure), which differs from the many servers that imitate it. */
  readonly openAi: boolean
  readonly headers: readonly string[]
  /** Path of an endpoint under the base URL; a query in the base URL stays. */
  path(endpoint: string): string
}

export interface TargetOptions {
  /** What the API wants besides; headers of the config win. */
  readonly headers: Readonly<Record<string, string>>
  /** What the path of the base URL means; it has no slash at its end. */
  readonly base?: (path: string) => string
}

/** `model.baseUrl` has been checked when the model was resolved. */
export function openTarget(model: ResolvedModel, { headers, base = (path) => path }: TargetOptions): Target {
  const url = new URL(model.baseUrl)
  const root = base(url.pathname.replace(/\/+$/, ''))
  return {
    origin: url.origin,
    host: url.host,
    hostname: url.hostname,
    openAi: url.hostname === 'api.openai.com' || url.hostname.endsWith('.openai.azure.com'),
    headers: headersOf(headers, model.headers),
    path: (endpoint) => `${root}${joinQuery(endpoint, url.search)}`,
  }
}

function joinQuery(endpoint: string, search: string): string {
  return search !== '' && endpoint.includes('?') ? `${endpoint}&${search.slice(1)}` : `${endpoint}${search}`
}

function headersOf(own: TargetOptions['headers'], configured: ResolvedModel['headers']): string[] {
  const all = new Map([
    ['content-type', 'application/json'],
    ['accept', 'text/event-stream, application/json'],
    ['accept-encoding', 'identity'],
    ['user-agent', 'openclaw'],
    ...Object.entries(own),
  ])
  for (const [name, value] of Object.entries(configured)) {
    const lower = name.toLowerCase()
    if (!ours.has(lower)) all.set(lower, value)
  }
  return [...all].flat()
}
