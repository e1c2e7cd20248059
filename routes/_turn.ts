import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../plugins/auth/guard.js'
import type { RunEvent, RunResult } from '../src/agents/types.js'
import { GatewayError } from '../src/kernel/errors.js'
import { followSignal } from '../src/kernel/follow-signal.js'

/** How long the status line waits for the model, so that an early failure still has a real HTTP status. */
const statusGraceMs = 1_000

type Run = AsyncGenerator<RunEvent, void, void>

/** Aborts when the client goes away before its answer is complete, or when the gateway stops. */
export function turnController(request: FastifyRequest, reply: FastifyReply): AbortController {
  const { controller, unlink } = followSignal(request.server.runtime.stopping)
  const over = () => {
    unlink()
    if (!reply.raw.writableFinished) controller.abort(new GatewayError('run_aborted'))
  }
  if (reply.raw.destroyed) over()
  else reply.raw.once('close', over)
  return controller
}

/** Reads the turns of one call side by side. Throws what the first failing one throws and calls the others off. */
export async function together<T>(
  runs: readonly Run[],
  read: (run: Run, signal: AbortSignal) => Promise<T>,
  controller: AbortController,
): Promise<T[]> {
  try {
    return await Promise.all(runs.map((run) => read(run, controller.signal)))
  } catch (thrown) {
    controller.abort(new GatewayError('run_aborted'))
    // One whose first events were read waits for a reader that will not come.
    for (const run of runs) void run.return()
    throw thrown
  }
}

/** Another model than the agent's own is the operator's choice. Throws `missing_scope`. */
export function checkModelOverride(request: FastifyRequest): void {
  if (request.headers['x-openclaw-model'] === undefined) return
  if (request.identity) requireScope(request.identity, 'operator.admin')
}

/** The event stream of a turn whose first events have been looked at. */
export interface OpenedTurn {
  /** All events, those that were looked at included. */
  readonly events: Run
  readonly start: (RunEvent & { type: 'start' }) | undefined
}

/**
 * Begins a turn and waits, at most a second, until its model has answered. Throws when it failed by then, so that the
 * caller gets a status instead of a broken stream.
 */
export async function openTurn(run: Run, signal: AbortSignal): Promise<OpenedTurn> {
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
  const start = seen.find((event) => event.type === 'start')
  throwFailure(seen.at(-1), signal, start !== undefined)
  return { events: replay(seen, pending, run), start }
}

/**
 * Throws when the event is the failed end of a turn; when it was aborted, for the reason of the turn's signal. A turn
 * that was still waiting for its session (`started` false) may be asked for again.
 */
export function throwFailure(event: RunEvent | undefined, signal: AbortSignal, started: boolean): void {
  if (event?.type === 'error') throw event.error
  if (event?.type !== 'aborted') return
  const draining = signal.reason instanceof GatewayError && signal.reason.code === 'draining'
  throw new GatewayError(draining ? 'draining' : 'run_aborted', { started })
}

async function* replay(
  seen: readonly RunEvent[],
  pending: Promise<IteratorResult<RunEvent, void>> | undefined,
  rest: Run,
): Run {
  yield* seen
  const next = await pending
  if (next && !next.done) yield next.value
  yield* rest
}

/** Runs a turn to its end. Throws when it fails. */
export async function collectTurn(run: Run, signal: AbortSignal): Promise<{ result: RunResult; promptBytes: number }> {
  let promptBytes: number | undefined
  for await (const event of run) {
    if (event.type === 'start') promptBytes = event.promptBytes
    else if (event.type === 'end') return { result: event.result, promptBytes: promptBytes ?? 0 }
    else throwFailure(event, signal, promptBytes !== undefined)
  }
  throw new GatewayError('internal_error')
}
