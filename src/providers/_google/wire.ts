import type { ModelFailure, ModelRequest, ResolvedModel } from '../../models/types.js'
import { openTarget, type Target } from '../_call/target.js'
import type { Wire } from '../_call/wire.js'
import { type Quirks, requestBody } from './body.js'
import { ContentReader } from './reader.js'

/** `POST /models/<id>:generateContent`. */
export const generateContent: Wire<Quirks> = {
  framing: 'sse',
  endMark: 'finishReason',
  baseHint: 'does the baseUrl point to the API (it often ends with /v1beta)?',
  quirks: {},
  target: targetOf,
  path: ({ model, stream }) => modelPath(model, stream ? 'streamGenerateContent?alt=sse' : 'generateContent'),
  body: (request, _target, quirks) => requestBody(request, quirks),
  read: (answer, makeId) => new ContentReader(answer, makeId),
  learn,
}

/** Ids are bare (`gemini-x`) or name their collection (`tunedModels/x`). */
export function modelPath({ id }: Pick<ResolvedModel, 'id'>, verb: string): string {
  const name = id.includes('/') ? id : `models/${id}`
  return `/${name.split('/').map(encodeURIComponent).join('/')}:${verb}`
}

function targetOf(model: ResolvedModel): Target {
  const { apiKey, bearer } = model
  const key: [string, string] = bearer ? ['authorization', `Bearer ${apiKey}`] : ['x-goog-api-key', apiKey ?? '']
  return openTarget(model, {
    headers: apiKey ? Object.fromEntries([key]) : {},
    base: (path) => path.replace(/\/models$/, '') || '/v1beta',
  })
}

/** See `Wire.learn`. */
function learn({ status, message }: ModelFailure, used: Quirks, request: ModelRequest): Quirks | undefined {
  if (status !== 400) return undefined
  if (!used.noThinking && request.sampling.reasoningEffort !== undefined && /think/i.test(message)) {
    return { ...used, noThinking: true }
  }
  if (!used.plainSchema && /JsonSchema|json_schema/i.test(message)) return { ...used, plainSchema: true }
  return undefined
}
