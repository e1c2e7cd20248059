import type { StopSignal } from '../kernel/stop.js'

/** Where commands of a session run: on the host, in a sandbox, or on a node. */
export interface CommandHost {
  readonly kind: 'gateway' | 'sandbox' | 'node'
  /** Throws `exec_denied`, or what keeps the sandbox from starting. */
  start(command: CommandRequest): Promise<RunningCommand>
}

export interface CommandRequest {
  /** A line for `/bin/sh -c`, or an argument list that no shell reads. */
  readonly command: string | readonly string[]
  /** As the model sees it; default is the workspace. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly pty?: boolean
  /** What the call wants of where and how it runs; it can only narrow what the config says. */
  readonly place?: CommandPlace
  /** Told when somebody has to approve the command first. */
  waits?(approval: { readonly id: string; readonly expiresAtMs: number }): void
  /** Ends the whole process group, children of children too. */
  readonly signal: StopSignal
}

export interface CommandPlace {
  readonly host?: 'auto' | 'sandbox' | 'gateway' | 'node' | undefined
  readonly node?: string | undefined
  /** Outside the sandbox, for those who may. */
  readonly elevated?: boolean | undefined
  readonly security?: 'deny' | 'allowlist' | 'full' | undefined
  readonly ask?: 'off' | 'on-miss' | 'always' | undefined
}

export interface RunningCommand {
  readonly pid: number
  /** stdout and stderr as they come, in order of arrival. */
  onOutput(listener: (chunk: Buffer) => void): void
  write(data: string | Buffer): void
  endInput(): void
  /** SIGTERM to the group, SIGKILL after `graceMs`. Resolves when the group is gone. */
  kill(graceMs?: number): Promise<void>
  /** Resolves once, when the command and all that it left in its group are gone; never rejects. */
  readonly exited: Promise<CommandExit>
}

export interface CommandExit {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}
