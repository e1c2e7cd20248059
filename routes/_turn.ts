import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../plugins/auth/guard.js'
import type { RunEvent, RunResult } from '../src/agents/types.js'
import { GatewayError } from '../src/kernel/errors.js'

/** How long the status line waits for the model, so that an early failure still has a real HTTP status. */
const statusGraceMs = 1_000

/** Aborts when the client goes away before its answer is complete, or when the gateway stops. */
export function turnSignal(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new GatewayError('run_aborted'))
  })
  return AbortSignal.any([gone.signal, request.server.runtime.stopping])
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
export async function openTurn(run: AsyncGenerator<RunEvent, void, void>): Promise<OpenedTurn> {
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
  throwFailure(seen.at(-1))
  return { events: replay(seen, pending, run), start: seen.find((event) => event.type === 'start') }
}

/** Throws when the event is the failed end of a turn. */
export function throwFailure(event: RunEvent | undefined): void {
  if (event?.type === 'error') throw event.error
  if (event?.type === 'aborted') throw new GatewayError('run_aborted')
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
): Promise<{ result: RunResult; promptBytes: number }> {
  let promptBytes = 0
  for await (const event of run) {
    if (event.type === 'start') promptBytes = event.promptBytes
    else if (event.type === 'end') return { result: event.result, promptBytes }
    else throwFailure(event)
  }
  throw new GatewayError('internal_error')
}
