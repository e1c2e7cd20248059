import { randomUUID } from 'node:crypto'
import type { SessionEntry } from '../../schemas/session.js'
import type { SessionPatch } from '../../schemas/ws/sessions-patch.js'
import { GatewayError } from '../kernel/errors.js'
import { uuidOf } from '../kernel/random-id.js'
import type { SessionRow } from '../storage/types.js'
import { checkAgent, mainSessionKey } from './canonical.js'
import { checkSessionId, type SessionsContext } from './context.js'
import type { SessionChanged } from './events.js'
import { patchedEntry } from './patch.js'

/** How long a reset or a delete waits for the turns that it has ended, in milliseconds. */
const settleMs = 15_000

export interface Target {
  readonly key: string
  readonly agentId?: string | undefined
  readonly expectedSessionId?: string | undefined
}

export interface NewSession extends SessionPatch {
  readonly key?: string | undefined
  readonly agentId?: string | undefined
  /** The same key gives the same session, also after a restart. */
  readonly idempotencyKey?: string | undefined
  readonly displayName?: string | undefined
  readonly parentSessionKey?: string | undefined
}

/** Makes, changes and removes sessions. Everything is on disk before it is told. */
export class SessionEditor {
  readonly #context: SessionsContext

  constructor(context: SessionsContext) {
    this.#context = context
  }

  /** Changes settings; a session that is not there yet is made. Throws `agent_not_found`, `model_not_found`. */
  async patch({ key, agentId, expectedSessionId }: Target, patch: SessionPatch): Promise<SessionRow> {
    const name = this.#context.name(key, agentId)
    const checked = this.#checked(name.agent, patch)
    const at = this.#context.now()
    const row = await this.#context.store.sessions.put({ ...name, at }, (before) => {
      checkSessionId(before, expectedSessionId)
      return patchedEntry(before?.entry ?? {}, checked, at)
    })
    this.#changed(row, 'patch')
    return row
  }

  /** A new session, or the one that has the key already. */
  async create(wanted: NewSession): Promise<SessionRow> {
    const { key, agentId, idempotencyKey, displayName, parentSessionKey, ...patch } = wanted
    const rules = this.#context.rules()
    const generated = `dashboard:${idempotencyKey === undefined ? randomUUID() : uuidOf(idempotencyKey)}`
    const name = this.#context.name(key ?? generated, agentId)
    const checked = this.#checked(name.agent, patch)
    const parent = parentSessionKey === undefined ? undefined : this.#context.name(parentSessionKey).key
    if (parent === name.key) throw new GatewayError('invalid_request', { message: 'A session is not its own parent.' })
    const at = this.#context.now()
    const more: Partial<SessionEntry> = {
      ...(displayName && { displayName }),
      ...(parent && { parentSessionKey: parent }),
    }
    checkAgent(rules, name.agent)
    const row = await this.#context.store.sessions.put({ ...name, at }, (before) => {
      // A repeated call must not undo what was changed since the first.
      if (before && idempotencyKey !== undefined) return before.entry
      return { ...patchedEntry(before?.entry ?? {}, checked, at), ...more }
    })
    this.#changed(row, 'create')
    return row
  }

  /** Ends its turns and begins a new transcript; a session that is not there yet is made. */
  async reset(target: Target, reason: 'new' | 'reset'): Promise<SessionRow> {
    const { key, agent } = this.#context.name(target.key, target.agentId)
    checkAgent(this.#context.rules(), agent)
    const { sessions } = this.#context.store
    checkSessionId(await sessions.get(key), target.expectedSessionId)
    const row = await this.#alone(key, async () => {
      const at = this.#context.now()
      const check = (before: SessionRow) => checkSessionId(before, target.expectedSessionId)
      return (await sessions.reset(key, { at, reason, check })) ?? sessions.put({ key, agent, at }, () => ({}))
    })
    this.#changed(row, 'reset')
    return row
  }

  /** Begins a new transcript unless something was said since `row` was read. Ends no turn, and waits for those that run. */
  async freshen(row: SessionRow): Promise<void> {
    const { sessions } = this.#context.store
    const { key } = row
    const fresh = await this.#settled(key, async () => {
      const now = await sessions.get(key)
      if (now?.id !== row.id || now.entries !== row.entries) return false
      await sessions.reset(key, { at: this.#context.now(), reason: 'stale' })
      return true
    })
    if (fresh) this.#changed(row, 'reset')
  }

  /**
   * Ends its turns and removes it; gives the ids of transcripts that stay readable, undefined when it was not there.
   * Throws `invalid_request` for main sessions, and for one that is not archived when only such may go.
   */
  async delete(target: Target, how: { readonly keep: boolean; readonly archivedOnly: boolean }) {
    const { key, agent } = this.#context.name(target.key, target.agentId)
    if (key === mainSessionKey(this.#context.rules(), agent)) {
      throw new GatewayError('invalid_request', { message: `Cannot delete the main session (${key}).` })
    }
    const check = (row: SessionRow) => {
      checkSessionId(row, target.expectedSessionId)
      if (!how.archivedOnly || row.entry.archivedAt !== undefined) return
      throw new GatewayError('invalid_request', { message: `The session ${key} is not archived.` })
    }
    const { sessions } = this.#context.store
    const before = await sessions.get(key)
    if (!before) return { key, archived: undefined }
    check(before)
    const change = { at: this.#context.now(), reason: 'deleted', keep: how.keep, check }
    const archived = await this.#alone(key, () => sessions.delete(key, change))
    this.#changed({ key, agent }, 'delete')
    return { key, archived }
  }

  /** Runs `work` after the session's turns, which are told to end. Throws `server_busy` when they do not. */
  #alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    for (const run of this.#context.options.agents.live.of(key)) run.abort()
    this.#context.options.bus.emit('session.stopped', { sessionKey: key })
    return this.#settled(key, work)
  }

  /** Runs `work` after the session's turns. Throws `server_busy` when they do not end. */
  async #settled<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { agents, clock } = this.#context.options
    const waiting = new AbortController()
    const busy = { message: `Session ${key} is still active; try again in a moment.` }
    const cancel = clock.after(settleMs, () => waiting.abort(new GatewayError('server_busy', busy)))
    try {
      return await agents.alone(key, waiting.signal, work)
    } finally {
      cancel()
    }
  }

  #checked(agent: string, patch: SessionPatch): SessionPatch {
    checkAgent(this.#context.rules(), agent)
    return typeof patch.model === 'string' ? { ...patch, model: this.#context.checkModel(agent, patch.model) } : patch
  }

  #changed({ key, agent }: Pick<SessionRow, 'key' | 'agent'>, reason: SessionChanged['reason']): void {
    this.#context.options.bus.emit('session.changed', { sessionKey: key, agent, reason })
  }
}
