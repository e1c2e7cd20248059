import type { CommandRequest, RunningCommand } from '../tools/_commands.js'
import type { SandboxLayout } from './layout.js'
import type { SandboxSettings } from './settings.js'

export type BackendName = 'docker' | 'podman' | 'bubblewrap'

/** One sandbox, wholly decided: what a backend needs to make and use it. */
export interface SandboxSpec {
  readonly name: string
  readonly agent: string
  readonly scopeKey: string
  readonly settings: SandboxSettings
  readonly layout: SandboxLayout
  /** Changes when anything changes that a running sandbox would not notice. */
  readonly configHash: string
  readonly labels: Readonly<Record<string, string>>
}

/** What makes sandboxes. Every sandbox it makes is known by its name. */
export interface SandboxBackend {
  readonly name: BackendName
  /** Why it cannot be used on this machine, with the fix; undefined when it can. */
  problem(): Promise<string | undefined>
  /** What it does not limit although the config or a careful reader expects it. */
  remarks(): Promise<readonly string[]>
  /** True while the sandbox is there. */
  exists(name: string, folder: string): Promise<boolean>
  /** Throws `sandbox_unavailable` with what to do. */
  create(spec: SandboxSpec): Promise<void>
  /** Runs a command in a sandbox that was created. */
  start(spec: SandboxSpec, request: CommandRequest): Promise<RunningCommand>
  /** Nothing happens when there is none of this name. */
  remove(name: string, folder: string): Promise<void>
}
