import type { Config } from '../../schemas/config/index.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import { Backends } from './backends.js'
import { guardedBinds, guardWorkspace } from './bind-guard.js'
import { defaultImage } from './docker/argv.js'
import { madeLayout, planLayout, workdirOf } from './layout.js'
import { SandboxRegistry } from './registry.js'
import { hashOf, type SandboxOwner, sandboxName, scopeKeyOf, stateHash } from './scope.js'
import { setUp } from './set-up.js'
import { type SandboxSettings, sandboxSettings } from './settings.js'
import type { SandboxBackend, SandboxSpec } from './types.js'

export interface SandboxesOptions {
  readonly paths: { readonly home: string; readonly state: string; readonly config: string }
  readonly profile: string
  /** The gateway's environment: where programs are found. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly config: () => Config
  /** Where an agent works. */
  readonly workspaceOf: (agent: string) => string
  readonly clock: Clock
  readonly log: Logger
}

/** A sandbox that can be used now. */
export interface ReadySandbox {
  readonly spec: SandboxSpec
  readonly backend: SandboxBackend
}

export interface SandboxIdentity {
  readonly name: string
  readonly settings: SandboxSettings
  /** Of the agent, on this machine. */
  readonly workspace: string
  readonly scopeKey: string
}

export type BackendFound =
  | { readonly ok: true; readonly backend: SandboxBackend }
  | { readonly ok: false; readonly problem: string }

const pruneEveryMs = 300_000
/** A sandbox that was used so recently is not made anew under the feet of what runs in it. */
const busyMs = 300_000
const touchEveryMs = 60_000
const hourMs = 3_600_000

/** The sandboxes of one gateway: made when they are first needed, kept as long as they are used. */
export class Sandboxes {
  readonly registry: SandboxRegistry
  readonly #options: SandboxesOptions
  readonly #backends: Backends
  readonly #mutex = new KeyedMutex()
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(options: SandboxesOptions) {
    this.#options = options
    this.registry = new SandboxRegistry(options.paths.state)
    this.#backends = new Backends(options.env)
  }

  /** What a sandbox of this owner is to be; makes its folders. Throws `sandbox_refused`. */
  async specOf(owner: SandboxOwner): Promise<SandboxSpec> {
    const { paths, profile, clock } = this.#options
    const { settings, workspace, scopeKey, name } = this.identify(owner)
    // It stands in paths and in argument lists.
    if (!/^[a-z0-9][a-z0-9_.-]*$/i.test(name)) {
      throw new GatewayError('sandbox_refused', {
        message:
          'sandbox.docker.containerPrefix may hold letters, digits, "_", "." and "-", and begins with one of the first two.',
      })
    }
    if (settings.workspaceAccess !== 'none') await guardWorkspace(workspace, paths)
    const binds = await guardedBinds(settings.docker, {
      ...paths,
      roots: [workspace, settings.workspaceRoot],
      shared: settings.workspaceAccess === 'rw' ? { at: workdirOf(settings), folder: workspace } : undefined,
    })
    const layout = await madeLayout(planLayout(settings, name, workspace, binds), workspace)
    const { mode: _, prune: __, ...shape } = settings
    const configHash = hashOf([shape, layout.mounts]).slice(0, 16)
    const labels = {
      app: 'openclaw',
      profile,
      stateDirHash: stateHash(paths.state),
      agent: owner.agent,
      scopeKey,
      configHash,
      createdAtMs: String(clock.now()),
    }
    return { name, agent: owner.agent, scopeKey, settings, layout, configHash, labels }
  }

  /** Which sandbox an owner has, by the config alone. */
  identify(owner: SandboxOwner): SandboxIdentity {
    const { paths, config, workspaceOf } = this.#options
    const settings = sandboxSettings(config(), owner.agent, paths)
    const workspace = workspaceOf(owner.agent)
    const scopeKey = scopeKeyOf(settings, owner)
    // One for all is one for all, unless each has its own workspace mounted.
    const apart = scopeKey !== 'shared' || settings.workspaceAccess !== 'none'
    const place = { state: paths.state, workspace: apart ? workspace : '', scopeKey }
    return {
      settings,
      workspace,
      scopeKey,
      name: sandboxName(settings.docker.containerPrefix ?? 'openclaw-sbx-', place),
    }
  }

