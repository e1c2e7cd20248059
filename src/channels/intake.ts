import { createHash } from 'node:crypto'
import type { ContentPart } from '../../schemas/message.js'
import type { RunCaller } from '../agents/caller.js'
import type { RunFinal } from '../agents/types.js'
import type { Clock } from '../kernel/clock.js'
import { errorOfCode, toGatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { RunAnswer } from '../sessions/answers.js'
import { maxAttempts, takenUp, wasCutOff } from '../sessions/cut-off.js'
import type { Message, Sent } from '../sessions/turns.js'
import type { InboxRow, Store } from '../storage/types.js'
import { answerRows } from './deliver/answer.js'
import { farewellMs, laneKey, type Outbox } from './deliver/outbox.js'
import type { Shown } from './deliver/preview.js'
import type { Piece } from './deliver/shape.js'
import type { ChannelEvents } from './events.js'
import { type Account, type Inbound, placeKey } from './port.js'

/** What is done with a message, and on whose behalf. */
export type Admission =
  | {
      readonly kind: 'admit'
      readonly agent: string
      readonly sessionKey: string
      readonly caller: RunCaller
      /** News of the session go to this place from now on. */
      readonly route: boolean
      /** Said in the place before, when nobody spoke to the bot. */
      readonly before?: string
    }
  /** An answer of the gateway itself; no model sees the message. */
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'drop'; readonly reason: string; readonly why: string }

export interface IntakeOptions {
  readonly store: Pick<Store, 'channels' | 'runs' | 'transcripts'>
  readonly clock: Clock
  readonly log: Logger
  readonly stopping: StopSignal
  readonly outbox: Outbox
  /** Hears of messages that agents answer. */
  readonly bus?: Bus<ChannelEvents>
  /** `again`: the message was taken in an earlier start, which may have ended in the middle of this. */
  readonly gate: (account: Account, message: Inbound, again: boolean) => Promise<Admission>
  readonly say: (message: Message) => Promise<Sent>
  /** What a run has brought that ended in an earlier start. */
  readonly answer: (runId: string) => Promise<RunAnswer | undefined>
  /** The message as a model reads it. Never rejects: what cannot be had is said in words. */
  readonly content: (
    account: Account,
    message: Inbound,
    session: { readonly agent: string; readonly sessionKey: string },
    signal: AbortSignal,
  ) => Promise<ContentPart[]>
  readonly shape: (account: Account, message: Inbound, answer: string) => readonly Piece[]
  /** While a turn runs: the typing sign, and the answer as it grows. Gives the way to end it. Never rejects. */
  readonly working: (account: Account, message: Inbound, turn: Working) => () => Promise<Shown | undefined>
  /** Where the session was spoken to last. */
  readonly spokenTo: (sessionKey: string, account: Account, message: Inbound) => Promise<void>
}

/** A turn that answers a message of a chat. */
export interface Working {
  readonly runId: string
  /** What an earlier start has shown of its answer. */
  readonly shown: Shown | undefined
  /** All that was said here before has its answer, and it has gone out. */
  readonly clear: () => boolean
  /** Aborts when the gateway ends and does not wait any longer. */
  readonly cut: AbortSignal
  /** Resolves when it is on disk that the chat shows this of the answer. */
  readonly remember: (shown: Shown) => Promise<void>
}

/** How a message is answered. `failed`: with the reason why it is not. */
interface Said {
  readonly text: string
  readonly failed?: boolean
}

const downWords = 'The gateway went down while it answered this message.'

interface Stored {
  readonly account: Account
  readonly message: Inbound
  /** Taken in an earlier start. */
  readonly again: boolean
}

/**
 * Messages of people, from the moment they are on disk until their answers are. One per id, in order within a place;
 * after a crash each is taken up where it stood: one whose turn had ended gets that answer, and no other turn.
 */
