import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import type { CooldownRow, ModelStore } from '../storage/model-types.js'
import { actionFor } from './failure-action.js'
import type { ModelFailure, ResolvedModel } from './types.js'

/** Pauses after the first, the second and every further failure. */
const PAUSES_MS = [30_000, 60_000, 300_000]
/** After failures that pass only when somebody acts. */
const LASTING_PAUSE_MS = 600_000
/** What an upstream asks for beyond that is not waited for. */
const MAX_PAUSE_MS = 3_600_000
/** Without a failure for so long, counting begins anew. */
const CLEAN_MS = 24 * 3_600_000
/** Rows kept; callers cannot make more than the config has accounts and models. */
const MAX_ROWS = 1000

type Key = Pick<ResolvedModel, 'account' | 'id'>

/**
 * What is held against accounts and models that failed, so that turns do not wait for them again and again. Kept in the
 * store: a restart forgets nothing. Questions are answered from memory.
 */
export class Cooldowns {
  readonly #store: ModelStore
  readonly #clock: Clock
  readonly #log: Logger
  readonly #rows = new Map<string, CooldownRow>()
  #loading: Promise<void> | undefined

  constructor(store: ModelStore, clock: Clock, log: Logger) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  /** False: nothing is held against anybody. */
  get any(): boolean {
    return this.#rows.size > 0
  }

  /** Reads what an earlier process knew, once. Never rejects: without it everybody is as good as new. */
  load(): Promise<void> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  /** Why the model is not to be called now, and until when; undefined when it may be. */
  paused(model: Key): CooldownRow | undefined {
    if (this.#rows.size === 0) return undefined
    const now = this.#clock.now()
    const rows = keysOf(model).flatMap((key) => this.#rows.get(key) ?? [])
    return rows.filter(({ until }) => until > now).sort((a, b) => b.until - a.until)[0]
  }

  /** What is held against an account as a whole, also when its pause is over; undefined when nothing is. */
  ofAccount(account: string): CooldownRow | undefined {
    return this.#rows.get(account)
  }

  failed(model: Key, failure: ModelFailure): void {
    const { pause, lasting } = actionFor(failure)
    if (pause === 'none') return
    const now = this.#clock.now()
    const key = pause === 'account' ? model.account : modelKey(model)
    const row = this.#rows.get(key)
    const counted = row && now - row.failedAt < CLEAN_MS ? row.errors : 0
    // Turns that run side by side fail together; that is one failure.
    const errors = row && row.until > now ? counted : counted + 1
    const step = PAUSES_MS[Math.min(errors, PAUSES_MS.length) - 1] ?? LASTING_PAUSE_MS
    const asked = Math.min(failure.retryAfterMs ?? 0, MAX_PAUSE_MS)
    const until = now + Math.max(lasting ? LASTING_PAUSE_MS : step, asked)
    this.#put({ key, reason: failure.class, errors, failedAt: now, until: Math.max(until, row?.until ?? 0) })
  }

  /** The model has answered: its pauses are over. They are still counted for a day. */
  worked(model: Key): void {
    if (this.#rows.size === 0) return
    const now = this.#clock.now()
    for (const key of keysOf(model)) {
      const row = this.#rows.get(key)
      if (row && row.until > now) this.#put({ ...row, until: now })
    }
  }

  async #load(): Promise<void> {
    try {
      const oldest = this.#clock.now() - CLEAN_MS
      const rows = await this.#store.cooldowns()
      for (const row of rows) if (row.failedAt >= oldest && !this.#rows.has(row.key)) this.#rows.set(row.key, row)
      if (rows.some(({ failedAt }) => failedAt < oldest)) await this.#store.dropCooldowns(oldest)
    } catch (err) {
      this.#log.error({ err }, 'what is known of failing models could not be read')
    }
  }

  #put(row: CooldownRow): void {
    // Deleted first, so that the order of the map is that of the last change.
    this.#rows.delete(row.key)
    this.#rows.set(row.key, row)
    const [oldest] = this.#rows.keys()
    if (this.#rows.size > MAX_ROWS && oldest !== undefined) this.#rows.delete(oldest)
    this.#store.putCooldown(row).catch((err: unknown) => {
      this.#log.error({ err }, 'the pause of a model could not be written down')
    })
  }
}

const modelKey = ({ account, id }: Key) => `${account} ${id}`
const keysOf = (model: Key) => [model.account, modelKey(model)]