  /** Makes it ready. Throws `sandbox_unavailable`, `sandbox_refused`; never gives the host instead. */
  async ready(owner: SandboxOwner): Promise<ReadySandbox> {
    await this.#pruneSometimes()
    const spec = await this.specOf(owner)
    return this.#mutex.run(spec.name, async () => {
      const backend = await this.#backends.choose(spec.settings.backend)
      const entry = await this.registry.get(spec.name)
      const now = this.#options.clock.now()
      const there = entry?.backend === backend.name && (await backend.exists(spec.name, spec.layout.folder))
      const same = there && entry.configHash === spec.configHash
      if (there && !same && now - entry.lastUsedAtMs < busyMs) {
        this.#options.log.warn(
          { sandbox: spec.name },
          'the sandbox settings have changed while it is in use; it is made anew after 5 idle minutes, or by: openclaw sandbox recreate',
        )
      } else if (!same) {
        if (entry && entry.backend !== backend.name)
          await this.#backends.get(entry.backend).remove(spec.name, entry.folder)
        await this.#make(spec, backend)
      }
      if (same && now - entry.lastUsedAtMs > touchEveryMs) await this.registry.put({ ...entry, lastUsedAtMs: now })
      return { spec, backend }
    })
  }

  /** Removes a sandbox; its private workspace stays. False when there is none of this name. */
  async remove(name: string): Promise<boolean> {
    return this.#mutex.run(name, async () => {
      const entry = await this.registry.get(name)
      if (!entry) return false
      await this.#backends.get(entry.backend).remove(name, entry.folder)
      await this.registry.drop(name)
      return true
    })
  }

  /** Removes those that nobody has used for long, or that are old. Gives their names. */
  async prune(): Promise<readonly string[]> {
    const { config, paths, clock } = this.#options
    const now = clock.now()
    const removed: string[] = []
    for (const { containerName, agentId, lastUsedAtMs, createdAtMs } of await this.registry.list()) {
      const { idleHours, maxAgeDays } = sandboxSettings(config(), agentId, paths).prune
      const idle = idleHours > 0 && now - lastUsedAtMs > idleHours * hourMs
      const old = maxAgeDays > 0 && now - createdAtMs > maxAgeDays * 24 * hourMs && now - lastUsedAtMs > busyMs
      if ((idle || old) && (await this.remove(containerName))) removed.push(containerName)
    }
    return removed
  }

  /** The backend that settings lead to, or why none can be used. */
  async backendFor({ backend }: Pick<SandboxSpec['settings'], 'backend'>): Promise<BackendFound> {
    try {
      return { ok: true, backend: await this.#backends.choose(backend) }
    } catch (error) {
      if (error instanceof GatewayError) return { ok: false, problem: error.message }
      throw error
    }
  }

  async #make(spec: SandboxSpec, backend: SandboxBackend): Promise<void> {
    // Also what a crash left half made, or another backend.
    await backend.remove(spec.name, spec.layout.folder)
    await backend.create(spec)
    try {
      await setUp(spec, backend)
    } catch (error) {
      await backend.remove(spec.name, spec.layout.folder)
      throw error
    }
    const now = this.#options.clock.now()
    await this.registry.put({
      containerName: spec.name,
      backend: backend.name,
      agentId: spec.agent,
      scopeKey: spec.scopeKey,
      createdAtMs: now,
      lastUsedAtMs: now,
      image: backend.name === 'bubblewrap' ? 'host' : (spec.settings.docker.image ?? defaultImage),
      configHash: spec.configHash,
      folder: spec.layout.folder,
    })
  }

  async #pruneSometimes(): Promise<void> {
    const { clock, log } = this.#options
    if (clock.monotonic() - this.#prunedAt < pruneEveryMs) return
    this.#prunedAt = clock.monotonic()
    await this.prune().catch((error: unknown) => log.warn({ err: error }, 'old sandboxes could not be removed'))
  }
}
