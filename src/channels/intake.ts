import { createHash } from 'node:crypto'
import type { ContentPart } from '../../schemas/message.js'
import type { RunCaller } from '../agents/caller.js'
import type { Clock } from '../kernel/clock.js'
import { toGatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { Message, Sent } from '../sessions/turns.js'
import type { InboxRow, Store } from '../storage/types.js'
import { type Batch, batchesOf, batchOf } from './batch.js'
import { Burst } from './burst.js'
import { answerRows } from './deliver/answer.js'
import { farewellMs, laneKey, type Outbox } from './deliver/outbox.js'
import type { Shown } from './deliver/preview.js'
import type { Piece } from './deliver/shape.js'
import { type Account, type Inbound, placeKey } from './port.js'
import { type Said, saidAgain, saidBy } from './said.js'

/** What is done with a message, and on whose behalf. */
export type Admission =
  | {
      readonly kind: 'admit'
      readonly agent: string
      readonly sessionKey: string
      readonly caller: RunCaller
      /** Somebody spoke to the bot: always so in direct messages. */
      readonly mentioned: boolean
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
  /** `again`: the message was taken in an earlier start, which may have ended in the middle of this. */
  readonly gate: (account: Account, message: Inbound, again: boolean) => Promise<Admission>
  /** Milliseconds that a message waits for more of the same person. */
  readonly quiet: (account: Account, message: Inbound) => number
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
  /** An answer as it is sent. `runId`: the run that gave it. Rejects when the signal aborts. */
  readonly shape: (
    account: Account,
    message: Inbound,
    answer: string,
    runId: string,
    signal: AbortSignal,
  ) => Promise<readonly Piece[]>
  /** What the chat sees while a turn runs: that it was heard, the typing sign, the answer as it grows. */
  readonly working: (account: Account, message: Inbound, turn: Working) => Signs
  /** Where the session was spoken to last. */
  readonly spokenTo: (sessionKey: string, account: Account, message: Inbound) => Promise<void>
}

/** Signs of a turn in its chat, until they are ended. */
export interface Signs {
  /** The turn is over. Gives what stands in the chat of its answer. Never rejects. */
  end(): Promise<Shown | undefined>
  /** The answer is written down; `lastKey`: its last message, if it has any. */
  answered(lastKey: string | undefined): void
}

/** A turn that answers a message of a chat. */
export interface Working {
  readonly runId: string
  readonly agent: string
  readonly sessionKey: string
  readonly mentioned: boolean
  /** What an earlier start has shown of its answer. */
  readonly shown: Shown | undefined
  /** All that was said here before has its answer, and it has gone out. */
  readonly clear: () => boolean
  /** Aborts when the gateway ends and does not wait any longer. */
  readonly cut: AbortSignal
  /** Resolves when it is on disk that the chat shows this of the answer. */
  readonly remember: (shown: Shown) => Promise<void>
}

/** A message that cannot be answered is put aside after so many starts. */
const maxAttempts = 3
const downWords = 'The gateway went down while it answered this message.'

type Admitted = Admission & { readonly kind: 'admit' }

interface Stored extends Batch {
  readonly account: Account
  /** Taken in an earlier start. */
  readonly again: boolean
}

/** A message that waits for more. */
interface Part {
  readonly account: Account
  readonly row: InboxRow
  readonly message: Inbound
  readonly admitted: Admitted
}

/**
 * Messages of people, from the moment they are on disk until their answers are. One per id, in order within a place;
 * after a crash each is taken up where it stood: one whose turn had ended gets that answer, and no other turn.
 */
export class Intake {
  readonly #options: IntakeOptions
  readonly #order = new KeyedMutex()
  readonly #ending = new KeyedMutex()
  readonly #working = new Set<Promise<void>>()
  /**
   * Messages that are being handled and their lanes, the oldest first: an account that comes back must not take them up
   * again.
   */
  readonly #handled = new Map<string, string>()
  /** Accounts whose old messages are being taken up. */
  readonly #recovering = new Map<string, Promise<void>>()
  /** By lane; at most one in each. */
  readonly #bursts = new Map<string, Burst<Part>>()
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
    const head = { ...row, attempts: 0 }
    const handle = () => this.#handle({ account, message, head, rows: [head], again: false })
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
    const open = await this.#options.store.channels.open()
    const own = open.filter((row) => row.channel === account.channel && row.account === account.id)
    for (const batch of batchesOf(own)) this.#handle({ ...batch, account, again: true })
  }

  /** What is shown of answers is through, or cut off after three seconds. */
  async close(): Promise<void> {
    this.#stop.abort()
    // They are on disk: the next start answers them.
    for (const burst of this.#bursts.values()) burst.end()
    this.#bursts.clear()
    const cancel = this.#options.clock.after(farewellMs, () => this.#cut.abort())
    await Promise.allSettled(this.#working)
    cancel()
  }

  #handle(stored: Stored): void {
    const { rows, head } = stored
    const names = rows.map(messageName)
    if (names.some((name) => this.#handled.has(name))) return
    const lane = laneKey(head)
    for (const name of names) this.#handled.set(name, lane)
    const work = this.#order
      .run(lane, () => this.#take(stored))
      // The turn itself holds up nobody: what comes meanwhile is for the queue of the session.
      .then((answered) => answered?.())
      .catch((err: unknown) => {
        const { channel, account, messageId } = head
        this.#options.log.error({ err, channel, account, messageId }, 'a message could not be answered')
      })
    this.#working.add(work)
    work.finally(() => {
      this.#working.delete(work)
      for (const name of names) this.#handled.delete(name)
    })
  }

  /** No message of the same place was said before and waits for its answer. */
  #isNext({ rows, head }: Batch): boolean {
    const lane = laneKey(head)
    for (const [name, other] of this.#handled) if (other === lane) return rows.some((row) => messageName(row) === name)
    return true
  }

  /** Gives what waits for the end of the turn. */
  async #take(stored: Stored): Promise<(() => Promise<void>) | undefined> {
    const { account, message, head, again } = stored
    const { store, stopping, log, gate } = this.#options
    if (stopping.aborted) return undefined
    const known = await store.runs.get(head.runId)
    // The gateway ended in the middle of its turn: by a crash, or in order.
    const interrupted = known?.status === 'interrupted' || known?.error === 'draining'
    if (known && !interrupted) {
      const answer = await this.#options.answer(head.runId)
      if (answer)
        return async () => void (await this.#end(stored, known.joined ? { text: '' } : saidAgain(answer, message)))
    }
    const verdict = await gate(account, message, again)
    const about = { channel: account.channel, account: account.id, place: head.place, sender: message.sender.id }
    if (verdict.kind === 'drop') {
      log.info({ ...about, why: verdict.why }, verdict.reason)
      await this.#close(stored, 'dropped')
      return undefined
    }
    if (verdict.kind === 'reply') {
      log.info(about, 'pairing request')
      await this.#end(stored, { text: verdict.text })
      return undefined
    }
    const fresh = known === undefined && stored.rows.length === 1
    const waits = fresh ? this.#options.quiet(account, message) : 0
    return waits > 0
      ? this.#wait({ account, row: head, message, admitted: verdict }, waits)
      : this.#now(stored, interrupted, verdict)
  }

  /** What waits was said before this. */
  async #now(stored: Stored, interrupted: boolean, admitted: Admitted) {
    await this.#flush(this.#bursts.get(laneKey(stored.head)))
    return this.#turn(stored, interrupted, admitted)
  }

  /** More of the same person may follow and be answered with it. */
  async #wait(part: Part, ms: number): Promise<(() => Promise<void>) | undefined> {
    const lane = laneKey(part.row)
    let burst = this.#bursts.get(lane)
    if (burst && !burst.parts.every((other) => belongs(part, other))) {
      await this.#flush(burst)
      burst = undefined
    }
    if (this.#stop.signal.aborted) return undefined
    burst ??= new Burst<Part>(this.#options.clock, (due) => void this.#order.run(lane, () => this.#flush(due)))
    this.#bursts.set(lane, burst)
    burst.add(part, ms)
    if (burst.full) await this.#flush(burst)
    const { done } = burst
    return () => done
  }

  /** Begins the turn of a burst, unless that was done. Within its lane. Never rejects. */
  async #flush(burst: Burst<Part> | undefined): Promise<void> {
    const batch = burst && batchOf(burst.parts)
    const newest = burst?.parts.at(-1)
    if (!burst || !batch || !newest || this.#bursts.get(laneKey(batch.head)) !== burst) return
    this.#bursts.delete(laneKey(batch.head))
    const before = burst.parts.map(({ admitted }) => admitted.before).find((said) => said !== undefined)
    const admitted = { ...newest.admitted, ...(before !== undefined && { before }) }
    const stored = { ...batch, account: newest.account, again: false }
    const begun = this.#join(stored).then(() => this.#turn(stored, false, admitted))
    burst.end(begun.then((answered) => answered?.()))
    await begun.catch(() => {})
  }

  /** On disk before the turn begins: after a crash none of them is answered alone. */
  async #join({ rows, head }: Batch): Promise<void> {
    if (rows.length > 1) await this.#options.store.channels.join(rows, head.runId)
  }

  async #turn(
    stored: Stored,
    interrupted: boolean,
    { agent, sessionKey, caller, before, route, mentioned }: Admitted,
  ): Promise<(() => Promise<void>) | undefined> {
    const { account, message, head, rows } = stored
    const { store, clock, outbox, say, content, working, spokenTo } = this.#options
    let { runId } = head
    let parts = await content(account, message, { agent, sessionKey }, this.#stop.signal)
    if (interrupted) {
      if (head.attempts + 1 >= maxAttempts) {
        await this.#close(stored, 'dead', downWords)
        return undefined
      }
      const entries = await store.transcripts.tail(sessionKey, 200)
      // What was done is not done again by us: the model sees it, and decides.
      if (entries.some((entry) => entry.runId === runId)) parts = [{ type: 'text', text: goOn }]
      runId = `${runIdOf(account, message)}.${head.attempts + 1}`
      await store.channels.retry(rows, runId)
    } else if (before !== undefined) parts = [{ type: 'text', text: before }, ...parts]
    if (route) await spokenTo(sessionKey, account, message)
    const signs = working(account, message, {
      ...{
        runId,
        agent,
        sessionKey,
        mentioned,
        shown: shownBefore(head),
        clear: () => this.#isNext(stored) && outbox.clear(head),
      },
      cut: this.#cut.signal,
      remember: (shown) => store.channels.preview(head, JSON.stringify(shown)),
    })
    const end = async (said: Said, shown: Shown | undefined) =>
      signs.answered(await this.#end(stored, said, shown, runId))
    try {
      const { channel } = account
      const sent = await say({ sessionKey, agentId: agent, runId, content: parts, origin: 'channel', caller, channel })
      if (sent.status === 'known') {
        const shown = await signs.end()
        const answer = await this.#options.answer(runId)
        return () => end(answer ? saidAgain(answer, message) : { text: '' }, shown)
      }
      return async () => {
        const final = await sent.done.catch(async (thrown: unknown) => {
          await signs.end()
          throw thrown
        })
        const shown = await signs.end()
        // The end of the gateway is no answer: the next start takes it up.
        if (this.#options.stopping.aborted && final.type === 'aborted') return
        const joined = (await store.runs.get(runId))?.joined !== undefined
        await end(joined ? { text: '' } : saidBy(final, message), shown)
      }
    } catch (thrown) {
      const shown = await signs.end()
      if (this.#options.stopping.aborted) return undefined
      const error = toGatewayError(thrown)
      this.#options.log.warn({ err: error, runId, at: clock.now() }, 'a message was not taken')
      return () => end({ text: error.message, failed: true }, shown)
    }
  }

  /** What the chat shows of the answer becomes the answer, or goes. Gives the key of its last message. */
  #end({ account, message, head, rows }: Stored, said: Said, shown = shownBefore(head), runId = head.runId) {
    const { store, clock, outbox, shape } = this.#options
    // Files are read for some answers: others of the place must not pass them.
    return this.#ending.run(laneKey(head), async () => {
      const pieces = await shape(account, message, said.text, runId, this.#cut.signal)
      const answers = answerRows(head, message.place, pieces, { shown, anew: said.failed === true })
      await store.channels.end(rows, { status: 'done', at: clock.now() }, answers)
      await outbox.sent(answers)
      return answers.at(-1)?.key
    })
  }

  async #close({ message: { place }, head, rows }: Batch, status: 'dropped' | 'dead', error?: string): Promise<void> {
    const { store, clock, outbox } = this.#options
    const answers = answerRows(head, place, [], { shown: shownBefore(head) })
    await store.channels.end(rows, { status, at: clock.now(), ...(error !== undefined && { error }) }, answers)
    await outbox.sent(answers)
  }
}

/** What an earlier start has shown of the answer. */
function shownBefore({ preview }: InboxRow): Shown | undefined {
  return preview === undefined ? undefined : JSON.parse(preview)
}

const goOn = `[This is a message of the gateway, not of your user. ${downWords} What you had done stands above; nothing was done again. Go on from there, and answer.]`

/** The same for the same message, whenever it comes: its turn runs once. */
export function runIdOf({ channel, id }: Account, message: Inbound): string {
  const name = createHash('sha256').update(`${channel}\0${id}\0${message.id}`).digest('base64url')
  return `chat_${channel}_${name.slice(0, 22)}`
}

const messageName = ({ channel, account, messageId }: InboxRow) => JSON.stringify([channel, account, messageId])
const accountName = ({ channel, id }: Account) => `${channel} ${id}`

/** Said by one person to one session. */
const belongs = (one: Part, other: Part) =>
  one.message.sender.id === other.message.sender.id &&
  one.admitted.agent === other.admitted.agent &&
  one.admitted.sessionKey === other.admitted.sessionKey
