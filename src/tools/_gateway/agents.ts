/** Agents that a turn may start sub-agents of. */
export interface SpawnableAgents {
  /** Whose turn asks. */
  readonly requester: string
  /** True when the config opens them all. */
  readonly all: boolean
  readonly agents: readonly { readonly id: string; readonly name?: string }[]
}

export interface GatewayAgents {
  spawnable(): SpawnableAgents
}
