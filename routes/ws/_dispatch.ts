import type { RequestFrame } from '../../schemas/ws/frames.js'
import { type GatewayError, toGatewayError } from '../../src/kernel/errors.js'
import type { Logger } from '../../src/kernel/logger.js'
import type { Peer } from '../../src/live/peer.js'
import type { Runtime } from '../../src/runtime.js'
import { errorFrame, errorShape, okFrame } from './_frames.js'
import { invoke } from './_invoke.js'
import type { StartQueue } from './_start-queue.js'
import type { MethodTable } from './_table.js'

export interface DispatchServices {
  readonly runtime: Runtime
  readonly table: MethodTable
  readonly queue: StartQueue
  readonly log: Logger
}

/** A socket as its dispatcher sees it. */
export interface Requester {
  readonly peer: Peer
  readonly signal: AbortSignal
  answer(text: string): void
  /** Told of every answer, so that a socket that only collects refusals is closed. */
  answered(error: GatewayError | undefined): void
}

/**
 * Runs one request of a socket and answers it: the only place where what a handler throws is caught. Requests run side
 * by side; answers come in any order.
 */
export function dispatch(services: DispatchServices, requester: Requester, frame: RequestFrame, bytes: number): void {
  const fail = (thrown: unknown) => {
    const error = toGatewayError(thrown)
    report(services.log, requester.peer, frame, error)
    requester.answer(errorFrame(frame.id, errorShape(error)))
    requester.answered(error)
  }
  try {
    services.queue.push(bytes, () => {
      run(services, requester, frame).catch(fail)
    })
  } catch (thrown) {
    fail(thrown)
  }
}

async function run({ runtime, table, log }: DispatchServices, requester: Requester, frame: RequestFrame) {
  const { peer, signal } = requester
  const { id, method, params } = frame
  const accept = (payload: object) => requester.answer(okFrame(id, payload))
  const context = { runtime, caller: peer.caller, peer, log, signal, accept }
  const result = await invoke(table, context, method, params)
  requester.answer(okFrame(id, result))
  requester.answered(undefined)
}

function report(log: Logger, { connId }: Peer, { id, method, traceparent }: RequestFrame, error: GatewayError): void {
  const { code, row, message, details } = error
  const about = { connId, reqId: id, method, ...(traceparent !== undefined && { traceparent }), code, details }
  if (row.status >= 500 && row.status !== 503) log.error({ ...about, err: error.cause ?? error }, message)
  else log.debug(about, message)
}
