import type { FastifyReply } from 'fastify'
import { logFailure, normalise } from '../../../plugins/errors.js'
import type { ResponseObject } from '../../../schemas/http/responses.js'
import type { RunEmit } from '../../../src/agents/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { Stop } from '../../../src/kernel/stop.js'
import type { Runtime } from '../../../src/runtime.js'
import type { StoredEvent } from '../../../src/storage/types.js'
import { SseStream } from '../../_sse.js'
import { collectTurns, openTurns } from '../../_turn.js'
import type { ResponseCall } from './_request.js'
import { backgroundRun, type Keeping, keep } from './_run.js'
import { ResponseWriter } from './_writer.js'

/** One call of POST /v1/responses whose request has been read. */
export interface Creating {
  readonly runtime: Runtime
  readonly reply: FastifyReply
  readonly call: ResponseCall
  readonly response: ResponseObject
  readonly keeping: Keeping
  readonly stop: Stop
  /** The caller sees the tool calls that the gateway runs itself. */
  readonly showTools: boolean
}

/** The whole answer at once. Throws what the turn fails with: a failed response is an error of its own status. */
export async function createWhole({
  runtime,
  call,
  response,
  keeping,
  stop,
  showTools,
}: Creating): Promise<ResponseObject> {
  const writer = new ResponseWriter(response, () => {}, showTools)
  const begin = (emit: RunEmit) =>
    runtime.agents.run({ ...call.run, signal: stop }, async (event) => {
      if (event.type === 'tool_start' || event.type === 'tool_result') await writer.event(event)
      await emit(event)
    })
  const [turn] = await collectTurns([begin], stop)
  if (!turn) throw new GatewayError('internal_error')
  const final = { type: 'end' as const, result: turn.result, messages: turn.messages }
  await writer.whole(turn.result)
  const done = await writer.end(final, runtime.clock.now())
  await keep(keeping, done, final)
  return done
}

/** The answer as events. What fails before the model answers has a status; later it is `response.failed`. */
export async function createStream({
  runtime,
  reply,
  call,
  response,
  keeping,
  stop,
  showTools,
}: Creating): Promise<void> {
  const begin = (emit: RunEmit) => runtime.agents.run({ ...call.run, signal: stop }, emit)
  const [turn] = await openTurns([begin], stop)
  if (!turn) return
  if (turn.start !== undefined) reply.header('x-prompt-bytes', turn.start.promptBytes)
  const stream = new SseStream(reply)
  const send = ({ type, json, number }: StoredEvent) => stream.send(json, { event: type, id: number })
  const writer = new ResponseWriter(response, send, showTools)
  try {
    await writer.begin()
    const final = await turn.read((event) => writer.event(event))
    if (final.type === 'error') logFailure(reply.request, final.error)
    await keep(keeping, await writer.end(final, runtime.clock.now()), final)
    if (final.type === 'aborted') return stream.destroy()
    await send(writer.conclusion)
    stream.end({ failed: final.type !== 'end' })
  } catch (thrown) {
    logFailure(reply.request, normalise(thrown))
    stream.destroy()
  }
}

/** Acknowledges at once; the response runs on its own. Resolves when it is on disk. */
export async function createBackground({
  runtime,
  call,
  response,
  keeping,
  showTools,
}: Creating): Promise<ResponseObject> {
  const queued: ResponseObject = { ...response, status: 'queued' }
  runtime.responses.checkRoom()
  await keep(keeping, queued)
  runtime.responses.start(queued.id, backgroundRun(runtime.agents, keeping, queued, call.run, showTools))
  return queued
}
