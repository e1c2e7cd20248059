/** A sub-agent from its start until it is put away. */
export interface SubagentRow {
  readonly runId: string
  readonly childKey: string
  readonly agent: string
  /** The session that started it, and is told how it ended. */
  readonly requesterKey: string
  readonly requesterAgent: string
  readonly task: string
  readonly label?: string | undefined
  readonly cleanup: 'keep' | 'delete'
  /** On whose behalf it runs. */
  readonly caller: object
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number
  readonly ended?: SubagentEnd | undefined
  /** When its requester was told, or there was nothing to tell. */
  readonly toldAt?: number | undefined
}

export interface SubagentEnd {
  readonly at: number
  /** `lost`: the gateway went down before its end. */
  readonly status: 'ok' | 'error' | 'timeout' | 'stopped' | 'lost'
  readonly error?: string | undefined
}

export interface SubagentStore {
  /** Adds it, or takes the place of what was there. */
  put(row: SubagentRow): Promise<void>
  /** In the order in which they began. */
  all(): Promise<SubagentRow[]>
  remove(runId: string): Promise<void>
}
