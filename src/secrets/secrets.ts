import type { Config } from '../../schemas/config/index.js'
import { equalDeep } from '../config/tree.js'
import type { Admission, ConfigIssue } from '../config/types.js'
import { type Clock, sleep } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import { Stop } from '../kernel/stop.js'
import { commandIssues } from './check-commands.js'
import { type Collected, collectReferences, holdsReference } from './collect.js'
import { failureOf, unavailable } from './failure.js'
import { keptOutcome, sameProvider } from './kept.js'
import { keyOf } from './pointer.js'
import { RetryPlan } from './retry.js'
import { tellChanges, tellSurfaces } from './signals.js'
import { emptySnapshot, nextSnapshot, type SecretUse, type Snapshot } from './snapshot.js'
import type { Environment, Outcome, Reference, SecretLookup, SecretsConfig } from './types.js'

export interface SecretsOptions {
  readonly config: { readonly current: Config; readonly env: Environment }
  readonly log: Logger
  readonly clock: Clock
  /** What `~` stands for. */
  readonly home: string
  /** References that stand elsewhere than in the config: accounts of agents. */
  readonly more?: () => readonly Reference[]
}

interface Plan {
  readonly config: Config
  readonly env: Environment
  /** Which references are asked for anew. The others keep what is known of them. */
  readonly asks: (reference: Reference) => boolean
  readonly checked?: Checked | undefined
}

interface Checked {
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly secrets: SecretsConfig | undefined
}

/** The owner without whom nobody could come in: its secret fails a start, and a change of it is refused. */
const strictOwner = 'gateway:ingress-auth'
/** Between tries at a start, where a failure ends the process. */
const startWaitsMs: readonly number[] = [250, 1_000]

/**
 * The secrets of a gateway: read at start and at changes into one snapshot, which is all that requests ever see. A
 * secret that cannot be read harms its owner alone (spec/config.md section 5.6). Ends with `close`.
 */
export class Secrets {
  readonly #options: SecretsOptions
  readonly #listeners = new Set<() => void>()
  readonly #stop = new Stop()
  readonly #retry: RetryPlan
  #snapshot: Snapshot = emptySnapshot
  #collected: Collected = { active: [], inactive: [] }
  /** What a write was just checked with: who writes a config should not pay twice for each secret. */
  #checked: Checked | undefined
  #busy: Promise<unknown> = Promise.resolve()
  #readAt: number | undefined

  constructor(options: SecretsOptions) {
    this.#options = options
    this.#retry = new RetryPlan(options.clock, (aliases) => void this.#again(aliases))
  }

  readonly lookup: SecretLookup = (reference) => this.#snapshot.known.get(keyOf(reference))

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  get inactive(): Collected['inactive'] {
    return this.#collected.inactive
  }

  /** When the last reading ended, in milliseconds since the epoch; undefined before the first. */
  get readAt(): number | undefined {
    return this.#readAt
  }

  retryAt(alias: string): number | undefined {
    return this.#retry.at(alias)
  }

  /** Those that have no value, or an old one. */
  get degraded(): readonly SecretUse[] {
    return this.#snapshot.uses.filter(({ state }) => state !== 'ok')
  }

