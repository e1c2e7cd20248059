/** What is held against an account at a model provider, or against one model of it. Times are milliseconds since the epoch. */
export interface CooldownRow {
  /** The account, and after a space the model when only that is meant. */
  readonly key: string
  /** The class of the last failure. */
  readonly reason: string
  /** Failures in a row of pauses; a pause counts once. */
  readonly errors: number
  readonly failedAt: number
  /** It is left alone until then. */
  readonly until: number
}

/** Which conversation of a command-line program goes with a session of ours. */
export interface CliSession {
  /** Id of the session, which a reset changes. */
  readonly sessionId: string
  readonly backend: string
  /** The id that the program gave or was given. */
  readonly cliId: string
  /** How many messages of our conversation it has seen, its last answer included. */
  readonly seen: number
  /** Digest of those messages: a conversation that was changed is another one. */
  readonly digest: string
  readonly at: number
}

export interface ModelStore {
  cooldowns(): Promise<CooldownRow[]>
  putCooldown(row: CooldownRow): Promise<void>
  /** Forgets rows whose last failure is older. */
  dropCooldowns(failedBefore: number): Promise<void>
  cliSession(sessionId: string, backend: string): Promise<CliSession | undefined>
  /** Also forgets those that were last used before `dropBefore`. */
  putCliSession(session: CliSession, dropBefore: number): Promise<void>
  dropCliSession(sessionId: string, backend: string): Promise<void>
}
