import type { FastifyReply } from 'fastify'
import { errorBody, logFailure, normalise } from '../../../plugins/errors.js'
import type { GatewayToolEvent } from '../../../schemas/http/chat-completions.js'
import type { RunEvent, RunResult } from '../../../src/agents/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { Stop, StopSignal } from '../../../src/kernel/stop.js'
import { SseStream } from '../../_sse.js'
import { toolEvent } from '../../_tool-events.js'
import { all, failureOf, type OpenedTurn } from '../../_turn.js'
import { type AnswerHead, finishOf, usageOf } from './_answer.js'
import type { ChatCall } from './_request.js'

/** Writes the turns of one call, a choice each, as chunks of one stream (spec/http.md section 6.2). */
export async function streamAnswer(
  reply: FastifyReply,
  call: ChatCall,
  head: AnswerHead,
  turns: readonly OpenedTurn[],
  stop: Stop,
): Promise<void> {
  const stream = new SseStream(reply)
  const frame = chunkFrame(head, call.includeUsage)
  try {
    const results = await all(
      turns.map((turn, index) => streamChoice({ stream, call, frame, signal: stop }, turn, index)),
    )
    if (call.includeUsage) await stream.send(frame.usage(usageOf(results.map(({ usage }) => usage))))
    stream.end()
  } catch (thrown) {
    const error = normalise(thrown)
    // The turns of the other choices: each is read to its end, which is now.
    stop.abort(new GatewayError('run_aborted'))
    if (error.code === 'run_aborted') return stream.destroy()
    logFailure(reply.request, error)
    await stream.send(JSON.stringify(errorBody(error, 'openai')))
    stream.end({ failed: true })
  }
}

interface Streaming {
  readonly stream: SseStream
  readonly call: ChatCall
  readonly frame: ChunkFrame
  readonly signal: StopSignal
}

/** Gives the result of the choice. Throws the turn's error when it fails. */
async function streamChoice(
  { stream, call, frame, signal }: Streaming,
  turn: OpenedTurn,
  index: number,
): Promise<RunResult> {
  await stream.send(frame.delta(index, '{"role":"assistant","content":"","refusal":null}'))
  const named = new Set<number>()
  const final = await turn.read((event) => {
    const tool = call.showTools ? toolEvent(event) : undefined
    if (tool) return stream.send(frame.tool({ index, ...tool }))
    const delta = deltaOf(event, named, call.legacyFunctions)
    return delta === undefined ? undefined : stream.send(frame.delta(index, delta))
  })
  if (final.type !== 'end') throw failureOf(final, signal, true)
  await stream.send(frame.delta(index, '{}', finishOf(final.result, call.legacyFunctions)))
  return final.result
}

/** The `delta` object of one event as JSON, or nothing when this door does not show the event. */
function deltaOf(event: RunEvent, named: Set<number>, legacyFunctions: boolean): string | undefined {
  if (event.type === 'text') return `{"content":${JSON.stringify(event.delta)}}`
  if (event.type === 'refusal') return `{"refusal":${JSON.stringify(event.delta)}}`
  if (event.type !== 'tool_call') return undefined
  const first = !named.has(event.index)
  named.add(event.index)
  const fn = first ? { name: event.name, arguments: event.delta } : { arguments: event.delta }
  if (legacyFunctions) return event.index === 0 ? JSON.stringify({ function_call: fn }) : undefined
  const head = first ? { index: event.index, id: event.id, type: 'function' } : { index: event.index }
  return JSON.stringify({ tool_calls: [{ ...head, function: fn }] })
}

interface ChunkFrame {
  delta(index: number, delta: string, finish?: string): string
  usage(usage: object): string
  tool(event: GatewayToolEvent): string
}

/** What all chunks share is serialised once; a chunk is then a few joined strings. */
function chunkFrame(head: AnswerHead, includeUsage: boolean): ChunkFrame {
  const shared = { id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model }
  const open = JSON.stringify({ ...shared, system_fingerprint: head.system_fingerprint }).slice(0, -1)
  const close = includeUsage ? '],"usage":null}' : ']}'
  return {
    delta: (index, delta, finish) =>
      `${open},"choices":[{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${
        finish === undefined ? 'null' : `"${finish}"`
      }}${close}`,
    tool: (event) => `${open},"choices":[],"x_openclaw_tool":${JSON.stringify(event)}${close.slice(1)}`,
    usage: (usage) => `${open},"choices":[],"usage":${JSON.stringify(usage)}}`,
  }
}
