/** Agents that a turn may start sub-agents of. */
export interface SpawnableAgents {
  /** Whose turn asks. */
  readonly requester: string
  /** True when the config opens them all. */
  readonly all: boolean
  readonly agents: readonly { readonly id: string; readonly name?: string }[]
}

export interface SpawnRequest {
  readonly task: string
  readonly label?: string
  /** The agent of the turn when absent. */
  readonly agentId?: string
  readonly model?: string
  readonly thinking?: string
  /** 0: no limit. */
  readonly runTimeoutSeconds?: number
  /** What becomes of the session of the sub-agent once its end was told. */
  readonly cleanup: 'keep' | 'delete'
  /** `fork`: the sub-agent begins with a copy of this conversation; only for the agent of the turn itself. */
  readonly context?: 'isolated' | 'fork'
}

export interface SpawnedAgent {
  readonly runId: string
  readonly childSessionKey: string
}

export interface GatewayAgents {
  spawnable(): SpawnableAgents
  /** Starts a sub-agent; the session of the turn is told how it ended. Resolves when the order is on disk. */
  spawn(request: SpawnRequest): Promise<SpawnedAgent>
}
