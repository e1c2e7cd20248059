import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../plugins/auth/guard.js'
import type { RunEvent, RunResult } from '../src/agents/types.js'
import { GatewayError } from '../src/kernel/errors.js'
import { followSignal } from '../src/kernel/follow-signal.js'

/** How long the status line waits for the model, so that an early failure still has a real HTTP status. */
const statusGraceMs = 1_000

/** Aborts when the client goes away before its answer is complete, or when the gateway stops. */
export function turnSignal(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const { controller, unlink } = followSignal(request.server.runtime.stopping)
  reply.raw.once('close', () => {
    unlink()
    if (!reply.raw.writableFinished) controller.abort(new GatewayError('run_aborted'))
  })
  return controller.signal
}

/** Another model than the agent's own is the operator's choice. Throws `missing_scope`. */
export function checkModelOverride(request: FastifyRequest): void {
  if (request.headers['x-openclaw-model'] === undefined) return
  if (request.identity) requireScope(request.identity, 'operator.admin')
}

/** The event stream of a turn whose first events have been looked at. */
export interface OpenedTurn {
  /** All events, those that were looked at included. */
  readonly events: AsyncGenerator<RunEvent, void, void>
  readonly start: (RunEvent & { type: 'start' }) | undefined
}

/**
 * Begins a turn and waits, at most a second, until its model has answered. Throws when it failed by then, so that the
 * caller gets a status instead of a broken stream.
 */
export async function openTurn(run: AsyncGenerator<RunEvent, void, void>, signal: AbortSignal): Promise<OpenedTurn> {
  const seen: RunEvent[] = []
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, statusGraceMs, 'late')
  })
  let pending: Promise<IteratorResult<RunEvent, void>> | undefined
  while (!seen.some((event) => event.type !== 'start')) {
    pending ??= run.next()
    const next = await Promise.race([pending, grace])
    if (next === 'late') break
    pending = undefined
    if (next.done) break
    seen.push(next.value)
  }
  clearTimeout(timer)
  throwFailure(seen.at(-1), signal)
  return { events: replay(seen, pending, run), start: seen.find((event) => event.type === 'start') }
}

/** Throws when the event is the failed end of a turn; when it was aborted, for the reason of the turn's signal. */
export function throwFailure(event: RunEvent | undefined, signal: AbortSignal): void {
  if (event?.type === 'error') throw event.error
  if (event?.type !== 'aborted') return
  const draining = signal.reason instanceof GatewayError && signal.reason.code === 'draining'
  throw draining ? new GatewayError('draining', { started: true }) : new GatewayError('run_aborted')
}

async function* replay(
  seen: readonly RunEvent[],
  pending: Promise<IteratorResult<RunEvent, void>> | undefined,
  rest: AsyncGenerator<RunEvent, void, void>,
): AsyncGenerator<RunEvent, void, void> {
  yield* seen
  const next = await pending
  if (next && !next.done) yield next.value
  yield* rest
}

/** Runs a turn to its end. Throws when it fails. */
export async function collectTurn(
  run: AsyncGenerator<RunEvent, void, void>,
  signal: AbortSignal,
): Promise<{ result: RunResult; promptBytes: number }> {
  let promptBytes = 0
  for await (const event of run) {
    if (event.type === 'start') promptBytes = event.promptBytes
    else if (event.type === 'end') return { result: event.result, promptBytes }
    else throwFailure(event, signal)
  }
  throw new GatewayError('internal_error')
}
