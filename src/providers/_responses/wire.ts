import type { Wire } from '../_call/wire.js'
import { targetOf } from '../_openai/target.js'
import { requestBody } from './body.js'
import { learn, type Quirks } from './quirks.js'
import { ResponseReader } from './reader.js'

/** `POST /responses`. */
export const responsesApi: Wire<Quirks> = {
  framing: 'sse',
  endMark: 'response.completed',
  baseHint:
    'does the baseUrl point to the API (it often ends with /v1)? A server without /responses wants api "openai-completions".',
  quirks: { without: [] },
  target: targetOf,
  path: () => '/responses',
  body: (request, { openAi }, quirks) => requestBody(request, openAi, quirks),
  read: (answer, makeId) => new ResponseReader(answer, makeId),
  learn,
}
