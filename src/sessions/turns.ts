import type { ContentPart, ModelMessage } from '../../schemas/message.js'
import type { RunCaller } from '../agents/caller.js'
import { sessionBusy } from '../agents/lanes.js'
import type { LiveRun } from '../agents/live-runs.js'
import type { RunFinal, RunOrigin, TurnSettings } from '../agents/types.js'
import { GatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { RunRow, SessionRow } from '../storage/types.js'
import { checkAgent, type SessionName } from './canonical.js'
import { checkSessionId, type SessionsContext } from './context.js'
import type { SessionEditor } from './edit.js'
import { entryId } from './entry-id.js'
import { isStale, resetPolicy } from './freshness.js'
import { type QueueMode, type QueueSettings, queueSettings } from './queue-settings.js'
import { endedStatus, type RunOutcome, runOutcome } from './run-outcome.js'
import { WaitingMessages } from './waiting.js'

export interface Message {
  readonly sessionKey: string
  readonly agentId?: string | undefined
  /** The caller's idempotency key: the same id never runs twice. */
  readonly runId: string
  readonly content: readonly ContentPart[]
  /** What the sender himself said, where `content` holds words of others too. Default: all texts of it. */
  readonly said?: string
  readonly origin: RunOrigin
  /** On whose behalf the turn runs. */
  readonly caller?: RunCaller
  /** The transcript that the caller saw. */
  readonly sessionId?: string | undefined
  /** The newest entry that the caller saw; null: it saw none. */
  readonly leaf?: string | null | undefined
  /** Milliseconds; 0 is no limit. */
  readonly timeoutMs?: number | undefined
  readonly thinkingLevel?: string | undefined
  readonly model?: string | undefined
  /** Said to the model before the conversation; not kept. */
  readonly system?: string | undefined
  /** Where it came from; a client of the gateway itself when absent. */
  readonly channel?: string | undefined
  /** What happens to it while a turn runs. Default: as its session, its channel or the config says. */
  readonly queueMode?: QueueMode | undefined
  /** In place of what its session says, for this message. */
  readonly settings?: TurnSettings | undefined
  /** Of the workspace the model is shown the checklist alone. */
  readonly lightContext?: boolean | undefined
}

/** A message was taken, or its id was known already. */
export type Sent = SessionName & { readonly runId: string } & (
    | {
        readonly status: 'started'
        readonly done: Promise<RunFinal>
        /** What commands inside of the message have answered. */
        readonly aside?: string
      }
    | { readonly status: 'known'; readonly run: RunRow }
  )

/** Turns that clients ask for and do not wait on a connection for. */
export class Turns {
  readonly #context: SessionsContext
  readonly #editor: SessionEditor
  readonly #taking = new KeyedMutex()
  readonly #waiting: WaitingMessages
  /** Who speaks in turns that live, and where. */
  readonly #voices = new WeakMap<LiveRun, string>()

  constructor(context: SessionsContext, editor: SessionEditor) {
    this.#context = context
    this.#editor = editor
    this.#waiting = new WaitingMessages(context.options.clock)
  }

  /**
   * Takes a message: what it asks for runs once, whatever happens to the caller, and is on disk before this resolves.
   * While a turn of its session runs it waits, is shown to it, or is answered together with others, as the session's
   * queue says. Throws `agent_not_found`, `session_busy`, `conflict` (an id of another session), `invalid_request`.
   */
  async send(message: Message): Promise<Sent> {
    const name = this.#context.name(message.sessionKey, message.agentId)
    checkAgent(this.#context.rules(), name.agent)
    const known = await this.#context.store.runs.get(message.runId)
    if (known) return knownRun(name, known)
    // One after the other: what one has taken, the next must see.
    return this.#taking.run(name.key, () => this.#take(name, message))
  }

  async #take(name: SessionName, message: Message): Promise<Sent> {
    const { runId, origin, content } = message
    const { store, options } = this.#context
    if (options.stopping.aborted) throw new GatewayError('draining')
    const row = await store.sessions.get(name.key)
    this.#check(message, name, row)
    const settings = queueSettings(options.config(), row?.entry, { mode: message.queueMode, channel: message.channel })
    if (settings.mode === 'interrupt') {
      // The same call may have come twice at once: it must not end itself.
      const again = await store.runs.get(runId)
      if (again) return knownRun(name, again)
      this.#end(name.key, this.#endable(message))
    } else if (settings.drop === 'new' && this.#waiting.count(name.key) >= settings.cap) throw sessionBusy()
    // Only people begin a new conversation.
    if (row && origin !== 'heartbeat' && this.#stale(row)) await this.#editor.freshen(row)
    const input: ModelMessage = { role: 'user', content }
    const accepted = { id: runId, sessionKey: name.key, agent: name.agent, origin, at: this.#context.now(), input }
    const before = await store.runs.accept(accepted)
    if (before) return knownRun(name, before)
    const busy = options.agents.live.of(name.key).length > 0
    const done = this.#run(name, message, input)
    if (busy) this.#wait(name.key, message, input, settings)
    options.bus.emit('session.changed', { sessionKey: name.key, agent: name.agent, reason: 'send', runId })
    return { ...name, runId, status: 'started', done }
  }

  /** Its turn has its place behind the others; before that comes, the message may get into another. */
  #wait(key: string, message: Message, input: ModelMessage, settings: QueueSettings): void {
    const { live } = this.#context.options.agents
    const run = live.get(message.runId)
    if (!run) return
    this.#waiting.add({ run, input, settings, route: routeOf(message) })
    this.#waiting.shrink(key, settings)
    if (settings.mode !== 'steer' && settings.mode !== 'steer-backlog') return
    const running = live.of(key).find((other) => other.running && !other.host)
    // A turn acts with the rights of who began it, and answers there: nobody else may put words into it.
    if (running && this.#voices.get(running) !== voiceOf(message)) return
    // Whoever asked over HTTP waits for the answer to its own question; what an agent finds by itself is no answer.
    if (running && running.origin !== 'http' && running.origin !== 'heartbeat')
      running.steer({ run, message: input, stays: settings.mode === 'steer-backlog' })
  }

  /**
   * Ends the turns of a session, those that wait first, and what they have started. Gives those that it ended. Without
   * `which`, or with `whole`, what they have started ends also when no turn runs.
   */
  abort(key: string, which?: (run: LiveRun) => boolean, whole = !which): readonly LiveRun[] {
    const ended = this.#end(key, which)
    if (whole || ended.length > 0) this.#context.options.bus.emit('session.stopped', { sessionKey: key })
    return ended
  }

  /** Somebody who writes in a chat and does not own the gateway ends no turn of others. */
  #endable(message: Message): ((run: LiveRun) => boolean) | undefined {
    const { owner, sender } = message.caller ?? {}
    return owner || !sender ? undefined : (run) => this.#voices.get(run) === voiceOf(message)
  }

  #end(key: string, which: (run: LiveRun) => boolean = () => true): readonly LiveRun[] {
    const runs = this.#context.options.agents.live.of(key).filter(which)
    const waitingFirst = [...runs].sort((a, b) => Number(a.running) - Number(b.running))
    for (const run of waitingFirst) run.abort()
    return waitingFirst
  }

  /** How a run ended, once it has; undefined when it has not by then, or is not known. */
  async wait(runId: string, timeoutMs: number, signal: AbortSignal): Promise<RunOutcome | undefined> {
    const { bus, clock } = this.#context.options
    let over = signal.aborted
    let wake = () => {}
    const notice = (turn: { readonly runId: string }) => (turn.runId === runId ? wake() : undefined)
    const giveUp = () => {
      over = true
      wake()
    }
    const undo = [bus.on('turn.ended', notice), bus.on('run.finished', notice), clock.after(timeoutMs, giveUp)]
    signal.addEventListener('abort', giveUp)
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        const outcome = await this.outcome(runId)
        if (outcome || over) return outcome
        await woken
      }
    } finally {
      for (const stop of undo) stop()
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Undefined while the run has not ended, and when it is not known. */
  async outcome(runId: string): Promise<RunOutcome | undefined> {
    // What is written may still be on its way to the disk.
    if (this.#context.options.agents.live.get(runId)) return undefined
    const run = await this.#context.store.runs.get(runId)
    return run && runOutcome(run)
  }

  #check({ content, sessionId, leaf }: Message, { key }: SessionName, row: SessionRow | undefined): void {
    if (content.length === 0) throw new GatewayError('invalid_request', { message: 'message or attachment required' })
    if (row?.entry.sendPolicy === 'deny') {
      throw new GatewayError('invalid_request', { message: 'send blocked by session policy' })
    }
    checkSessionId(row, sessionId)
    // While a turn runs, the newest entry moves under every caller.
    if (leaf === undefined || this.#context.options.agents.live.of(key).length > 0) return
    const newest = row && row.entries > 0 ? entryId(row.id, row.entries - 1) : null
    if (leaf === newest) return
    throw new GatewayError('invalid_request', {
      message: 'The conversation went on since it was read. Read it again and repeat the call.',
      details: { reason: 'active-leaf-changed', activeLeafEntryId: newest },
    })
  }

  #stale(row: SessionRow): boolean {
    const { agents, config } = this.#context.options
    if (agents.live.of(row.key).length > 0) return false
    return isStale(resetPolicy(config(), row.key), row, this.#context.now())
  }

  async #run({ key, agent }: SessionName, message: Message, input: ModelMessage): Promise<RunFinal> {
    const { agents, bus, stopping } = this.#context.options
    const { runId, origin, caller, timeoutMs, thinkingLevel, model, system, settings, lightContext } = message
    const running = agents.run(
      {
        agent,
        sessionKey: key,
        runId,
        input: system === undefined ? [input] : [{ role: 'system', content: [{ type: 'text', text: system }] }, input],
        clientTools: [],
        sampling: {},
        stream: true,
        origin,
        signal: stopping,
        maxWaiting: Number.POSITIVE_INFINITY,
        gather: (signal) => this.#waiting.gather(key, runId, signal),
        ...(caller && { caller }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(thinkingLevel !== undefined && { thinkingLevel }),
        ...(settings !== undefined && { settings }),
        ...(lightContext && { lightContext }),
        ...(model !== undefined && { modelOverride: model }),
      },
      () => {},
    )
    const run = agents.live.get(runId)
    if (run) this.#voices.set(run, voiceOf(message))
    const final = await running
    // A turn that never began has not recorded its end, nor one whose message another has taken; for one that has, this
    // changes nothing. When the gateway goes down, the next start marks what was left waiting.
    if ((final.type !== 'end' || run?.host) && !stopping.aborted) await this.#close(runId, final)
    bus.emit('turn.ended', { runId, sessionKey: key, agent, final, ...(caller?.chat && { chat: caller.chat }) })
    return final
  }

  async #close(id: string, final: RunFinal): Promise<void> {
    const { store, options } = this.#context
    const error = final.type === 'error' ? final.error.code : undefined
    await store.runs.end({ id, status: endedStatus(final), at: this.#context.now(), error }).catch((err: unknown) => {
      options.log.error({ err, runId: id }, 'the end of a turn was not recorded')
    })
  }
}

/** Only messages that are to be answered in the same way, to the same place, are answered together. */
function routeOf({ origin, channel, caller, timeoutMs, thinkingLevel, model, system, settings }: Message): string {
  return JSON.stringify([origin, channel, caller, timeoutMs, thinkingLevel, model, system, settings])
}

/** Who speaks, with which rights, and where. */
function voiceOf({ channel, caller }: Message): string {
  const { owner, approves, sender, account, place, chat } = caller ?? {}
  return JSON.stringify([channel, owner, approves, sender?.channel, sender?.id, account, place, chat])
}

/** What becomes of a message whose id was used before. Throws `conflict` for one of another session. */
export function knownRun(name: SessionName, run: RunRow): Sent {
  if (run.sessionKey !== name.key) {
    throw new GatewayError('conflict', {
      message: 'This idempotencyKey was used for another session. Choose a new one.',
    })
  }
  return { ...name, runId: run.id, status: 'known', run }
}
