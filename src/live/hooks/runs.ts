import type { ContentPart } from '../../../schemas/message.js'
import { failureWords, summaryWords } from '../../automation/hooks/prompt.js'
import { eventLimits } from '../../automation/system-events.js'
import { saysNothing } from '../../channels/deliver/shape.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError, toGatewayError } from '../../kernel/errors.js'
import type { Logger } from '../../kernel/logger.js'
import type { StopSignal } from '../../kernel/stop.js'
import { mainSessionKey } from '../../sessions/canonical.js'
import { maxAttempts, takenUp, wasCutOff } from '../../sessions/cut-off.js'
import type { Sessions } from '../../sessions/sessions.js'
import type {
  HookCallRow,
  HookKey,
  HookTurn,
  HookWords,
  KnownHookCall,
  NewOutboxRow,
  Store,
} from '../../storage/types.js'
import { type Asked, askTurn, turnFailure } from '../ask-turn.js'
import { lettersTo, type Mail } from '../letters.js'

/** Turns of hooks at once: many calls may come in one second. */
const maxRunning = 8
/** Calls that are not done, on disk and in memory. */
const maxOpen = 1_000
const busyRetryMs = 5_000
const downWords = 'The gateway went down while you answered this call of a hook.'

export interface HookRunsInput extends Mail {
  readonly store: Pick<Store, 'hooks' | 'runs' | 'transcripts' | 'systemEvents'>
  readonly clock: Clock
  readonly log: Logger
  readonly sessions: Sessions
  readonly stopping: StopSignal
  /** The agent of a session is to look at what waits there. */
  readonly wake: (sessionKey: string) => void
  /** A call is done. */
  readonly done: () => void
}

/**
 * Calls of hooks from the moment they are on disk until they are done: some at once, one at a time of each lane, in order.
 * After a crash each is taken up where it stood; one whose turn had ended gets that answer, and no other turn. How a call
 * ended, its messages to chats and the words for the main session are written together.
 */
export class HookRuns {
  readonly #input: HookRunsInput
  /** Their texts stay on disk until their turns come. */
  readonly #waiting: Pick<HookCallRow, 'id' | 'lane'>[] = []
  readonly #running = new Map<string, Promise<void>>()
  /** Calls that are on their way to the disk. */
  #taking = 0

  constructor(input: HookRunsInput) {
    this.#input = input
  }

  /** Takes up what an earlier start has left. */
  async open(): Promise<void> {
    this.#waiting.push(...(await this.#input.store.hooks.open()))
    this.#next()
  }

  /** Words for a session: they are there when this resolves, or were before under the same key. Throws `draining`. */
  async say(row: HookCallRow, { text, wake }: HookWords, key?: HookKey): Promise<KnownHookCall | undefined> {
    const { store, stopping } = this.#input
    if (stopping.aborted) throw new GatewayError('draining')
    const event = { sessionKey: row.sessionKey, text: text.trim(), wake, at: row.at }
    const known = key ? await store.hooks.tell(row, key, event, eventLimits) : undefined
    if (!key) await store.systemEvents.push(event, eventLimits)
    if (!known && wake === 'now') this.#input.wake(row.sessionKey)
    return known
  }

