import { GatewayError } from '../../kernel/errors.js'
import type { GatewayAgents, SpawnableAgents, SpawnedAgent, SpawnRequest } from '../../tools/_gateway/agents.js'
import { callerFor } from './on-behalf.js'
import { spawnableAgents } from './spawnable.js'
import type { DoorFacts, DoorWorld } from './types.js'

/** The agents of a gateway, as far as one turn may start them. */
export class AgentTools implements GatewayAgents {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  spawnable(): SpawnableAgents {
    const { config, sessions } = this.#world
    return spawnableAgents(config(), sessions.context.rules().roster, this.#facts.agent)
  }

  async spawn({ agentId, runTimeoutSeconds, context, ...request }: SpawnRequest): Promise<SpawnedAgent> {
    const { sessionKey, runId, agent: own, sandboxed } = this.#facts
    if (sessionKey === undefined) {
      throw refusal('This turn belongs to no session, which could be told how a sub-agent ended.')
    }
    const agent = agentId === undefined ? own : this.#allowed(agentId)
    if (context === 'fork' && agent !== own) {
      throw refusal(
        'A conversation is handed on to the same agent only. Leave out context, and say in the task what is needed.',
      )
    }
    return this.#world.sessions.subagents.spawn({
      ...request,
      forkRunId: context === 'fork' ? runId : undefined,
      requesterKey: sessionKey,
      requesterAgent: own,
      agent,
      timeoutSeconds: runTimeoutSeconds,
      caller: callerFor(this.#facts),
      check: (childKey) => {
        if (!sandboxed || this.#world.isSandboxed({ agent, sessionKey: childKey })) return
        throw refusal(`A sandboxed session may not start a sub-agent of "${agent}", which runs outside of a sandbox.`)
      },
    })
  }

  #allowed(agentId: string): string {
    const { agents } = this.spawnable()
    const found = agents.find(({ id }) => id.toLowerCase() === agentId.trim().toLowerCase())
    if (found) return found.id
    const names = agents.map(({ id }) => id).join(', ')
    throw refusal(`You may not start "${agentId.slice(0, 100)}" (subagents.allowAgents). Allowed: ${names}.`)
  }
}

function refusal(message: string): GatewayError {
  return new GatewayError('tool_error', { message })
}
