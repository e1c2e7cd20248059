import { GatewayError } from '../../kernel/errors.js'
import { canonicalKey, globalKey, mainSessionKey, type SessionName } from '../../sessions/canonical.js'
import type { SessionRow } from '../../storage/types.js'
import type {
  GatewaySessions,
  HistoryPage,
  HistoryQuery,
  SendRequest,
  SendResult,
  SessionFacts,
  SessionQuery,
  SessionStatus,
  SessionTarget,
} from '../../tools/_gateway/sessions.js'
import { callerFor } from './on-behalf.js'
import { readSaid } from './said.js'
import { sessionFacts, sortOf } from './session-facts.js'
import { Sight } from './sight.js'
import type { DoorFacts, DoorWorld } from './types.js'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The conversations of a gateway, as far as one turn may see them. */
export class SessionTools implements GatewaySessions {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts
  readonly #sight: Sight

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
    this.#sight = new Sight(world, facts)
  }

  async list({ kinds, limit, activeMinutes, agentId, search }: SessionQuery): Promise<readonly SessionFacts[]> {
    const { context } = this.#world.sessions
    const since = activeMinutes === undefined ? undefined : context.now() - activeMinutes * 60_000
    const rows = await this.#sight.all(search?.trim() || undefined, since)
    const rules = context.rules()
    const wanted = rows.filter(
      ({ key, agent }) =>
        (agentId === undefined || agent.toLowerCase() === agentId.trim().toLowerCase()) &&
        (kinds === undefined || kinds.length === 0 || kinds.includes(sortOf(rules, key, agent))),
    )
    const source = context.rowSource()
    return wanted
      .toSorted((a, b) => b.updatedAt - a.updatedAt)
      .slice(0, limit)
      .map((row) => sessionFacts(source, row))
  }

  async history({ limit, offset, tools, ...target }: HistoryQuery): Promise<HistoryPage> {
    const { key } = await this.find(target)
    return readSaid(this.#world, key, { limit, offset, tools })
  }

  async status(target: SessionTarget): Promise<SessionStatus> {
    const { context } = this.#world.sessions
    const { key, agent } = await this.find(target)
    const row = await context.store.sessions.get(key)
    if (!row && key !== this.#facts.sessionKey) throw unknownSession(key)
    const source = context.rowSource()
    const turns = source.live(key).length
    if (!row) {
      const { provider, model, contextWindow } = context.modelFacts(agent)
      return {
        ...{ key, kind: sortOf(source.rules, key, agent), agent, updatedAt: context.now(), running: turns > 0 },
        ...{ model: `${provider}/${model}`, archived: false, input: 0, output: 0, turns },
        ...(contextWindow !== undefined && { contextWindow }),
      }
    }
    const { entry, spent } = row
    return {
      ...sessionFacts(source, row),
      ...(entry.model !== undefined && { modelOverride: entry.model }),
      input: spent.input,
      output: spent.output,
      ...(spent.cost !== undefined && { costUsd: spent.cost }),
      turns,
    }
  }

  async setModel(target: SessionTarget, model: string | null): Promise<void> {
    const { key } = await this.find(target)
    await this.#world.sessions.edit.patch({ key }, { model })
  }

  async send({ message, waitMs, ...target }: SendRequest, signal: AbortSignal): Promise<SendResult> {
    const to = await this.find(target)
    const { sessionKey: own, agent, direct = false } = this.#facts
    if (/:(?:thread|topic):/.test(to.key)) {
      throw refusal('Messages go to whole conversations, not to a thread. Name the session without it.')
    }
    if (to.key === own) throw refusal('That is this session. Say it here.')
    const from = own === undefined ? undefined : { key: own, agent }
    // Nobody in the session asked for what a client sends on its own.
    const letter = { from, to, message, waitMs, signal, caller: callerFor(this.#facts), exchange: !direct }
    return { sessionKey: to.key, ...(await this.#world.sessions.exchanges.send(letter)) }
  }

  /** The session that is meant, once it is sure that this turn may see it. */
  async find(target: SessionTarget): Promise<SessionName> {
    const { label } = target
    if (label !== undefined && target.sessionKey === undefined) return this.#labelled(label, target.agentId)
    const name = await this.#named(target)
    await this.#sight.check(name.key, name.agent)
    return name
  }

  async #named({ sessionKey, sessionId, agentId }: SessionTarget): Promise<SessionName> {
    const { context } = this.#world.sessions
    const rules = context.rules()
    const id = sessionId ?? (sessionKey !== undefined && uuid.test(sessionKey.trim()) ? sessionKey : undefined)
    if (id !== undefined) {
      const row = await context.store.sessions.byId(id.trim().toLowerCase())
      if (row) return { key: row.key, agent: row.agent }
      if (sessionKey === undefined) throw unknownSession(id)
    }
    if (sessionKey !== undefined) {
      const whole = /^agent:/.test(sessionKey.trim()) || sessionKey.trim() === globalKey
      return canonicalKey(rules, sessionKey, agentId ?? (whole ? undefined : this.#facts.agent))
    }
    if (agentId !== undefined) return canonicalKey(rules, mainSessionKey(rules, agentId), agentId)
    const { sessionKey: own, agent } = this.#facts
    if (own !== undefined) return { key: own, agent }
    throw new GatewayError('tool_error', { message: 'This turn belongs to no session. Name one with sessionKey.' })
  }

  /** One that the turn may see: others of the same label are not told of. */
  async #labelled(label: string, agent: string | undefined): Promise<SessionName> {
    const { sessions } = this.#world.sessions.context.store
    const rows = await sessions.list({ label, agent, archived: 'all', limit: 50 })
    const visible: SessionRow[] = []
    for (const row of rows) {
      const seen = await this.#sight.check(row.key, row.agent).then(
        () => true,
        () => false,
      )
      if (seen) visible.push(row)
    }
    const [first, second] = visible
    if (!first) throw unknownSession(label)
    if (!second) return { key: first.key, agent: first.agent }
    const keys = visible.map(({ key }) => key).join(', ')
    throw new GatewayError('tool_error', { message: `Several sessions have this label: ${keys}. Name one by its key.` })
  }
}

function refusal(message: string): GatewayError {
  return new GatewayError('tool_error', { message })
}

function unknownSession(word: string): GatewayError {
  return new GatewayError('tool_error', {
    message: `There is no session "${word.slice(0, 200)}" that you may see. sessions_list names them.`,
  })
}
