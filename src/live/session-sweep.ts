import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import { parseDuration } from '../kernel/duration.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { Sessions } from '../sessions/sessions.js'
import type { CronStore } from '../storage/types.js'

const hourMs = 3_600_000
/** Sessions of single runs that are removed at a time. */
const atOnce = 50

interface SweepInput {
  readonly clock: Clock
  readonly log: Logger
  readonly config: () => Config
  readonly sessions: Pick<Sessions, 'edit'>
  readonly stopping: StopSignal
}

/** Removes sessions that were made for one run each (a job's, a hook's) when `cron.sessionRetention` is over. */
export class SessionSweep {
  readonly #input: SweepInput
  readonly #store: Pick<CronStore, 'sessionsBefore' | 'forget'>
  #sweeping: Promise<void> = Promise.resolve()

  constructor(input: SweepInput, store: Pick<CronStore, 'sessionsBefore' | 'forget'>) {
    this.#input = input
    this.#store = store
  }

  begin(): void {
    this.#sweeping = this.#sweeping.then(() => this.#sweep())
  }

  /** What was begun is through. */
  settled(): Promise<void> {
    return this.#sweeping
  }

  /** Never rejects. */
  async #sweep(): Promise<void> {
    const { clock, log, config, sessions, stopping } = this.#input
    const { sessionRetention = '24h' } = config().cron ?? {}
    const keepMs = sessionRetention === false ? 0 : parseDuration(sessionRetention, hourMs)
    if (!keepMs || stopping.aborted) return
    try {
      const old = await this.#store.sessionsBefore(clock.now() - keepMs, atOnce)
      for (const key of old) await sessions.edit.delete({ key }, { keep: false, archivedOnly: false })
      if (old.length > 0) await this.#store.forget(old)
    } catch (err) {
      if (!stopping.aborted) log.warn({ err }, 'old sessions of single runs stay until the next one ends')
    }
  }
}
