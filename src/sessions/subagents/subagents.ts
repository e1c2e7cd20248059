import { randomUUID } from 'node:crypto'
import { type RunCaller, withoutChat } from '../../agents/caller.js'
import type { RunFinal } from '../../agents/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { randomId } from '../../kernel/random-id.js'
import { WorkLimit } from '../../kernel/work-limit.js'
import type { SubagentEnd, SubagentRow } from '../../storage/types.js'
import type { SessionsContext } from '../context.js'
import type { SessionEditor } from '../edit.js'
import type { Turns } from '../turns.js'
import { Announcer } from './announce.js'
import { forkConversation } from './fork.js'
import { childKeyOf, depthOf, subagentSettings } from './limits.js'
import { announceSkip, childRules, noReply, type Outcome } from './words.js'

/** Sub-agents that wait for a place; one more is refused. */
const maxWaiting = 200

export interface SpawnOrder {
  readonly requesterKey: string
  readonly requesterAgent: string
  readonly agent: string
  readonly task: string
  readonly label?: string | undefined
  readonly model?: string | undefined
  readonly thinking?: string | undefined
  /** 0: no limit. */
  readonly timeoutSeconds?: number | undefined
  readonly cleanup: 'keep' | 'delete'
  /** The turn whose conversation the child begins with; absent: it knows its task alone. */
  readonly forkRunId?: string | undefined
  readonly caller: RunCaller
  /** Sees the key of the child before anything is done; what it throws is thrown. */
  readonly check: (childKey: string) => void
}

export interface Spawned {
  readonly runId: string
  readonly childSessionKey: string
}

/** One that has not been put away. */
interface Child {
  row: SubagentRow
  /** Its requester's session was called off: nobody wants to hear of it. */
  dropped: boolean
  /** Resolves with what its requester answered to the news of its end; empty when it did not hear of it. */
  settled: Promise<string>
}

/**
 * Turns that agents start for parts of their work, each in a session of its own. Every one stands on disk before its
 * start is told, until its requester has heard how it ended: also after a crash, which loses it and says so.
 */
export class Subagents {
  readonly #context: SessionsContext
  readonly #editor: SessionEditor
  readonly #turns: Turns
  readonly #announcer: Announcer
  readonly #children = new Map<string, Child>()
  readonly #timers = new Set<() => void>()
  #places: { readonly atOnce: number; readonly limit: WorkLimit } | undefined

  constructor(context: SessionsContext, editor: SessionEditor, turns: Turns) {
    this.#context = context
    this.#editor = editor
    this.#turns = turns
    this.#announcer = new Announcer(context, turns)
  }

