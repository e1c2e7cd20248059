import type { ModelFailure, ModelRequest, ResolvedModel } from '../../models/types.js'
import { openTarget, type Target } from '../_call/target.js'
import type { Wire } from '../_call/wire.js'
import { type Quirks, requestBody } from './body.js'
import { ChatReader } from './reader.js'

/** `POST /api/chat`. */
export const ollamaChat: Wire<Quirks> = {
  framing: 'ndjson',
  endMark: '"done": true',
  baseHint: 'does the baseUrl point to Ollama (usually http://127.0.0.1:11434)?',
  quirks: {},
  target: targetOf,
  path: () => '/api/chat',
  body: (request, _target, quirks) => requestBody(request, quirks),
  read: (answer, makeId) => new ChatReader(answer, makeId),
  learn,
}

function targetOf(model: ResolvedModel): Target {
  return openTarget(model, {
    headers: model.apiKey ? { authorization: `Bearer ${model.apiKey}` } : {},
    base: (path) => path.replace(/\/(v1|api)$/, ''),
  })
}

/** See `Wire.learn`. */
function learn({ status, message }: ModelFailure, used: Quirks, request: ModelRequest): Quirks | undefined {
  const asked = request.sampling.reasoningEffort !== undefined && !used.noThinking
  return status === 400 && asked && /think/i.test(message) ? { noThinking: true } : undefined
}
