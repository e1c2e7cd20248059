import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { randomId } from '../kernel/random-id.js'
import { follow, type StopSignal } from '../kernel/stop.js'
import { Accumulator } from './accumulate.js'
import type { LiveRun, Steered } from './live-runs.js'
import { TimeLimit } from './time-limit.js'
import type { RunFinal, RunOrigin, RunRequest } from './types.js'

/** Messages that wait for the next pause of a turn. */
const maxSteered = 32
const timeoutReason = new GatewayError('run_timeout')
const joinedReason = new GatewayError('run_aborted')

/** One turn while it lives: its name, what it has said, and what ends it before its time. */
export class Turn implements LiveRun {
  readonly runId: string
  /** Empty for a turn that stands alone. */
  readonly sessionKey: string
  readonly agent: string
  readonly origin: RunOrigin
  readonly collected = new Accumulator()
  #running = false
  #host: LiveRun | undefined
  #onEnd: ((final: RunFinal) => void)[] | undefined
  /** Its place in the lane, when it was taken before the turn was prepared; gives what leaves it. */
  place: Promise<() => void> | undefined
  /** Called when it is over, before anybody is told. */
  over: () => void = () => {}
  /** Messages that came while it ran; undefined when it takes none. */
  #late: Steered[] | undefined
  readonly #caller: StopSignal
  #own: ReturnType<typeof follow> | undefined
  #limit: TimeLimit | undefined

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

  get running(): boolean {
    return this.#host?.running ?? this.#running
  }

  get host(): LiveRun | undefined {
    return this.#host
  }

  /** True when it was called off. */
  get ended(): boolean {
    return this.signal.aborted
  }

  get text(): string {
    return this.collected.text
  }

  get timedOut(): boolean {
    return this.signal.reason === timeoutReason
  }

  /** Sets its time limit, in place of one that it had. To be called before `signal` is handed on. */
  limit(clock: Clock, ms: number): void {
    const { stop } = this.#owned()
    this.#limit?.cancel()
    this.#limit = new TimeLimit(clock, ms, () => stop.abort(timeoutReason))
  }

  /** Its time stands still until what it gives is called. */
  holdClock(): () => void {
    return this.#limit?.hold() ?? (() => {})
  }

  /** It has its place; from now on it takes messages. */
  begin(): void {
    this.#running = true
    this.#late = []
  }

  steer(steered: Steered): boolean {
    if (!this.#late || this.signal.aborted || this.#late.length >= maxSteered) return false
    this.#late.push(steered)
    return true
  }

  /** True when a message waits to be seen. */
  get hasSteered(): boolean {
    return this.#late?.some(isWaiting) ?? false
  }

  /** The messages that came since the last time; they are its own now. With `last` it takes no more when there are none. */
  steered(last: boolean): readonly Steered[] {
    const all = this.#late ?? []
    const taken = new Set<LiveRun>()
    for (const { run, stays } of all) if (!stays && run.join(this)) taken.add(run)
    // Those that were dropped in favour of one that is taken are seen with it, instead of their first words.
    const late = all.filter(({ run, stays }) =>
      stays ? isWaiting({ run }) : hostsOf(run).some((one) => taken.has(one)),
    )
    this.#late = last && late.length === 0 ? undefined : this.#late && []
    return late
  }

  join(host: LiveRun): boolean {
    if (this.running || this.#host || this.signal.aborted) return false
    this.#host = host
    this.#owned().stop.abort(joinedReason)
    return true
  }

  onEnd(listener: (final: RunFinal) => void): void {
    this.#onEnd ??= []
    this.#onEnd.push(listener)
  }

  /** Resolves with the end of the run that has taken its message. */
  hostEnd(host: LiveRun): Promise<RunFinal> {
    return new Promise((resolve) => host.onEnd(resolve))
  }

  abort(): void {
    if (this.#host) this.#host.abort()
    else this.#owned().stop.abort(new GatewayError('run_aborted'))
  }

  /** To be called last, when everybody may know. */
  tell(final: RunFinal): void {
    for (const listener of this.#onEnd ?? []) listener(final)
  }

  /** To be called when it is over. */
  release(): void {
    this.#limit?.cancel()
    this.#late = undefined
    this.#own?.unlink()
    this.over()
  }

  #owned(): ReturnType<typeof follow> {
    this.#own ??= follow(this.#caller)
    return this.#own
  }
}

/** A run, the one that has taken its message, and so on. */
function hostsOf(run: LiveRun): LiveRun[] {
  return run.host ? [run, ...hostsOf(run.host)] : [run]
}

const isWaiting = ({ run }: Pick<Steered, 'run'>) => !run.running && !run.host && !run.ended