  /** Begins to listen for sessions that are called off, and tells of those that the last end of the gateway lost. */
  async open(): Promise<() => Promise<void>> {
    const { bus } = this.#context.options
    const unlisten = bus.on('session.stopped', ({ sessionKey }) => this.#stopChildren(sessionKey))
    for (const row of await this.#context.store.subagents.all()) this.#recover(row)
    return async () => {
      unlisten()
      for (const cancel of this.#timers) cancel()
      await Promise.all([...this.#children.values()].map(({ settled }) => settled))
    }
  }

  /** Takes an order: it is on disk when this resolves, and runs when there is a place. Throws in words for a model. */
  async spawn(order: SpawnOrder): Promise<Spawned> {
    const { requesterKey, requesterAgent, agent, task, label, model, thinking, cleanup, caller, check } = order
    const settings = subagentSettings(this.#context.options.config(), requesterAgent)
    if (depthOf(requesterKey) >= settings.maxDepth) {
      throw refusal(`Sub-agents may not start further ones here (maxSpawnDepth ${settings.maxDepth}).`)
    }
    const running = [...this.#children.values()].filter(({ row }) => row.requesterKey === requesterKey && !row.ended)
    if (running.length >= settings.maxChildren) {
      throw refusal(`${running.length} sub-agents of this session run already (maxChildrenPerAgent). Wait for one.`)
    }
    const childKey = childKeyOf(requesterKey, agent, randomUUID())
    check(childKey)
    const wanted = model ?? subagentSettings(this.#context.options.config(), agent).model
    const modelRef = wanted === undefined ? undefined : this.#context.checkModel(agent, wanted)
    const row: SubagentRow = {
      ...{ runId: `run_${randomId()}`, childKey, agent, requesterKey, requesterAgent, task, label, cleanup, caller },
      createdAt: this.#context.now(),
    }
    const child: Child = { row, dropped: false, settled: Promise.resolve('') }
    // Counted at once: calls that come together must not all find room.
    this.#children.set(row.runId, child)
    try {
      await this.#context.store.subagents.put(row)
      await this.#editor.create({
        key: childKey,
        parentSessionKey: requesterKey,
        displayName: label ?? Array.from(task.replaceAll(/\s+/g, ' ')).slice(0, 60).join(''),
        ...(label !== undefined && { label }),
        ...(modelRef !== undefined && { model: modelRef }),
        ...(thinking !== undefined && { thinkingLevel: thinking as never }),
      })
      const { forkRunId: fromRunId } = order
      if (fromRunId !== undefined) {
        const runId = `fork_${row.runId}`
        await forkConversation(this.#context, { fromKey: requesterKey, fromRunId, toKey: childKey, agent, runId })
      }
    } catch (error) {
      await this.#forget(child)
      throw error
    }
    const seconds = order.timeoutSeconds ?? settings.timeoutSeconds
    child.settled = this.#live(child, seconds * 1000).catch((err: unknown) => this.#failed(child, err))
    return { runId: row.runId, childSessionKey: childKey }
  }

  async #live(child: Child, timeoutMs: number): Promise<string> {
    const { atOnce } = subagentSettings(this.#context.options.config(), child.row.agent)
    if (this.#places?.atOnce !== atOnce) this.#places = { atOnce, limit: new WorkLimit(atOnce, maxWaiting) }
    const final = await this.#places.limit.run(() => this.#run(child, timeoutMs))
    // What the gateway's end cuts off is told at its next start.
    if (this.#context.options.stopping.aborted) return ''
    const below = [...this.#children.values()].filter(({ row }) => row.requesterKey === child.row.childKey)
    const later = (await Promise.all(below.map(({ settled }) => settled))).filter(isSaid).at(-1)
    if (this.#context.options.stopping.aborted) return ''
    const outcome = outcomeOf(final, this.#context.now())
    return this.#end(child, later === undefined ? outcome : { ...outcome, text: later })
  }

  async #run({ row, dropped }: Child, timeoutMs: number): Promise<RunFinal> {
    if (dropped || this.#context.options.stopping.aborted) return { type: 'aborted', partial: '' }
    const sent = await this.#turns.send({
      sessionKey: row.childKey,
      runId: row.runId,
      content: [{ type: 'text', text: row.task }],
      origin: 'agent',
      caller: withoutChat(row.caller as RunCaller),
      timeoutMs,
      system: childRules,
      queueMode: 'followup',
    })
    return sent.status === 'started' ? sent.done : { type: 'aborted', partial: '' }
  }

  /** Writes down how it ended, tells its requester, and puts it away. Gives what the requester answered. */
  async #end(child: Child, outcome: Outcome): Promise<string> {
    await this.#write(child, { ...child.row, ended: outcome.end })
    const silent = child.dropped || (outcome.end.status === 'ok' && outcome.text.trim() === announceSkip)
    const answer = silent ? '' : await this.#announcer.tell(child.row, outcome)
    // The gateway goes down: the next start tells it.
    if (answer === undefined) return ''
    await this.#write(child, { ...child.row, toldAt: this.#context.now() })
    await this.#putAway(child)
    return answer
  }

  async #putAway(child: Child): Promise<void> {
    const { childKey: key, cleanup, requesterAgent, toldAt = 0 } = child.row
    if (cleanup === 'delete') {
      await this.#editor.delete({ key }, { keep: false, archivedOnly: false })
      return this.#forget(child)
    }
    const { archiveMs } = subagentSettings(this.#context.options.config(), requesterAgent)
    if (archiveMs === 0) return this.#forget(child)
    const cancel = this.#context.options.clock.after(Math.max(0, toldAt + archiveMs - this.#context.now()), () => {
      this.#timers.delete(cancel)
      this.#archive(child).catch((err: unknown) => void this.#failed(child, err))
    })
    this.#timers.add(cancel)
  }

  async #archive(child: Child): Promise<void> {
    const { childKey: key } = child.row
    if (await this.#context.store.sessions.get(key)) await this.#editor.patch({ key }, { archived: true })
    await this.#forget(child)
  }

  #recover(row: SubagentRow): void {
    const child: Child = { row, dropped: false, settled: Promise.resolve('') }
    this.#children.set(row.runId, child)
    const end: SubagentEnd = row.ended ?? { at: this.#context.now(), status: 'lost' }
    const work = row.toldAt === undefined ? this.#retell(child, end) : this.#putAway(child).then(() => '')
    child.settled = work.catch((err: unknown) => this.#failed(child, err))
  }

  async #retell(child: Child, end: SubagentEnd): Promise<string> {
    const { runId, childKey } = child.row
    if (end.status === 'lost') {
      this.#context.options.log.warn({ runId, sessionKey: childKey }, 'a sub-agent was lost when the gateway ended')
    }
    const said = await this.#announcer.said(child.row)
    return this.#end(child, { end, text: said })
  }

  #stopChildren(requesterKey: string): void {
    for (const child of this.#children.values()) {
      if (child.row.requesterKey !== requesterKey || child.row.ended) continue
      child.dropped = true
      this.#turns.abort(child.row.childKey)
    }
  }

  async #write(child: Child, row: SubagentRow): Promise<void> {
    child.row = row
    await this.#context.store.subagents.put(row)
  }

  async #forget({ row: { runId } }: Child): Promise<void> {
    this.#children.delete(runId)
    await this.#context.store.subagents.remove(runId)
  }

  #failed({ row: { runId, childKey } }: Child, err: unknown): string {
    this.#context.options.log.error(
      { err, runId, sessionKey: childKey },
      'a sub-agent could not be followed to its end',
    )
    this.#children.delete(runId)
    return ''
  }
}

function outcomeOf(final: RunFinal | undefined, at: number): Outcome {
  if (!final) return { end: { at, status: 'error', error: 'too many sub-agents wait already' }, text: '' }
  if (final.type === 'end') {
    const { text, usage } = final.result
    return { end: { at, status: 'ok' }, text, tokens: { input: usage.input, output: usage.output } }
  }
  if (final.type === 'aborted') return { end: { at, status: 'stopped' }, text: final.partial }
  const { code, message } = final.error
  const status = code === 'run_timeout' ? 'timeout' : 'error'
  return { end: { at, status, error: message }, text: final.partial }
}

const isSaid = (answer: string) => answer.trim() !== '' && answer.trim() !== noReply

function refusal(message: string): GatewayError {
  return new GatewayError('tool_error', { message })
}
