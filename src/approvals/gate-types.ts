import type { StopSignal } from '../kernel/stop.js'
import type { ExecCommand } from './judge.js'
import type { Ask, Security } from './rules/policy.js'

/** Who wants to run something, and for which turn. */
export interface ExecAsker {
  readonly agent: string
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly callId: string
  /** The turn came from where an answer can be typed, e.g. a chat with `/approve`. */
  readonly answerable: boolean
  /** `channel`, `to`, `account`, `thread` of that place, for those who show the question there. */
  readonly turnSource?: Readonly<Record<string, string>>
}

export interface ExecRequest extends ExecCommand {
  readonly asker: ExecAsker
  readonly host: 'gateway' | 'node'
  readonly nodeId?: string
  /** What the call itself asks for; it can only be stricter. */
  readonly security?: Security | undefined
  readonly ask?: Ask | undefined
  readonly signal: StopSignal
  waits?(approval: { readonly id: string; readonly expiresAtMs: number }): void
}

/** A command that may run, just as it was judged. */
export interface ClearedCommand {
  readonly command: string | readonly string[]
  readonly cwd: string
  /** Throws `exec_denied` when what was judged is not what is there now. Call right before the start. */
  check(): void
}
