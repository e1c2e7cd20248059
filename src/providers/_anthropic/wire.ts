import type { ResolvedModel } from '../../models/types.js'
import { openTarget, type Target } from '../_call/target.js'
import type { Wire } from '../_call/wire.js'
import { requestBody } from './body.js'
import { learn, type Quirks } from './quirks.js'
import { MessagesReader } from './reader.js'

const VERSION = '2023-06-01'

/** `POST /v1/messages`. */
export const messagesApi: Wire<Quirks> = {
  framing: 'sse',
  endMark: 'stop_reason and message_stop',
  baseHint: 'does the baseUrl point to the API (without /v1/messages)?',
  quirks: {},
  target: targetOf,
  path: () => '/v1/messages',
  body: (request, { hostname }, quirks) => requestBody(request, isAnthropic(hostname), quirks),
  read: (answer, makeId) => new MessagesReader(answer, makeId),
  learn: (failure, used, request) => learn(failure, used, request.model),
}

const isAnthropic = (hostname: string) => hostname === 'api.anthropic.com' || hostname.endsWith('.anthropic.com')

function targetOf(model: ResolvedModel): Target {
  return openTarget(model, {
    headers: { 'anthropic-version': VERSION, ...keyHeaders(model) },
    base: (path) => path.replace(/\/messages$/, '').replace(/\/v1$/, ''),
  })
}

/** Keys go into `x-api-key`; tokens of an account (`sk-ant-oat...`) are bearer tokens. */
function keyHeaders({ apiKey, bearer }: ResolvedModel): Record<string, string> {
  if (!apiKey) return {}
  const isToken = apiKey.startsWith('sk-ant-oat')
  if (!bearer && !isToken) return { 'x-api-key': apiKey }
  return { authorization: `Bearer ${apiKey}`, ...(isToken && { 'anthropic-beta': 'oauth-2025-04-20' }) }
}
