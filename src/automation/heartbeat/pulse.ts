import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { BegunBeat, HeartbeatReport, HeartbeatState, HeartbeatStore, NewOutboxRow } from '../../storage/types.js'
import { afterBeat, type Beaten } from './after-beat.js'
import { countedFrom, dueAt, type Pace } from './due.js'
import { Wakes } from './wakes.js'

/** Why a heartbeat takes place: its time has come, or something has happened in a session. */
export type Occasion = { readonly woken: false } | { readonly woken: true; readonly sessionKey: string }

export interface PulseOptions {
  readonly agent: string
  readonly store: HeartbeatStore
  readonly clock: Clock
  readonly log: Logger
  readonly stopping: StopSignal
  /** Undefined: only what happens wakes the agent. */
  readonly pace: () => Pace | undefined
  /** False: nothing does. */
  readonly enabled: () => boolean
  /**
   * One heartbeat. `begin` is to be called before the model is. Undefined: there was nothing to do. Rejects only when the
   * gateway ends meanwhile.
   */
  readonly beat: (
    state: HeartbeatState,
    occasion: Occasion,
    begin: (begun: BegunBeat) => Promise<void>,
  ) => Promise<Beaten | undefined>
  /** What a heartbeat of an earlier start has brought. */
  readonly resume: (state: HeartbeatState, begun: BegunBeat) => Promise<Beaten>
  /** After it is on disk. */
  readonly told: (report: HeartbeatReport, messages: readonly NewOutboxRow[]) => void
}

/** Timers that wait for longer miss that the machine slept, or that its clock was set. */
const longestWaitMs = 60_000
/** A session that was busy is looked at again. */
const busyMs = 5_000

/** The heartbeat of one agent: one at a time, each begun on disk before the model is asked, and ended there. */
export class Pulse {
  readonly #options: PulseOptions
  readonly #wakes: Wakes
  #state: HeartbeatState | undefined
  #cancel = () => {}
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: PulseOptions) {
    this.#options = options
    this.#wakes = new Wakes(options.clock, (sessionKey) => this.#then(() => this.#beat({ woken: true, sessionKey })))
  }

  /** A new start is another chance for what was stopped. */
  async #load(): Promise<void> {
    const { store, agent, clock, resume } = this.#options
    const known = await store.get(agent)
    if (!known) return this.#put({ lastAt: clock.now() })
    const { stopped: _, ...state } = known
    this.#state = state
    if (state.running) await this.#end(await resume(state, state.running), state.lastAt)
  }

  /** Looks whether it is due, and when it will be. The first look takes up what an earlier start has left. */
  look(): void {
    this.#then(() => this.#look())
  }

  /** Somebody has acted: what was stopped for its failures runs again. */
  revive(): void {
    this.#then(async () => {
      if (!this.#state?.stopped) return
      const { stopped: _, failures: __, ...state } = this.#state
      await this.#put(state)
    })
    this.look()
  }

  /** Something has happened in a session. */
  wake(sessionKey: string): void {
    this.#wakes.add(sessionKey)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    this.#wakes.close()
    await this.#work
  }

  /** One thing after the other. */
  #then(work: () => Promise<void>): void {
    const { log, stopping, agent } = this.#options
    this.#work = this.#work.then(async () => {
      if (this.#closed || stopping.aborted) return
      try {
        await work()
      } catch (err) {
        if (!stopping.aborted) log.error({ err, agent }, 'a heartbeat went wrong inside the gateway')
        if (!this.#closed) this.#arm(longestWaitMs)
      }
    })
  }

  async #look(): Promise<void> {
    this.#cancel()
    const { clock, pace, enabled } = this.#options
    if (!this.#state) await this.#load()
    const beats = pace()
    const state = this.#state
    if (!beats || !state || state.stopped || !enabled()) return
    // The clock was set back: one interval from now, and not all the time that comes twice.
    if (state.lastAt > clock.now()) await this.#put({ ...state, lastAt: clock.now() })
    const due = dueAt(beats, this.#state ?? state)
    if (due <= clock.now()) await this.#beat({ woken: false }, countedFrom(beats, due, clock.now()))
    if (this.#state) this.#arm(dueAt(pace() ?? beats, this.#state) - clock.now())
  }

  #arm(ms: number): void {
    this.#cancel()
    if (this.#closed) return
    this.#cancel = this.#options.clock.after(Math.min(Math.max(ms, 0), longestWaitMs), () => this.look())
  }

  async #beat(occasion: Occasion, from?: number): Promise<void> {
    if (!this.#state) await this.#load()
    const state = this.#state
    const lastAt = from ?? state?.lastAt ?? this.#options.clock.now()
    if (!state || state.stopped || !this.#options.enabled()) return
    const beaten = await this.#options.beat(state, occasion, (running) => this.#put({ ...state, lastAt, running }))
    if (!beaten) return
    // What has happened waits until somebody has heard of it.
    if (occasion.woken && beaten.report.reason === 'requests-in-flight')
      return this.#wakes.again(occasion.sessionKey, busyMs)
    await this.#end(beaten, lastAt)
  }

  async #end(beaten: Beaten, lastAt: number): Promise<void> {
    if (!this.#state) return
    await this.#put(afterBeat(this.#state, beaten, lastAt), beaten.messages)
    this.#options.told(beaten.report, beaten.messages ?? [])
  }

  async #put(state: HeartbeatState, messages?: readonly NewOutboxRow[]): Promise<void> {
    await this.#options.store.put(this.#options.agent, state, messages)
    this.#state = state
  }
}
