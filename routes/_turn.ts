import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../plugins/auth/guard.js'
import type { RunCaller } from '../src/agents/caller.js'
import type { RunEmit, RunEvent, RunFinal, RunResult } from '../src/agents/types.js'
import { hasScope } from '../src/auth/scopes.js'
import { GatewayError } from '../src/kernel/errors.js'
import { follow, type Stop, type StopSignal } from '../src/kernel/stop.js'
import type { ModelMessage } from '../src/models/types.js'

/** How long the status line waits for the model, so that an early failure still has a real HTTP status. */
const statusGraceMs = 1_000

/** Begins a turn of the engine. */
export type BeginTurn = (emit: RunEmit) => Promise<RunFinal>

/**
 * Comes when the client goes away before its answer is complete, or when the gateway stops. With an `Idempotency-Key`
 * only the latter.
 */
export function turnStop(request: FastifyRequest, reply: FastifyReply): Stop {
  const { stop, unlink } = follow(request.server.runtime.stopping)
  // A call that may be repeated goes on, so that its answer is there when the caller comes back.
  if (request.recording) {
    request.recording.onEnd(unlink)
    return stop
  }
  const over = () => {
    unlink()
    if (!reply.raw.writableFinished) stop.abort(new GatewayError('run_aborted'))
  }
  if (reply.raw.destroyed) over()
  else reply.raw.once('close', over)
  return stop
}

/** Another model than the agent's own is the operator's choice. Throws `missing_scope`. */
export function checkModelOverride(request: FastifyRequest): void {
  if (request.headers['x-openclaw-model'] === undefined) return
  if (request.identity) requireScope(request.identity, 'operator.admin')
}

/** Whoever holds the shared secret; made once, for each turn asks. */
const owner: RunCaller = { owner: true, name: 'api' }
const guest: RunCaller = { owner: false, name: 'api' }

/** On whose behalf the turns of a request run: the owner's, when the caller may administer the gateway. */
export function callerOf({ identity }: FastifyRequest): RunCaller {
  const shared = hasScope(identity?.scopes ?? [], 'operator.admin') ? owner : guest
  return identity?.user === undefined ? shared : { ...shared, name: `user:${identity.user}` }
}

export interface WholeTurn {
  readonly result: RunResult
  readonly messages: readonly ModelMessage[]
  readonly promptBytes: number
}

/** Runs the turns of one call side by side to their ends. When one fails, the others are called off and it throws. */
export async function collectTurns(begins: readonly BeginTurn[], stop: Stop): Promise<WholeTurn[]> {
  try {
    return await all(begins.map((begin) => collectTurn(begin, stop)))
  } catch (thrown) {
    stop.abort(new GatewayError('run_aborted'))
    throw thrown
  }
}

async function collectTurn(begin: BeginTurn, signal: StopSignal): Promise<WholeTurn> {
  let promptBytes: number | undefined
  const final = await begin((event) => {
    if (event.type === 'start') promptBytes = event.promptBytes
  })
  if (final.type !== 'end') throw failureOf(final, signal, promptBytes !== undefined)
  return { result: final.result, messages: final.messages, promptBytes: promptBytes ?? 0 }
}

/**
 * Begins the turns of one call and waits, at most a second, until their models have answered. When one has failed by
 * then, the others are called off and it throws, so that the caller gets a status instead of a broken stream.
 */
export async function openTurns(begins: readonly BeginTurn[], stop: Stop): Promise<OpenedTurn[]> {
  const turns = begins.map((begin) => new OpenedTurn(begin))
  try {
    await all(turns.map((turn) => turn.opened(stop)))
    return turns
  } catch (thrown) {
    stop.abort(new GatewayError('run_aborted'))
    // Those that wait for a reader would wait for ever.
    for (const turn of turns) void turn.read(() => {})
    throw thrown
  }
}

/** `Promise.all`, which costs several promises more than the one that a call mostly has. */
export async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const [only] = promises
  return only && promises.length === 1 ? [await only] : Promise.all(promises)
}

/** A turn whose first events are kept, and whose model waits, until there is a reader. */
export class OpenedTurn {
  readonly #final: Promise<RunFinal>
  readonly #seen: RunEvent[] = []
  #emit: RunEmit | undefined
  #answered: () => void = () => {}
  #goOn: (replay: Promise<void>) => void = () => {}
  #held: Promise<void> | undefined

  constructor(begin: BeginTurn) {
    this.#final = begin((event) => this.#take(event))
  }

  get start(): (RunEvent & { type: 'start' }) | undefined {
    return this.#seen.find((event) => event.type === 'start')
  }

  /** Resolves when the model has answered or a second is over. Throws when the turn ended badly before. */
  async opened(signal: StopSignal): Promise<void> {
    const final = await new Promise<RunFinal | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), statusGraceMs)
      const done = (ended?: RunFinal) => {
        clearTimeout(timer)
        resolve(ended)
      }
      this.#answered = done
      void this.#final.then(done)
    })
    if (final && final.type !== 'end') throw failureOf(final, signal, this.start !== undefined)
  }

  /** Gives all events, those that were kept first, and the end. To be called once. */
  read(emit: RunEmit): Promise<RunFinal> {
    this.#emit = emit
    this.#goOn(this.#replay(emit))
    return this.#final
  }

  #take(event: RunEvent): void | Promise<void> {
    if (this.#emit) return this.#emit(event)
    this.#seen.push(event)
    if (event.type === 'start') return undefined
    this.#answered()
    this.#held ??= new Promise((resolve) => {
      this.#goOn = resolve
    })
    return this.#held
  }

  async #replay(emit: RunEmit): Promise<void> {
    for (const event of this.#seen) await emit(event)
  }
}

/**
 * What the failed end of a turn means to its caller; of an aborted one, the reason of its signal. A turn that was still
 * waiting for its session (`started` false) may be asked for again.
 */
export function failureOf(
  final: Exclude<RunFinal, { type: 'end' }>,
  signal: StopSignal,
  started: boolean,
): GatewayError {
  if (final.type === 'error') return final.error
  const draining = signal.reason instanceof GatewayError && signal.reason.code === 'draining'
  return new GatewayError(draining ? 'draining' : 'run_aborted', { started })
}
