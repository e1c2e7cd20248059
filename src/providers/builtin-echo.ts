import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { type Clock, sleep } from '../kernel/clock.js'
import type { StopSignal } from '../kernel/stop.js'
import { estimatePrompt, estimateTokens } from '../models/tokens.js'
import type {
  FailureClass,
  FinishReason,
  ModelEmit,
  ModelFinal,
  ModelProvider,
  ModelRequest,
  ProviderContext,
} from '../models/types.js'
import { echoAnswer, heard } from './_echo/answer.js'
import { piecesOf } from './_echo/pieces.js'
import { instanceOf } from './_echo/schema-instance.js'
import { embedText } from './_echo/vectors.js'
import { asCount, asRecord } from './_json.js'

/** Tokens, when the config says nothing else. */
const CONTEXT_WINDOW = 128_000
/** Pieces after which other work gets a turn. */
const PIECES_PER_TURN = 64
const MAX_DELAY_MS = 10_000

/**
 * The embedded model `builtin/echo`: no key, no network, always the same answer to the same words. It says how to add
 * a real model. `models.providers.builtin.params.delayMs` makes it pause before every piece, to try out streaming.
 */
export default function builtinEcho({ clock }: ProviderContext): ModelProvider {
  return {
    call: (request, signal, emit) => answer(request, signal, clock, emit),
    async embed({ input, dimensions }) {
      return {
        vectors: input.map((text) => embedText(text, dimensions)),
        inputTokens: input.reduce((sum, text) => sum + estimateTokens(text), 0),
      }
    },
  }
}

async function answer(request: ModelRequest, signal: StopSignal, clock: Clock, emit: ModelEmit): Promise<ModelFinal> {
  const input = estimatePrompt(request.messages, request.tools)
  const window = request.model.contextWindow ?? CONTEXT_WINDOW
  if (input > window) {
    return failed('overflow', `The prompt has about ${input} tokens, and builtin/echo takes ${window}.`)
  }
  const call = demandedCall(request)
  const { pieces, reason } = limit(request, call ? call.arguments : answerText(request))
  const delay = Math.min(asCount(request.model.params?.delayMs) ?? 0, MAX_DELAY_MS)
  let output = 0
  try {
    if (call) await emit({ type: 'tool_call', index: 0, id: call.id, name: call.name, delta: '' })
    for (const delta of request.stream ? pieces : [pieces.join('')]) {
      if (delay > 0) await sleep(clock, delay, signal)
      else if (++output % PIECES_PER_TURN === 0) await turn()
      signal.throwIfAborted()
      await emit(call ? { type: 'tool_call', index: 0, id: call.id, name: call.name, delta } : { type: 'text', delta })
    }
  } catch {
    return failed('aborted', 'The call to builtin/echo was aborted.')
  }
  await emit({ type: 'usage', usage: { input, output: pieces.length, cacheRead: 0, reasoning: 0, estimated: false } })
  return { type: 'done', reason: call && reason === 'stop' ? 'tool_calls' : reason }
}

function answerText({ messages, sampling }: ModelRequest): string {
  const last = heard(messages)
  const format = sampling.responseFormat
  if (format?.type === 'json_object') return JSON.stringify({ echo: last.text })
  if (format?.type === 'json_schema') return JSON.stringify(instanceOf(asRecord(format.json_schema)?.schema, last.text))
  return echoAnswer(last)
}

interface DemandedCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** The echo model calls a tool only when it has to: the pinned one, or the first when any will do. */
function demandedCall({ tools, toolChoice, messages }: ModelRequest): DemandedCall | undefined {
  if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return undefined
  const tool = toolChoice === 'required' ? tools[0] : tools.find(({ name }) => name === toolChoice.name)
  if (!tool) return undefined
  const args = JSON.stringify(instanceOf(tool.parameters ?? { type: 'object' }, heard(messages).text))
  const digest = createHash('sha256').update(`${messages.length} ${tool.name} ${args}`).digest('hex')
  return { id: `call_${digest.slice(0, 24)}`, name: tool.name, arguments: args }
}

/** Cuts at the first stop sequence, then at the token limit. */
function limit({ model, sampling }: ModelRequest, text: string): { pieces: string[]; reason: FinishReason } {
  const ends = (sampling.stop ?? []).map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
  const pieces = piecesOf(ends.length > 0 ? text.slice(0, Math.min(...ends)) : text)
  const most = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, model.maxTokens ?? Number.POSITIVE_INFINITY)
  return pieces.length > most ? { pieces: pieces.slice(0, most), reason: 'length' } : { pieces, reason: 'stop' }
}

function failed(kind: FailureClass, message: string): ModelFinal {
  return { type: 'error', failure: { class: kind, message } }
}
