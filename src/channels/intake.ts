import { createHash } from 'node:crypto'
import { toGatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import { maxAttempts, takenUp, wasCutOff } from '../sessions/cut-off.js'
import type { InboxRow } from '../storage/types.js'
import { type Batch, batchesOf, batchOf } from './batch.js'
import { Burst } from './burst.js'
import { farewellMs, laneKey } from './deliver/outbox.js'
import { earlierAnswer, earlierRun } from './earlier.js'
import type { Admission, IntakeOptions } from './intake-types.js'
import { type Account, type Inbound, ownWords, placeKey } from './port.js'
import { Replies } from './replies.js'
import { type Said, saidAgain, saidBy } from './said.js'
import { type Trace, traceOf, traceText } from './trace.js'

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
  readonly #replies: Replies
  readonly #working = new Set<Promise<void>>()
  /**
   * Messages that are being handled and their lanes, the oldest first: an account that comes back must not take them up
   * again.
   */
  readonly #handled = new Map<string, { readonly lane: string; readonly done: Promise<void> }>()
  /** Accounts whose old messages are being taken up. */
  readonly #recovering = new Map<string, Promise<void>>()
  /** By lane; at most one in each. */
  readonly #bursts = new Map<string, Burst<Part>>()
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#replies = new Replies(options, this.#cut.signal)
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
    let resolve = () => {}
    const done = new Promise<void>((through) => {
      resolve = through
    })
    for (const name of names) this.#handled.set(name, { lane, done })
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
      resolve()
    })
  }

  /** Messages of the same place that were said before and wait for their answers. */
  #before({ rows, head }: Batch): Promise<void>[] {
    const lane = laneKey(head)
    const own = new Set(rows.map(messageName))
    const found: Promise<void>[] = []
    for (const [name, other] of this.#handled) {
      if (own.has(name)) break
      if (other.lane === lane) found.push(other.done)
    }
    return found
  }

  /** Gives what waits for the end of the turn. */
  async #take(stored: Stored): Promise<(() => Promise<void>) | undefined> {
    const { account, message, head, again } = stored
    const { store, stopping, log, gate } = this.#options
    if (stopping.aborted) return undefined
    const known = await earlierRun(store.runs, head.runId)
    const interrupted = wasCutOff(known) ? known?.id : undefined
    if (known && interrupted === undefined) {
      const answer = await earlierAnswer(store.runs, this.#options.answer, head.runId)
      if (answer)
        return async () => {
          const facts = { runId: head.runId, told: traceOf(head).told }
          await this.#replies.end(stored, known.joined ? { text: '' } : saidAgain(answer, message, facts))
        }
    }
    const verdict = await gate(account, message, again)
    const about = { channel: account.channel, account: account.id, place: head.place, sender: message.sender.id }
    if (verdict.kind === 'drop') {
      log.info({ ...about, why: verdict.why }, verdict.reason)
      await this.#replies.close(stored, 'dropped')
      return undefined
    }
    if (verdict.kind === 'reply') {
      log.info(about, 'pairing request')
      await this.#replies.end(stored, { text: verdict.text })
      return undefined
    }
    // Those of an earlier start were told of then.
    if (!again) this.#announce(account, message, verdict)
    const fresh = known === undefined && stored.rows.length === 1
    const waits = fresh ? this.#options.quiet(account, message) : 0
    return waits > 0
      ? this.#wait({ account, row: head, message, admitted: verdict }, waits)
      : this.#now(stored, interrupted, verdict)
  }

  /** What waits was said before this. */
  async #now(stored: Stored, interrupted: string | undefined, admitted: Admitted) {
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
    const before = burst.parts.flatMap(({ admitted }) => admitted.before ?? []).join('\n')
    const mentioned = burst.parts.some(({ admitted }) => admitted.mentioned)
    const admitted = { ...newest.admitted, mentioned, ...(before !== '' && { before }) }
    const stored = { ...batch, account: newest.account, again: false }
    const begun = this.#join(stored).then(() => this.#turn(stored, undefined, admitted))
    burst.end(begun.then((answered) => answered?.()))
    await begun.catch(() => {})
  }

  /** On disk before the turn begins: after a crash none of them is answered alone. */
  async #join({ rows, head }: Batch): Promise<void> {
    if (rows.length > 1) await this.#options.store.channels.join(rows, head.runId)
  }

  #announce({ channel, id }: Account, message: Inbound, { agent, sessionKey }: Admission & { readonly kind: 'admit' }) {
    const { id: messageId, place, sender, text } = message
    this.#options.bus?.emit('message.received', {
      ...{ channel, account: id, place, messageId, sender, text, agent, sessionKey },
    })
  }

  /** `interrupted`: the run that an earlier start has left in the middle. */
  async #turn(
    stored: Stored,
    interrupted: string | undefined,
    { agent, sessionKey, caller, before: earlier, route, mentioned }: Admitted,
  ): Promise<(() => Promise<void>) | undefined> {
    const { account, message, head, rows } = stored
    const { store, clock, outbox, say, content, working, spokenTo } = this.#options
    let { runId } = head
    let parts = await content(account, message, { agent, sessionKey }, this.#stop.signal)
    // What stands behind a command goes on without it; before it has begun, all of it is said again.
    let said = ownWords(message)
    if (interrupted !== undefined) {
      if (head.attempts + 1 >= maxAttempts) {
        await this.#replies.close(stored, 'dead', downWords)
        return undefined
      }
      const taken = await takenUp(store.transcripts, { sessionKey, id: interrupted }, parts, downWords)
      if (taken !== parts && interrupted !== runId) said = ''
      parts = [...taken]
      runId = `${runIdOf(account, message)}.${head.attempts + 1}`
      await store.channels.retry(rows, runId)
    } else if (earlier !== undefined) parts = [{ type: 'text', text: earlier }, ...parts]
    if (route) await spokenTo(sessionKey, account, message)
    const before = traceOf(head)
    const signs = working(account, message, {
      ...{ runId, agent, sessionKey, mentioned, shown: before.shown },
      clear: () => this.#before(stored).length === 0 && outbox.clear(head),
      cut: this.#cut.signal,
      remember: (shown) => store.channels.preview(head, traceText({ shown })),
      next: () => this.#next(stored),
      say: (text, told, continues) =>
        this.#replies.part(stored, { text, runId, continues }, { shown: before.shown, told }),
    })
    const end = async (said: Said, trace: Trace) =>
      signs.answered(await this.#replies.end(stored, said, { ...before, ...trace }, runId))
    try {
      const { channel } = account
      const to = { sessionKey, agentId: agent, runId, origin: 'channel', caller, channel } as const
      const sent = await say({ ...to, content: parts, said })
      if (sent.status === 'known') {
        const trace = await signs.end(false)
        const answer = await earlierAnswer(store.runs, this.#options.answer, runId)
        return () => end(answer ? saidAgain(answer, message, { runId, told: before.told }) : { text: '' }, trace)
      }
      if (sent.aside) await this.#replies.aside(stored, sent.aside, runIdOf(account, message))
      return async () => {
        const final = await sent.done.catch(async (thrown: unknown) => {
          await signs.end(false)
          throw thrown
        })
        const trace = await signs.end(final.type === 'end')
        // The end of the gateway is no answer: the next start takes it up.
        if (this.#options.stopping.aborted && final.type === 'aborted') return
        const joined = (await store.runs.get(runId))?.joined !== undefined
        await end(joined ? { text: '' } : saidBy(final, message, { runId, told: trace.told }), trace)
      }
    } catch (thrown) {
      const trace = await signs.end(false)
      if (this.#options.stopping.aborted) return undefined
      const error = toGatewayError(thrown)
      this.#options.log.warn({ err: error, runId, at: clock.now() }, 'a message was not taken')
      return () => end({ text: error.message, failed: true }, trace)
    }
  }

  /** Resolves when all that was said here before is through, or the end does not wait for it. */
  async #next(batch: Batch): Promise<void> {
    const { signal } = this.#cut
    const before = this.#before(batch)
    if (before.length === 0 || signal.aborted) return
    let giveUp = () => {}
    const cut = new Promise<void>((resolve) => {
      giveUp = resolve
    })
    signal.addEventListener('abort', giveUp)
    await Promise.race([Promise.all(before), cut])
    signal.removeEventListener('abort', giveUp)
  }
}

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
