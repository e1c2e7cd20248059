import type { GatewayAgents } from '../../tools/_gateway/agents.js'
import type { GatewayConfig } from '../../tools/_gateway/config.js'
import type { GatewayCron } from '../../tools/_gateway/cron.js'
import type { GatewayMessages } from '../../tools/_gateway/messages.js'
import type { GatewaySessions } from '../../tools/_gateway/sessions.js'
import type { GatewayVision } from '../../tools/_gateway/vision.js'
import type { GatewayDoor } from '../../tools/_gateway.js'
import { AgentTools } from './agent-tools.js'
import { ConfigTools } from './config-tools.js'
import { CronTools } from './cron-tools.js'
import { MessageTools } from './message-tools.js'
import { SessionTools } from './session-tools.js'
import type { DoorFacts, DoorWorld } from './types.js'
import { VisionTools } from './vision.js'

/** The gateway as one turn may reach it. Nothing is made before a tool asks for it. */
export class TurnDoor implements GatewayDoor {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts
  #sessions: SessionTools | undefined

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  get sessions(): GatewaySessions {
    this.#sessions ??= new SessionTools(this.#world, this.#facts)
    return this.#sessions
  }

  get agents(): GatewayAgents {
    return new AgentTools(this.#world, this.#facts)
  }

  get vision(): GatewayVision {
    return new VisionTools(this.#world, this.#facts)
  }

  async restart(reason: string | undefined, delayMs: number | undefined): Promise<number> {
    const { sessionKey, caller } = this.#facts
    const tell = sessionKey === undefined ? undefined : ({ who: 'agent', sessionKey, caller } as const)
    return this.#world.restarts.request({ reason, delayMs, tell })
  }

  get messages(): GatewayMessages {
    return new MessageTools(this.#world, this.#facts)
  }

  get cron(): GatewayCron {
    return new CronTools(this.#world, this.#facts)
  }

  get config(): GatewayConfig {
    return new ConfigTools(this.#world, this.#facts)
  }
}