export class Intake {
  readonly #options: IntakeOptions
  readonly #order = new KeyedMutex()
  readonly #working = new Set<Promise<void>>()
  /**
   * Messages that are being handled and their lanes, the oldest first: an account that comes back must not take them up
   * again.
   */
  readonly #handled = new Map<string, string>()
  /** Accounts whose old messages are being taken up. */
  readonly #recovering = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Resolves when the message is on disk. One that was taken before is left alone. */
  async receive(account: Account, message: Inbound): Promise<void> {
    const { store, clock } = this.#options
    const row = {
      ...{ channel: account.channel, account: account.id, messageId: message.id, place: placeKey(message.place) },
      ...{ at: clock.now(), body: JSON.stringify(message), runId: runIdOf(account, message) },
    }
    if (!(await store.channels.take(row))) return
    const handle = () => this.#handle({ ...row, attempts: 0 }, { account, message, again: false })
    // What an earlier start has left was said before this.
    const earlier = this.#recovering.get(accountName(account))
    if (earlier) void earlier.then(handle)
    else handle()
  }

  /** Takes up the messages of an account that an earlier start has left. Call it once, when the account is there. */
  recover(account: Account): Promise<void> {
    const name = accountName(account)
    const work = this.#recover(account)
    const ended = work.catch(() => {}).then(() => void this.#recovering.delete(name))
    this.#recovering.set(name, ended)
    return work
  }

  async #recover(account: Account): Promise<void> {
    for (const row of await this.#options.store.channels.open()) {
      if (row.channel !== account.channel || row.account !== account.id) continue
      this.#handle(row, { account, message: JSON.parse(row.body), again: true })
    }
  }

