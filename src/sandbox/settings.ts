import { join, resolve } from 'node:path'
import type { Config } from '../../schemas/config/index.js'
import { expandHome } from '../kernel/expand-home.js'

type SandboxConfig = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['sandbox']>
export type DockerConfig = NonNullable<SandboxConfig['docker']>
export type BackendChoice = NonNullable<SandboxConfig['backend']>

/** How the sandbox of an agent is to be; `agents.defaults.sandbox` with the agent's own keys over it. */
export interface SandboxSettings {
  readonly mode: 'off' | 'non-main' | 'all'
  readonly backend: BackendChoice
  readonly scope: 'session' | 'agent' | 'shared'
  readonly workspaceAccess: 'none' | 'ro' | 'rw'
  /** Absolute. */
  readonly workspaceRoot: string
  readonly docker: DockerConfig
  readonly prune: { readonly idleHours: number; readonly maxAgeDays: number }
}

/** When an agent runs in a sandbox. Asked at each turn, so it looks at nothing else. */
export function sandboxMode({ agents }: Config, agent: string): SandboxSettings['mode'] {
  return agents?.entries?.[agent]?.sandbox?.mode ?? agents?.defaults?.sandbox?.mode ?? 'off'
}

/** Defaults of spec/runtime.md 5. `backend: auto` is docker where its daemon answers, else bubblewrap. */
export function sandboxSettings(
  config: Config,
  agent: string,
  { home, state }: { readonly home: string; readonly state: string },
): SandboxSettings {
  const general = config.agents?.defaults?.sandbox ?? {}
  const own = config.agents?.entries?.[agent]?.sandbox ?? {}
  const merged = { ...general, ...own }
  const scope = merged.scope ?? 'agent'
  // What several agents share follows no single one of them.
  const docker =
    scope === 'shared' ? (general.docker ?? {}) : { ...general.docker, ...own.docker, ...binds(general, own) }
  return {
    mode: sandboxMode(config, agent),
    backend: merged.backend ?? 'auto',
    scope,
    workspaceAccess: merged.workspaceAccess ?? 'none',
    workspaceRoot: resolve(home, expandHome(merged.workspaceRoot ?? join(state, 'sandboxes'), home)),
    docker,
    prune: {
      idleHours: merged.prune?.idleHours ?? general.prune?.idleHours ?? 24,
      maxAgeDays: merged.prune?.maxAgeDays ?? general.prune?.maxAgeDays ?? 7,
    },
  }
}

/** Bind mounts add up; everything else is replaced. */
function binds(general: SandboxConfig, own: SandboxConfig): Pick<DockerConfig, 'binds'> {
  const all = [...(general.docker?.binds ?? []), ...(own.docker?.binds ?? [])]
  return all.length > 0 ? { binds: all } : {}
}
