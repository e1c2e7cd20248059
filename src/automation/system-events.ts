import { agentRoster, requireAgent } from '../agents/select.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { canonicalKey, keyRules, type SessionName } from '../sessions/canonical.js'
import type { Store, WakeMode } from '../storage/types.js'

/** The newest of a session are kept (spec/runtime.md 6.1). */
export const eventLimits = { perSession: 20, total: 2_000 }
/** How many of them `status` shows. */
const shownEvents = 100

export interface SystemEventRequest {
  readonly text: string
  readonly wake: WakeMode
  /** Absent: the main session of the agent. */
  readonly sessionKey?: string | undefined
  /** Absent: the default agent. */
  readonly agentId?: string | undefined
}

interface SystemEventsSource {
  readonly store: Store
  readonly clock: Clock
  readonly config: () => Config
  /** An agent is to look at what waits in one of its sessions. */
  readonly wake: (agent: string, sessionKey: string) => void
}

/** What waits to be told to agents. It is consumed by the next turn of its session. */
export class SystemEvents {
  readonly #store: Store
  readonly #clock: Clock
  readonly #config: () => Config
  readonly #wake: SystemEventsSource['wake']

  constructor(source: SystemEventsSource) {
    this.#store = source.store
    this.#clock = source.clock
    this.#config = source.config
    this.#wake = source.wake
  }

  /** Resolves when it is on disk. Throws `agent_not_found`, `invalid_params`. */
  async queue({ text, wake, sessionKey, agentId }: SystemEventRequest): Promise<void> {
    const words = text.trim()
    if (words === '') throw new GatewayError('invalid_params', { message: 'text must not be blank', param: 'text' })
    const { key, agent } = this.#sessionFor(agentId, sessionKey)
    const event = { sessionKey: key, text: words, wake, at: this.#clock.now() }
    await this.#store.systemEvents.push(event, eventLimits)
    if (wake === 'now') this.#wake(agent, key)
  }

  /** The texts that wait, oldest first. */
  async texts(): Promise<string[]> {
    const events = await this.#store.systemEvents.pending(shownEvents)
    return events.map(({ text }) => text)
  }

  #sessionFor(agentId: string | undefined, sessionKey: string | undefined): SessionName {
    const config = this.#config()
    const rules = keyRules(config, agentRoster(config))
    const name = canonicalKey(rules, sessionKey ?? rules.mainKey, agentId)
    requireAgent(rules.roster, name.agent)
    return name
  }
}
