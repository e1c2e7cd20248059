import type { Config } from '../../../schemas/config/index.js'
import { GatewayError } from '../../kernel/errors.js'
import type { SessionRow } from '../../storage/types.js'
import { globPattern } from '../../tools/_policy/match.js'
import type { DoorFacts, DoorWorld } from './types.js'

/** Steps from a session to those that it came from. */
const MAX_STEPS = 8
/** Sessions that a list looks through. */
const MAX_SEEN = 1_000

export type Reach = 'self' | 'tree' | 'agent' | 'all'

/**
 * Which sessions a turn may see and talk to (`tools.sessions.visibility`): its own, those that came from it, all of its
 * agent, or all; those of other agents only as `tools.agentToAgent` says. A sandbox narrows to what came from it.
 */
export class Sight {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts
  readonly #config: Config

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
    this.#config = world.config()
  }

  get reach(): Reach {
    const wanted = this.#config.tools?.sessions?.visibility ?? 'tree'
    return this.#walled && (wanted === 'agent' || wanted === 'all') ? 'tree' : wanted
  }

  /** Throws, in words for the model, when the session is not for this turn. Does not tell whether there is one. */
  async check(key: string, agent: string): Promise<void> {
    const { sessionKey, agent: own } = this.#facts
    if (key === sessionKey || (await this.#came(key))) return
    const { reach } = this
    const enough = reach === 'all' || (reach === 'agent' && agent === own)
    if (enough && (agent === own || this.mayMeet(agent))) return
    throw refused(key, this.#why(agent))
  }

  /** Whether agents may meet in messages and histories (`tools.agentToAgent`). */
  mayMeet(agent: string): boolean {
    const { enabled = false, allow } = this.#config.tools?.agentToAgent ?? {}
    if (!enabled) return false
    const named = (id: string) =>
      !allow ||
      allow.length === 0 ||
      allow.some((glob) => globPattern(glob.trim().toLowerCase()).test(id.toLowerCase()))
    return named(this.#facts.agent) && named(agent)
  }

  /** The sessions that the turn may see, without order. */
  async all(search: string | undefined, since: number | undefined): Promise<readonly SessionRow[]> {
    const { sessionKey, agent } = this.#facts
    const { sessions } = this.#world.sessions.context.store
    const page = { archived: 'all' as const, search, since, limit: MAX_SEEN }
    const { reach } = this
    const own = sessionKey === undefined ? undefined : await sessions.get(sessionKey)
    const near = [...(own ? [own] : []), ...(reach === 'self' ? [] : await this.#below())]
    const rows = near.filter((row) => fits(row, search) && (since === undefined || row.updatedAt >= since))
    if (reach === 'self' || reach === 'tree') return rows
    const far = await sessions.list({ ...page, ...(reach === 'agent' && { agent }) })
    const known = new Set(rows.map(({ key }) => key))
    return [...rows, ...far.filter((row) => !known.has(row.key) && (row.agent === agent || this.mayMeet(row.agent)))]
  }

  /** True where only what came from the turn's own session is to be seen, whatever is set. */
  get #walled(): boolean {
    const { entries, defaults } = this.#config.agents ?? {}
    const own = entries?.[this.#facts.agent]?.sandbox?.sessionToolsVisibility
    return this.#facts.sandboxed && (own ?? defaults?.sandbox?.sessionToolsVisibility) !== 'all'
  }

  /** True when the session came from this turn's own, at whatever distance. */
  async #came(key: string): Promise<boolean> {
    const { sessionKey } = this.#facts
    if (sessionKey === undefined || this.reach === 'self') return false
    const { sessions } = this.#world.sessions.context.store
    let at: string | undefined = key
    for (let step = 0; step < MAX_STEPS && at !== undefined; step += 1) {
      at = (await sessions.get(at))?.entry.parentSessionKey
      if (at === sessionKey) return true
    }
    return false
  }

  async #below(): Promise<readonly SessionRow[]> {
    const { sessionKey } = this.#facts
    const { sessions } = this.#world.sessions.context.store
    const found = new Map<string, SessionRow>()
    let parents = sessionKey === undefined ? [] : [sessionKey]
    for (let step = 0; step < MAX_STEPS && parents.length > 0; step += 1) {
      const next: string[] = []
      for (const parent of parents) {
        for (const row of await sessions.list({ parent, archived: 'all', limit: MAX_SEEN })) {
          if (row.key === sessionKey || found.has(row.key) || found.size >= MAX_SEEN) continue
          found.set(row.key, row)
          next.push(row.key)
        }
      }
      parents = next
    }
    return [...found.values()]
  }

  #why(agent: string): string {
    if (this.#walled) return 'a sandboxed session sees only the sessions that it started'
    const { reach } = this
    if (agent !== this.#facts.agent && reach === 'all') return 'tools.agentToAgent does not let these agents meet'
    return `tools.sessions.visibility is "${reach}"`
  }
}

function refused(key: string, why: string): GatewayError {
  return new GatewayError('tool_error', {
    message: `The session "${key.slice(0, 200)}" is not visible from here: ${why}.`,
  })
}

function fits({ key, title, entry }: SessionRow, search: string | undefined): boolean {
  if (search === undefined) return true
  const wanted = search.toLowerCase()
  return [key, title, entry.label, entry.displayName].some((text) => text?.toLowerCase().includes(wanted))
}
