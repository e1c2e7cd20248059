import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { randomId } from '../kernel/random-id.js'
import { follow, type StopSignal } from '../kernel/stop.js'
import type { ModelMessage } from '../models/types.js'
import { Accumulator } from './accumulate.js'
import type { LiveRun, Steered } from './live-runs.js'
import type { RunOrigin, RunRequest } from './types.js'

/** Messages that wait for the next pause of a turn. */
const maxSteered = 32
const timeoutReason = new GatewayError('run_timeout')

/** One turn while it lives: its name, what it has said, and what ends it before its time. */
export class Turn implements LiveRun {
  readonly runId: string
  /** Empty for a turn that stands alone. */
  readonly sessionKey: string
  readonly agent: string
  readonly origin: RunOrigin
  readonly collected = new Accumulator()
  running = false
  /** Its place in the lane, when it was taken before the turn was prepared; gives what leaves it. */
  place: Promise<() => void> | undefined
  /** Called when it is over, before anybody is told. */
  over: () => void = () => {}
  /** Messages that came while it ran; undefined when it takes none. */
  #late: Steered[] | undefined
  readonly #caller: StopSignal
  #own: ReturnType<typeof follow> | undefined
  #cancelLimit: () => void = () => {}

  constructor({ runId, sessionKey, agent, origin, signal }: RunRequest) {
    this.runId = runId ?? `run_${randomId()}`
    this.sessionKey = sessionKey ?? ''
    this.agent = agent
    this.origin = origin
    this.#caller = signal
    // A turn that stands alone is ended by its caller only, and needs no signal of its own.
    if (sessionKey !== undefined) this.#own = follow(signal)
  }

  get signal(): StopSignal {
    return this.#own?.stop ?? this.#caller
  }

  get text(): string {
    return this.collected.text
  }

  get timedOut(): boolean {
    return this.signal.reason === timeoutReason
  }

  /** Sets its time limit. To be called before `signal` is handed on. */
  limit(clock: Clock, ms: number): void {
    const { stop } = this.#owned()
    this.#cancelLimit = clock.after(ms, () => stop.abort(timeoutReason))
  }

  /** From now on it takes messages. */
  takeSteering(): void {
    this.#late = []
  }

  steer(steered: Steered): boolean {
    if (!this.#late || this.signal.aborted || this.#late.length >= maxSteered) return false
    this.#late.push(steered)
    return true
  }

  /** The messages that came since the last time. With `last` it takes no more when there are none. */
  steered(last: boolean): readonly ModelMessage[] {
    const late = this.#late ?? []
    this.#late = last && late.length === 0 ? undefined : this.#late && []
    for (const { taken } of late) taken()
    return late.map(({ message }) => message)
  }

  abort(): void {
    this.#owned().stop.abort(new GatewayError('run_aborted'))
  }

  /** To be called when it is over. */
  release(): void {
    this.#cancelLimit()
    this.#late = undefined
    this.#own?.unlink()
    this.over()
  }

  #owned(): ReturnType<typeof follow> {
    this.#own ??= follow(this.#caller)
    return this.#own
  }
}