  /** What is shown of answers is through, or cut off after three seconds. */
  async close(): Promise<void> {
    this.#stop.abort()
    const cancel = this.#options.clock.after(farewellMs, () => this.#cut.abort())
    await Promise.allSettled(this.#working)
    cancel()
  }

  #handle(row: InboxRow, stored: Stored): void {
    const name = messageName(row)
    if (this.#handled.has(name)) return
    const lane = laneKey(row)
    this.#handled.set(name, lane)
    const work = this.#order
      .run(lane, () => this.#take(row, stored))
      // The turn itself holds up nobody: what comes meanwhile is for the queue of the session.
      .then((answered) => answered?.())
      .catch((err: unknown) => {
        const { channel, account, messageId } = row
        this.#options.log.error({ err, channel, account, messageId }, 'a message could not be answered')
      })
    this.#working.add(work)
    work.finally(() => {
      this.#working.delete(work)
      this.#handled.delete(name)
    })
  }

  /** No message of the same place was said before and waits for its answer. */
  #isNext(row: InboxRow): boolean {
    const lane = laneKey(row)
    for (const [name, other] of this.#handled) if (other === lane) return name === messageName(row)
    return true
  }

  /** Gives what waits for the end of the turn. */
  async #take(row: InboxRow, { account, message, again }: Stored): Promise<(() => Promise<void>) | undefined> {
    const { store, stopping, log, gate } = this.#options
    if (stopping.aborted) return undefined
    const known = await store.runs.get(row.runId)
    const interrupted = wasCutOff(known)
    if (known && !interrupted) {
      const answer = await this.#options.answer(row.runId)
      if (answer)
        return () => this.#end(row, account, message, known.joined ? { text: '' } : saidAgain(answer, message))
    }
    const verdict = await gate(account, message, again)
    const about = { channel: row.channel, account: row.account, place: row.place, sender: message.sender.id }
    if (verdict.kind === 'drop') {
      log.info({ ...about, why: verdict.why }, verdict.reason)
      await this.#close(row, message, 'dropped')
      return undefined
    }
    if (verdict.kind === 'reply') {
      log.info(about, 'pairing request')
      await this.#end(row, account, message, { text: verdict.text })
      return undefined
    }
    // Those of an earlier start were told of then.
    if (!again) this.#announce(account, message, verdict)
    return this.#turn(row, { account, message, interrupted }, verdict)
  }

  #announce({ channel, id }: Account, message: Inbound, { agent, sessionKey }: Admission & { readonly kind: 'admit' }) {
    const { id: messageId, place, sender, text } = message
    this.#options.bus?.emit('message.received', {
      ...{ channel, account: id, place, messageId, sender, text, agent, sessionKey },
    })
  }

  async #turn(
    row: InboxRow,
    { account, message, interrupted }: Omit<Stored, 'again'> & { readonly interrupted: boolean },
    { agent, sessionKey, caller, before, route }: Admission & { readonly kind: 'admit' },
  ): Promise<(() => Promise<void>) | undefined> {
    const { store, clock, outbox, say, content, working, spokenTo } = this.#options
    let { runId } = row
    let parts = await content(account, message, { agent, sessionKey }, this.#stop.signal)
    if (interrupted) {
      if (row.attempts + 1 >= maxAttempts) {
        await this.#close(row, message, 'dead', downWords)
        return undefined
      }
      parts = [...(await takenUp(store.transcripts, { sessionKey, id: runId }, parts, downWords))]
      runId = `${runIdOf(account, message)}.${row.attempts + 1}`
      await store.channels.retry(row, runId)
    } else if (before !== undefined) parts = [{ type: 'text', text: before }, ...parts]
    if (route) await spokenTo(sessionKey, account, message)
    const idle = working(account, message, {
      ...{ runId, shown: shownBefore(row), clear: () => this.#isNext(row) && outbox.clear(row) },
      cut: this.#cut.signal,
      remember: (shown) => store.channels.preview(row, JSON.stringify(shown)),
    })
    try {
      const { channel } = account
      const sent = await say({ sessionKey, agentId: agent, runId, content: parts, origin: 'channel', caller, channel })
      if (sent.status === 'known') {
        const shown = await idle()
        const answer = await this.#options.answer(runId)
        return () => this.#end(row, account, message, answer ? saidAgain(answer, message) : { text: '' }, shown)
      }
      return async () => {
        const final = await sent.done.catch(async (thrown: unknown) => {
          await idle()
          throw thrown
        })
        const shown = await idle()
        // The end of the gateway is no answer: the next start takes it up.
        if (this.#options.stopping.aborted && final.type === 'aborted') return
        const joined = (await store.runs.get(runId))?.joined !== undefined
        await this.#end(row, account, message, joined ? { text: '' } : saidBy(final, message), shown)
      }
    } catch (thrown) {
      const shown = await idle()
      if (this.#options.stopping.aborted) return undefined
      const error = toGatewayError(thrown)
      this.#options.log.warn({ err: error, runId, at: clock.now() }, 'a message was not taken')
      return () => this.#end(row, account, message, { text: error.message, failed: true }, shown)
    }
  }

  /** What the chat shows of the answer becomes the answer, or goes. */
  async #end(row: InboxRow, account: Account, message: Inbound, said: Said, shown = shownBefore(row)): Promise<void> {
    const { store, clock, outbox, shape } = this.#options
    const pieces = shape(account, message, said.text)
    const rows = answerRows(row, message.place, pieces, { shown, anew: said.failed === true })
    await store.channels.end(row, { status: 'done', at: clock.now() }, rows)
    await outbox.sent(rows)
  }

  async #close(row: InboxRow, { place }: Inbound, status: 'dropped' | 'dead', error?: string): Promise<void> {
    const { store, clock, outbox } = this.#options
    const rows = answerRows(row, place, [], { shown: shownBefore(row) })
    await store.channels.end(row, { status, at: clock.now(), ...(error !== undefined && { error }) }, rows)
    await outbox.sent(rows)
  }
}

/** What an earlier start has shown of the answer. */
function shownBefore({ preview }: InboxRow): Shown | undefined {
  return preview === undefined ? undefined : JSON.parse(preview)
}

/** The same for the same message, whenever it comes: its turn runs once. */
export function runIdOf({ channel, id }: Account, message: Inbound): string {
  const name = createHash('sha256').update(`${channel}\0${id}\0${message.id}`).digest('base64url')
  return `chat_${channel}_${name.slice(0, 22)}`
}

const messageName = ({ channel, account, messageId }: InboxRow) => JSON.stringify([channel, account, messageId])
const accountName = ({ channel, id }: Account) => `${channel} ${id}`

/** The same as `saidBy`, of a turn that an earlier start has ended. */
function saidAgain({ outcome, text }: RunAnswer, message: Inbound): Said {
  if (outcome.status === 'ok') return spoken(text, message)
  if (outcome.stopReason !== undefined) return { text: '' }
  return { text: `⚠️ ${errorOfCode(outcome.error).message}`, failed: true }
}

function saidBy(final: RunFinal, message: Inbound): Said {
  if (final.type === 'end') return spoken(final.result.text, message)
  if (final.type === 'aborted') return { text: '' }
  return { text: `⚠️ ${final.error.message}`, failed: true }
}

/** Somebody who writes to the bot alone waits for an answer. */
function spoken(answer: string, { place }: Inbound): Said {
  const text = answer.trim()
  return { text: text === '' && place.kind === 'direct' ? 'There is no answer to that.' : text }
}
