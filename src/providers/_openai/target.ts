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
  /** True for OpenAI itself (also on Azure), which differs from the many servers that imitate it. */
  readonly openAi: boolean
  readonly headers: readonly string[]
  /** Path of an endpoint under the base URL; a query in the base URL stays. */
  path(endpoint: string): string
}

/** `model.baseUrl` has been checked when the model was resolved. */
export function targetOf(model: ResolvedModel): Target {
  const url = new URL(model.baseUrl)
  const base = url.pathname.replace(/\/+$/, '').replace(/\/chat\/completions$/, '')
  return {
    origin: url.origin,
    host: url.host,
    openAi: url.hostname === 'api.openai.com' || url.hostname.endsWith('.openai.azure.com'),
    headers: headersOf(model),
    path: (endpoint) => `${base}${endpoint}${url.search}`,
  }
}

function headersOf({ apiKey, headers }: ResolvedModel): string[] {
  const all = new Map([
    ['content-type', 'application/json'],
    ['accept', 'text/event-stream, application/json'],
    ['accept-encoding', 'identity'],
    ['user-agent', 'openclaw'],
  ])
  if (apiKey) all.set('authorization', `Bearer ${apiKey}`)
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (!ours.has(lower)) all.set(lower, value)
  }
  return [...all].flat()
}
