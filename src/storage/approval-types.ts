/** Questions to people that a run waits for, and the standing permissions that came of them. */

export type ApprovalKind = 'exec' | 'plugin' | 'system-agent'
export type ApprovalDecision = 'allow-once' | 'allow-always' | 'deny'
export type ApprovalStatus = 'pending' | 'allowed' | 'denied' | 'expired' | 'cancelled'
/** Why it ended (the protocol's ApprovalTerminalReason). */
export type ApprovalReason = 'user' | 'timeout' | 'no-route' | 'run-aborted' | 'gateway-restart' | 'storage-corrupt'

/** Who answered. */
export interface ApprovalResolver {
  readonly kind: 'device' | 'channel' | 'runtime' | 'system'
  readonly id?: string
}

export interface ApprovalEnd {
  readonly status: Exclude<ApprovalStatus, 'pending'>
  readonly decision: ApprovalDecision | undefined
  readonly reason: ApprovalReason
  readonly resolver: ApprovalResolver | undefined
  /** Milliseconds since the epoch, as all times here. */
  readonly at: number
}

export interface ApprovalRow {
  readonly id: string
  readonly kind: ApprovalKind
  /** What is asked, as its kind spells it. */
  readonly request: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly expiresAt: number
  /** Undefined while it is open. */
  readonly end: ApprovalEnd | undefined
}

export interface ApprovalStore {
  get(id: string): Promise<ApprovalRow | undefined>
  /** Writes a new one, and drops the oldest ended ones beyond `keep`. */
  open(row: Omit<ApprovalRow, 'end'>, keep: number): Promise<void>
  /** Ends an open one. False when it is not open. */
  end(id: string, end: ApprovalEnd): Promise<boolean>
  /** Ends everything that a process which is gone has left open. */
  cancelOpen(at: number): Promise<number>
  /** Ended ones, the newest first, after the place that `before` names. */
  history(query: {
    readonly kind?: ApprovalKind
    readonly before?: ApprovalPlace
    readonly limit: number
  }): Promise<ApprovalRow[]>
}

/** A place in the history. */
export interface ApprovalPlace {
  readonly at: number
  readonly id: string
}

/** A command that an agent may run without being asked for again. */
export interface GrantRow {
  readonly id: string
  readonly approvalId: string
  readonly agent: string
  /** Exactly what was granted: folder, programs and words. */
  readonly exact: string
  /** For people. */
  readonly command: string
  readonly cwd: string
  /** SHA-256 by path, of files that an agent could change. */
  readonly files: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly revokedAt: number | undefined
  readonly revokedBy: string | undefined
  readonly usedAt: number | undefined
  readonly uses: number
}

export interface GrantStore {
  /** Replaces what the agent has for the same command. */
  put(grant: GrantRow): Promise<void>
  /** The one that holds at this time. */
  find(agent: string, exact: string, now: number): Promise<GrantRow | undefined>
  used(id: string, at: number): Promise<void>
  /** The newest first. */
  list(limit: number): Promise<GrantRow[]>
  get(id: string): Promise<GrantRow | undefined>
  revoke(id: string, at: number, by: string): Promise<boolean>
}