  /**
   * A turn: the call is on disk when this resolves, or was before under the same key. Throws `server_busy`, `draining`.
   */
  async take(row: HookCallRow, key?: HookKey): Promise<KnownHookCall | undefined> {
    if (this.#input.stopping.aborted) throw new GatewayError('draining')
    if (this.#waiting.length + this.#running.size + this.#taking >= maxOpen) {
      const message = `${maxOpen} calls of hooks wait. Try again in a moment.`
      throw new GatewayError('server_busy', { message, retryAfterMs: busyRetryMs })
    }
    this.#taking += 1
    const known = await this.#input.store.hooks.take(row, key).finally(() => {
      this.#taking -= 1
    })
    if (known) return known
    this.#waiting.push({ id: row.id, lane: row.lane })
    this.#next()
    return undefined
  }

  /** Begins nothing more; turns that go on end with the gateway. */
  async close(): Promise<void> {
    this.#waiting.length = 0
    await Promise.all(this.#running.values())
  }

  #next(): void {
    while (this.#running.size < maxRunning && !this.#input.stopping.aborted) {
      const index = this.#waiting.findIndex(({ lane }) => !this.#running.has(lane))
      const [row] = index < 0 ? [] : this.#waiting.splice(index, 1)
      if (!row) return
      const work = this.#carryOut(row.id).finally(() => {
        this.#running.delete(row.lane)
        this.#next()
      })
      this.#running.set(row.lane, work)
    }
  }

  /** Never rejects. */
  async #carryOut(id: string): Promise<void> {
    const { store, log, stopping, done } = this.#input
    try {
      const row = await store.hooks.get(id)
      // Words are done when they are taken.
      if (row?.request.kind === 'agent') await this.#turn(row, row.request)
      done()
    } catch (err) {
      // It stays open on disk, for the next start.
      if (!stopping.aborted) log.error({ err, hook: id }, 'a call of a hook could not be carried out')
    }
  }

  async #turn(row: HookCallRow, request: HookTurn): Promise<void> {
    const { stopping } = this.#input
    const asked = await this.#ask(row, request).catch((thrown: unknown): Asked => {
      if (stopping.aborted) throw thrown
      return { answer: undefined, error: toGatewayError(thrown) }
    })
    const failure = asked.answer ? turnFailure(asked) : (asked.error ?? new GatewayError('run_aborted'))
    await this.#end(row, request, asked.answer?.text ?? '', failure)
  }

  async #ask(row: HookCallRow, { text, model, thinking: thinkingLevel, timeoutMs }: HookTurn): Promise<Asked> {
    const { store, sessions, stopping } = this.#input
    const { id, agent, sessionKey, attempts } = row
    const known = await store.runs.get(row.runId)
    if (known && !wasCutOff(known)) return { answer: await sessions.answer(row.runId) }
    let content: readonly ContentPart[] = [{ type: 'text', text }]
    let { runId } = row
    if (known) {
      if (attempts + 1 >= maxAttempts) throw new GatewayError('run_aborted', { message: downWords })
      content = await takenUp(store.transcripts, known, content, downWords)
      runId = `${id}.${attempts + 1}`
      await store.hooks.retry(id, runId)
    }
    return askTurn(sessions, stopping, {
      ...{
        sessionKey,
        agentId: agent,
        runId,
        content,
        origin: 'hook',
        caller: { owner: false, name: 'hooks' },
        queueMode: 'followup',
      },
      ...{ model, thinkingLevel, timeoutMs },
    })
  }

  async #end(row: HookCallRow, request: HookTurn, text: string, failure: GatewayError | undefined): Promise<void> {
    const { store, clock, log, sent } = this.#input
    const { id, agent, sessionKey } = row
    const { name, wake } = request
    const letters = failure ? undefined : await this.#letters(row, request, text).catch(toGatewayError)
    const trouble = failure ?? (letters instanceof GatewayError ? letters : undefined)
    if (trouble) log.warn({ err: trouble, hook: id, name }, 'a hook failed')
    const main = mainSessionKey(this.#input.sessions.context.rules(), agent)
    // Who was there needs no summary.
    const words = trouble
      ? failureWords(name, trouble.message)
      : sessionKey === main || saysNothing(text)
        ? undefined
        : summaryWords(name, text)
    const messages: readonly NewOutboxRow[] = Array.isArray(letters) ? letters : []
    // People who read the answer in their chat need no turn that tells them of it.
    const when = messages.length > 0 ? 'next-heartbeat' : wake
    const at = clock.now()
    const events = words === undefined ? [] : [{ sessionKey: main, text: words, wake: when, at }]
    await store.hooks.end(id, { status: trouble ? 'error' : 'ok', at }, { messages, events }, eventLimits)
    sent(messages)
    if (words !== undefined && when === 'now') this.#input.wake(main)
  }

  /** The answer as messages to the chat that the call names. */
  async #letters(
    { id, agent, runId }: HookCallRow,
    { place }: HookTurn,
    text: string,
  ): Promise<readonly NewOutboxRow[]> {
    if (!place || saysNothing(text)) return []
    const main = mainSessionKey(this.#input.sessions.context.rules(), agent)
    const letters = await lettersTo(this.#input, { key: id, text, runId, to: place, sessions: [main] })
    if (letters) return letters
    throw new GatewayError('channel_unavailable', {
      message: 'Nobody has written to the agent yet, and the hook names no chat.',
    })
  }
}
