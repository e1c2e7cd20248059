import { agentRoster, requireAgent } from '../agents/select.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { canonicalKey, keyRules } from '../sessions/canonical.js'
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

/** What waits to be told to agents. It is consumed by the next turn of its session. */
export class SystemEvents {
  readonly #store: Store
  readonly #clock: Clock
  readonly #config: () => Config

  constructor(source: { readonly store: Store; readonly clock: Clock; readonly config: () => Config }) {
    this.#store = source.store
    this.#clock = source.clock
    this.#config = source.config
  }

  /** Resolves when it is on disk. Throws `agent_not_found`, `invalid_params`. */
  async queue({ text, wake, sessionKey, agentId }: SystemEventRequest): Promise<void> {
    const words = text.trim()
    if (words === '') throw new GatewayError('invalid_params', { message: 'text must not be blank', param: 'text' })
    const event = { sessionKey: this.#sessionFor(agentId, sessionKey), text: words, wake, at: this.#clock.now() }
    await this.#store.systemEvents.push(event, eventLimits)
  }

  /** The texts that wait, oldest first. */
  async texts(): Promise<string[]> {
    const events = await this.#store.systemEvents.pending(shownEvents)
    return events.map(({ text }) => text)
  }

  #sessionFor(agentId: string | undefined, sessionKey: string | undefined): string {
    const config = this.#config()
    const rules = keyRules(config, agentRoster(config))
    const { key, agent } = canonicalKey(rules, sessionKey ?? rules.mainKey, agentId)
    requireAgent(rules.roster, agent)
    return key
  }
}
