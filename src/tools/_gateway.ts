import type { GatewayAgents } from './_gateway/agents.js'
import type { GatewayConfig } from './_gateway/config.js'
import type { GatewayCron } from './_gateway/cron.js'
import type { GatewayMessages } from './_gateway/messages.js'
import type { GatewaySessions } from './_gateway/sessions.js'
import type { GatewayVision } from './_gateway/vision.js'

/**
 * The gateway itself, as far as one turn may reach it. Whatever is asked, the gateway decides by whose turn it is: a tool
 * says what it wants and is refused with a `GatewayError` in words for the model.
 */
export interface GatewayDoor {
  /** Conversations: which there are, what was said, how they stand. */
  readonly sessions: GatewaySessions
  readonly agents: GatewayAgents
  readonly config: GatewayConfig
  readonly vision: GatewayVision
  readonly messages: GatewayMessages
  readonly cron: GatewayCron
  /** Plans a restart, of which the session is told when it is over. Gives the milliseconds until it begins. */
  restart(reason: string | undefined, delayMs: number | undefined): Promise<number>
}