  /** Every value, for those who must hide them. */
  values(): string[] {
    return [...this.#snapshot.known.values()].flatMap((known) => (known.state === 'cold' ? [] : [known.value]))
  }

  /** Calls the listener after a change that did not come with a change of the config. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Reads everything for the first time. Without references nothing is loaded.
   * @throws GatewayError `secret_unavailable` when the gateway's own secret cannot be read.
   */
  open(): Promise<void> {
    return this.#alone(async () => {
      const { current, env } = this.#options.config
      const collected = this.#collect(current)
      let next = await this.#read(collected, { config: current, env, asks: () => true })
      for (const wait of startWaitsMs) {
        if (!strictFailure(next)?.failure?.retryable) break
        await sleep(this.#options.clock, wait, this.#stop)
        const failing = new Set(next.uses.filter(isRetryable).map(({ ref }) => ref.provider))
        const again = await this.#read(
          collected,
          { config: current, env, asks: ({ ref }) => failing.has(ref.provider) },
          next,
        )
        next = again
      }
      const strict = strictFailure(next)
      if (strict) throw this.#refusal(strict)
      this.#take(next, collected, () => true)
    })
  }

  /** Reads what a changed config needs before it is taken over; what it had read already is not asked for again. */
  admit(config: Config, env: Environment): Promise<Admission> {
    return this.#alone(async () => {
      const collected = this.#collect(config)
      const asks = this.#needs(config)
      const next = await this.#read(collected, { config, env, asks, checked: this.#checked })
      this.#checked = undefined
      const strict = next.uses.find(({ owner, state }) => owner === strictOwner && state === 'cold')
      if (strict) return { ok: false, issues: [{ path: strict.path, message: strict.failure?.message ?? '' }] }
      return { ok: true, commit: () => this.#take(next, collected, asks) }
    })
  }

  /**
   * Reads all secrets again. All or nothing: the values in use stay when the gateway's own cannot be read.
   * @throws GatewayError `secret_unavailable`
   */
  refresh(): Promise<void> {
    return this.#alone(async () => {
      const { current, env } = this.#options.config
      const collected = this.#collect(current)
      const next = await this.#read(collected, { config: current, env, asks: () => true })
      const strict = strictFailure(next)
      if (strict) throw this.#refusal(strict)
      this.#take(next, collected, () => true)
      this.#tell()
    })
  }

  /** What is wrong with the references that a config brings along, before it is written. Changes nothing. */
  check(config: Config, env: Environment): Promise<readonly Omit<ConfigIssue, 'file'>[]> {
    return this.#alone(async () => {
      if (!holdsReference(config) && config.secrets?.providers === undefined) return []
      const { active } = collectReferences(config)
      const fresh = active.filter(this.#needs(config)).filter(({ ref }) => ref.source !== 'env' || this.#isNew(ref))
      const outcomes = await this.#ask(fresh, { config, env })
      this.#checked = { outcomes, secrets: config.secrets }
      const { clock, home, config: running } = this.#options
      const next = nextSnapshot(emptySnapshot, fresh, outcomes, config.secrets, clock.now())
      const unread = next.uses.flatMap(({ path, failure }) => (failure ? [{ path, message: failure.message }] : []))
      return [...(await commandIssues(config, home, running.current)), ...unread]
    })
  }

  /** Somebody has found references that were not known: they are read in the background. */
  notice(): void {
    const unknown = (this.#options.more?.() ?? []).filter(({ ref }) => !this.lookup(ref))
    if (unknown.length === 0) return
    this.#quietly(({ ref }) => !this.lookup(ref))
  }

  async close(): Promise<void> {
    this.#stop.abort(new GatewayError('draining'))
    this.#retry.close()
    this.#listeners.clear()
    await this.#busy
  }

  #again(aliases: readonly string[]): void {
    this.#quietly(({ ref }) => aliases.includes(ref.provider) && this.lookup(ref)?.state !== 'ok')
  }

  /** Asks for some, and takes what comes; the owners that fail stay as they are. */
  #quietly(asks: (reference: Reference) => boolean): void {
    const work = this.#alone(async () => {
      if (this.#stop.aborted) return
      const { current, env } = this.#options.config
      const collected = this.#collect(current)
      // What came before in the queue may have read them already.
      if (!collected.active.some(asks)) return
      const next = await this.#read(collected, { config: current, env, asks })
      if (this.#stop.aborted) return
      this.#take(next, collected, asks)
      this.#tell()
    })
    work.catch((error: unknown) => this.#options.log.error({ err: error }, 'secrets could not be read again'))
  }

  /** One after the other: a reading must not overtake the one before. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work)
    this.#busy = done.catch(() => {})
    return done
  }

  #collect(config: Config): Collected {
    const more = config.secrets?.providers ? (this.#options.more?.() ?? []) : []
    if (!holdsReference(config) && more.length === 0) return { active: [], inactive: [] }
    const { active, inactive } = collectReferences(config)
    return { active: [...active, ...more], inactive }
  }

  async #read({ active }: Collected, plan: Plan, before = this.#snapshot): Promise<Snapshot> {
    if (active.length === 0) return emptySnapshot
    const { config } = plan
    const outcomes = await this.#ask(active.filter(plan.asks), plan)
    const all = new Map<string, Outcome>()
    for (const { ref } of active) {
      const key = keyOf(ref)
      const outcome = outcomes.get(key) ?? keptOutcome(before, key)
      if (outcome) all.set(key, outcome)
    }
    return nextSnapshot(before, active, all, config.secrets, this.#options.clock.now())
  }

  async #ask(
    references: readonly Reference[],
    { config: { secrets }, env, checked }: Omit<Plan, 'asks'>,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const fits = ({ ref }: Reference) =>
      checked?.outcomes.get(keyOf(ref))?.ok === true &&
      equalDeep(checked.secrets?.providers?.[ref.provider], secrets?.providers?.[ref.provider])
    const missing = references.filter((reference) => !fits(reference))
    const given = references.filter(fits).map(({ ref }) => keyOf(ref))
    const had = new Map(given.flatMap((key) => [[key, checked?.outcomes.get(key)] as [string, Outcome]]))
    if (missing.length === 0) return had
    const { resolveAll } = await import('./resolve.js')
    const { home, clock } = this.#options
    const found = await resolveAll(
      missing.map(({ ref }) => ref),
      secrets,
      { env, home, clock, signal: this.#stop },
    )
    return new Map([...had, ...found])
  }

  /** Files and variables are read at every change; programs cost time, money and sometimes a fingerprint. */
  #needs(config: Config): (reference: Reference) => boolean {
    const before = this.#snapshot
    return ({ ref }) =>
      ref.source !== 'exec' ||
      before.known.get(keyOf(ref))?.state !== 'ok' ||
      !sameProvider(before, config.secrets, ref.provider)
  }

  #isNew(ref: Reference['ref']): boolean {
    return this.lookup(ref) === undefined
  }

  #take(next: Snapshot, collected: Collected, asked: (reference: Reference) => boolean): void {
    const before = this.#snapshot
    this.#snapshot = next
    this.#readAt = this.#options.clock.now()
    tellSurfaces(this.#options.log, this.#collected, collected)
    this.#collected = collected
    tellChanges(this.#options.log, before, next)
    const failing = next.uses.filter(isRetryable)
    const askedNow = new Set(failing.filter(asked).map(({ ref }) => ref.provider))
    this.#retry.set(new Set(failing.map(({ ref }) => ref.provider)), (alias) => askedNow.has(alias))
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #refusal({ path, failure, owner }: SecretUse): GatewayError {
    const known = failure ?? failureOf('SECRET_REF_NOT_FOUND', 'There is no value.')
    this.#options.log.error(
      { signal: 'SECRETS_DEGRADED', owner, state: 'cold', code: known.code, paths: [path] },
      known.message,
    )
    return unavailable(path, known)
  }
}

const isRetryable = ({ state, failure }: SecretUse) => state !== 'ok' && failure?.retryable === true

const strictFailure = ({ uses }: Snapshot) => uses.find(({ owner, state }) => owner === strictOwner && state !== 'ok')
