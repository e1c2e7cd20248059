import type { Config } from '../../schemas/config/index.js'
import { type Clock, systemClock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import { keepLastGood } from './backups.js'
import { applyEdits } from './edits.js'
import { FileWatcher } from './file-watcher.js'
import { loadConfig } from './load.js'
import { parsePath } from './path.js'
import { readText } from './read-text.js'
import { diffConfig } from './reload-classes.js'
import { planReload, type ReloadPlan } from './reload-plan.js'
import { freezeDeep, getAt } from './tree.js'
import type { Admit, ConfigIssue, ConfigSource, LoadedConfig, ValidConfig } from './types.js'

export interface ConfigStatus {
  /** False while the file on disk is not the config that runs. */
  readonly valid: boolean
  readonly issues: readonly ConfigIssue[]
  readonly warnings: readonly ConfigIssue[]
  /** When the running config was taken over, in milliseconds since the epoch. */
  readonly loadedAt: number
  /** Hash of the files last seen, valid or not. */
  readonly hash: string
  /** Hash of the files that the running config was read from. */
  readonly appliedHash: string
  /** Changes on disk that wait for a restart. */
  readonly pendingRestart: readonly string[]
}

export interface ConfigChange {
  readonly previous: Config
  readonly next: Config
  /** Every path that differs between the file and what ran before. */
  readonly paths: readonly string[]
  readonly plan: ReloadPlan
}

/** May be asynchronous: the next change waits for it. What it throws is logged. */
export type ConfigListener = (change: ConfigChange) => void | Promise<void>

export interface WatchOptions {
  readonly log: Logger
  readonly clock?: Clock
  /** Quiet time before a changed file is read; `gateway.reload.debounceMs` when absent. */
  readonly debounceMs?: number
  /** The config that was just loaded, to spare reading it twice. */
  readonly initial?: ValidConfig
}

const defaultDebounceMs = 300
/** A file that never comes to rest is read after so long all the same. */
const maxDebounceMs = 5_000

/**
 * Loads a config and follows its files. A bad edit never reaches the gateway: the last good config stays and the status
 * says what is wrong (spec/config.md section 2.3). Ends with `close`.
 * @throws GatewayError config_invalid when the file is not valid to begin with.
 */
export async function openConfig(source: ConfigSource, options: WatchOptions): Promise<ConfigHandle> {
  const loaded = options.initial ?? (await loadConfig(source))
  if (!loaded.ok) throw invalidConfig(loaded.issues)
  const handle = new ConfigHandle(source, options, loaded)
  await handle.start(loaded)
  return handle
}

export function invalidConfig(issues: readonly ConfigIssue[]): GatewayError {
  const lines = issues.map(
    (issue) => `${issue.file}:${issue.line ?? 1}:${issue.column ?? 1} ${issue.path}: ${issue.message}`,
  )
  return new GatewayError('config_invalid', {
    message: `The config is not valid.\n${lines.join('\n')}`,
    details: { issues },
  })
}

export class ConfigHandle {
  readonly #source: ConfigSource
  readonly #log: Logger
  readonly #clock: Clock
  readonly #debounceMs: number | undefined
  readonly #listeners = new Set<ConfigListener>()
  readonly #watcher: FileWatcher
  #current: Config
  #env: ValidConfig['env']
  #status: ConfigStatus
  #running: Promise<void> = Promise.resolve()
  #cancelDebounce: (() => void) | undefined
  #firstEventAt = 0
  #admit: Admit | undefined
  #telling = false
  #closed = false

  constructor(source: ConfigSource, options: WatchOptions, loaded: ValidConfig) {
    this.#source = source
    this.#log = options.log
    this.#clock = options.clock ?? systemClock
    this.#debounceMs = options.debounceMs
    this.#watcher = new FileWatcher(this.#clock, () => this.#changed())
    this.#current = loaded.config
    this.#env = loaded.env
    this.#status = this.#accepted(loaded, [])
  }

  /** The config that runs. */
  get current(): Config {
    return this.#current
  }

  /** The environment as the running config sees it. */
  get env(): ValidConfig['env'] {
    return this.#env
  }

  get status(): ConfigStatus {
    return this.#status
  }

  /** Calls the listener at every change that is applied or left pending. The returned function ends that. */
  onChange(listener: ConfigListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins to watch. What was written between the first reading and now counts as a change. */
  async start(loaded: ValidConfig): Promise<void> {
    await this.#watcher.follow(this.#filesOf(loaded))
    const now = await Promise.all(this.#filesOf(loaded).map(readText))
    const same = now.every(
      (read, index) => (read.kind === 'text' ? read.text : undefined) === loaded.files[index]?.text,
    )
    if (same) await this.#keepLastGood(loaded)
    else this.#changed()
  }

  /** Has every further config judged before it is taken over. The returned function ends that. */
  admitWith(admit: Admit): () => void {
    this.#admit = admit
    return () => {
      this.#admit = undefined
    }
  }

  /** Reads the files now; gives the status afterwards. `again`: also when they are those that were refused. */
  async reload(again = false): Promise<ConfigStatus> {
    this.#cancelDebounce?.()
    this.#cancelDebounce = undefined
    this.#running = this.#running.then(() => this.#reload(again))
    await this.#running
    return this.#status
  }

  /** Stops watching and waits for what is at work, unless a listener is: it may have called this itself. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelDebounce?.()
    this.#listeners.clear()
    this.#watcher.close()
    if (!this.#telling) await this.#running
  }

  #changed(): void {
    if (this.#closed) return
    const now = this.#clock.monotonic()
    if (this.#cancelDebounce) this.#cancelDebounce()
    else this.#firstEventAt = now
    const quiet = this.#debounceMs ?? this.#current.gateway?.reload?.debounceMs ?? defaultDebounceMs
    const left = Math.max(0, this.#firstEventAt + Math.max(maxDebounceMs, quiet) - now)
    this.#cancelDebounce = this.#clock.after(Math.min(quiet, left), () => void this.reload())
  }

  async #reload(again: boolean): Promise<void> {
    if (this.#closed) return
    const loaded = await loadConfig(this.#source)
    await this.#watcher.follow(this.#filesOf(loaded))
    if (this.#closed || (loaded.hash === this.#status.hash && !(again && !this.#status.valid))) return
    if (!loaded.ok) this.#refuse(loaded.hash, loaded.issues, loaded.warnings)
    else if (!loaded.exists) this.#refuse('', [this.#gone()], [])
    else await this.#apply(loaded)
  }

  #refuse(hash: string, issues: readonly ConfigIssue[], warnings: readonly ConfigIssue[]): void {
    this.#status = { ...this.#status, valid: false, hash, issues, warnings }
    this.#log.error({ issues }, 'config reload skipped (invalid config); the last good config stays in use')
  }

  async #apply(loaded: ValidConfig): Promise<void> {
    const previous = this.#current
    const paths = diffConfig(previous, loaded.config)
    const plan = planReload(loaded.config.gateway?.reload?.mode ?? 'hybrid', paths)
    const next = keepPaths(loaded.config, previous, plan.pending)
    const keepsEnv = plan.pending.some((path) => path.startsWith('env'))
    const admission = await this.#admit?.(next, keepsEnv ? this.#env : loaded.env)
    if (this.#closed) return
    if (admission && !admission.ok) {
      const issues = admission.issues.map((issue) => ({ ...issue, file: this.#source.path }))
      this.#refuse(loaded.hash, issues, loaded.warnings)
      return
    }
    // The config and what was read for it change in one step.
    admission?.commit()
    // Without it the error would stay the last word of the log.
    if (!this.#status.valid) this.#log.info({}, 'the config file is valid again')
    this.#current = next
    if (!keepsEnv) this.#env = loaded.env
    this.#status = this.#accepted(loaded, plan.pending)
    if (paths.length > 0) await this.#tell({ previous, next, paths, plan })
    await this.#keepLastGood(loaded)
  }

  async #tell(change: ConfigChange): Promise<void> {
    const { paths, plan } = change
    this.#log.info({ paths, kind: plan.kind, pending: plan.pending }, describePlan(plan))
    this.#telling = true
    for (const listener of [...this.#listeners]) {
      try {
        await listener(change)
      } catch (error) {
        this.#log.error({ err: error }, 'a part of the gateway could not take over the changed config')
      }
    }
    this.#telling = false
  }

  #accepted(loaded: ValidConfig, pendingRestart: readonly string[]): ConfigStatus {
    const { hash, warnings } = loaded
    return { valid: true, issues: [], warnings, loadedAt: this.#clock.now(), hash, appliedHash: hash, pendingRestart }
  }

  async #keepLastGood(loaded: ValidConfig): Promise<void> {
    const main = loaded.files[0]
    if (!main || this.#closed || this.#source.readOnly) return
    try {
      await keepLastGood(this.#source.path, main.text)
    } catch (error) {
      this.#log.warn({ err: error }, 'the last good config could not be kept beside the config file')
    }
  }

  /** A broken file may have lost its includes; those it had are watched on. */
  #filesOf(loaded: LoadedConfig): string[] {
    return [...new Set([this.#source.path, ...loaded.files.map((file) => file.path)])]
  }

  #gone(): ConfigIssue {
    const message =
      'The config file is gone; the gateway keeps running with the last good config. Restore the file (a copy is in .last-good).'
    return { path: '<root>', message, file: this.#source.path }
  }
}

/** `next` with the values of `previous` at `paths`. */
function keepPaths(next: Config, previous: Config, paths: readonly string[]): Config {
  if (paths.length === 0) return next
  const edits = paths.map((text) => {
    let path = parsePath(text) ?? []
    const value = getAt(previous, path)
    if (value !== undefined) return { op: 'set', path, value } as const
    // A whole section that is new goes as a whole: an empty object left behind would count as a change later.
    while (path.length > 1 && getAt(previous, path.slice(0, -1)) === undefined) path = path.slice(0, -1)
    return { op: 'unset', path } as const
  })
  const kept: Config = applyEdits(next, edits)
  return freezeDeep(kept)
}

function describePlan(plan: ReloadPlan): string {
  if (plan.kind === 'restart') return 'config changed; the app is rebuilt'
  if (plan.pending.length > 0) return 'config changed; some changes wait for a restart'
  return 'config changed; applied without a restart'
}
