import { type Clock, sleep } from '../../kernel/clock.js'
import type { Bus } from '../../kernel/events.js'
import type { Logger } from '../../kernel/logger.js'
import { within } from '../../kernel/within.js'
import type { ChannelStore, NewOutboxRow, OutboxRow } from '../../storage/types.js'
import type { ChannelEvents } from '../events.js'
import { type Capabilities, ChannelFailure, type Connection, type Outbound, type Place, placeKey } from '../port.js'
import { replaced } from './replace.js'

/** Tries of a message that the platform did not take for a reason that may pass. */
const maxTries = 8
const firstWaitMs = 400
const longestWaitMs = 30_000
/** An answer that could not be sent for so long is of no use any more, and would surprise (PAINS.md 54). */
const maxAgeMs = 6 * 3_600_000
const sendLimitMs = 60_000
/** What a message that is on its way gets when its account goes: cut off, nobody would know whether it arrived. */
export const farewellMs = 3_000
/** Between looks at a store that fails. */
const brokenMs = 5_000

export interface OutboxOptions {
  readonly store: ChannelStore
  readonly clock: Clock
  readonly log: Logger
  /** Hears of messages that platforms have taken. */
  readonly bus?: Bus<ChannelEvents>
}

interface Letter {
  readonly place: Place
  /** Absent: only what is replaced goes away. */
  readonly message?: Omit<Outbound, 'key'> | undefined
  /** A message of ours that shows a part of it: this one takes its place. */
  readonly replaces?: string | undefined
}

export interface Line {
  readonly connection: Pick<Connection, 'send' | 'edit' | 'remove'>
  readonly capabilities: Pick<Capabilities, 'idempotentMs'>
}

/** What goes out to one place over one line. */
interface Work {
  readonly line: Line
  readonly wake: AbortController
  readonly cut: AbortController
  readonly done: Promise<void>
}

/**
 * A message to a place as a row; `key` is the same whenever the same answer is written. It is put into the message
 * `replaces` where that can be changed; without a message of its own it takes that one away.
 */
export function outboxRow(
  { channel, account }: { readonly channel: string; readonly account: string },
  key: string,
  place: Place,
  message?: Omit<Outbound, 'key'>,
  replaces?: string,
): NewOutboxRow {
  const letter: Letter = { place, message, replaces }
  return { channel, account, key, place: placeKey(place), body: JSON.stringify(letter) }
}

/**
 * Messages on their way to people: in order within a place, each on disk before it is sent, and marked before and after.
 * One that was being sent when the gateway ended is sent again only where the platform would show it once; elsewhere it
 * is put aside, for it may have arrived.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #lines = new Map<string, Line>()
  readonly #lanes = new Map<string, OutboxRow[]>()
  readonly #working = new Map<string, Work>()
  readonly #known = new Set<string>()
  /** Who waits to hear how a message ended. */
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #stop = new AbortController()
  readonly #timers = new Set<() => void>()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Takes up what an earlier start has left. */
  async open(): Promise<void> {
    // What kept a message back was of the start before: it is tried at once.
    for (const row of await this.#options.store.unsent()) this.#add({ ...row, nextAt: 0 })
  }

  /** Messages that are on disk. */
  async sent(rows: readonly NewOutboxRow[]): Promise<void> {
    if (rows.length === 0) return
    for (const { key } of rows) {
      const row = await this.#options.store.outbox(key)
      if (row && (row.status === 'pending' || row.status === 'sending')) this.#add(row)
    }
  }

  /** Writes messages down and sends them. */
  async put(rows: readonly NewOutboxRow[]): Promise<void> {
    await this.#options.store.put(rows, this.#options.clock.now())
    await this.sent(rows)
  }

  /** How a message ended, or how it stands when the signal aborts. */
  async ended(key: string, signal: AbortSignal): Promise<OutboxRow | undefined> {
    for (;;) {
      let wake = () => {}
      const news = new Promise<void>((resolve) => {
        wake = resolve
      })
      const waiting = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, waiting.add(wake))
      signal.addEventListener('abort', wake, { once: true })
      try {
        const row = await this.#options.store.outbox(key)
        if (!row || row.status === 'sent' || row.status === 'dead' || signal.aborted) return row
        await news
      } finally {
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        if (waiting.size === 0) this.#waiting.delete(key)
      }
    }
  }

  /**
   * The account is there: what waits for it goes out. Gives the way to take it away, which begins no message more and
   * resolves when those on their way are through, at the latest after three seconds.
   */
  attach(channel: string, account: string, line: Line): () => Promise<void> {
    const key = accountKey({ channel, account })
    this.#lines.set(key, line)
    for (const [lane, rows] of this.#lanes) if (rows[0] && accountKey(rows[0]) === key) this.#work(lane)
    return async () => {
      if (this.#lines.get(key) === line) this.#lines.delete(key)
      await this.#leave([...this.#working.values()].filter((work) => work.line === line))
    }
  }

  /** Nothing is on its way to this place. */
  clear(place: Pick<OutboxRow, 'channel' | 'account' | 'place'>): boolean {
    return !this.#lanes.has(laneKey(place))
  }

  /** Resolves when everything that can be sent now has been. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.race([...this.#working.values()].map(({ done }) => done))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    for (const cancel of this.#timers) cancel()
    await this.#leave([...this.#working.values()])
  }

  /** Begins nothing more in these lanes, and cuts off what takes too long. */
  async #leave(all: readonly Work[]): Promise<void> {
    for (const { wake } of all) wake.abort()
    const done = Promise.all(all.map((work) => work.done))
    await within(this.#options.clock, farewellMs, done, () => {})
    for (const { cut } of all) cut.abort()
    await done
  }

  #add(row: OutboxRow): void {
    if (this.#known.has(row.key)) return
    this.#known.add(row.key)
    const lane = laneKey(row)
    const rows = this.#lanes.get(lane)
    if (rows) rows.push(row)
    else this.#lanes.set(lane, [row])
    this.#work(lane)
  }

  #work(lane: string): void {
    const [first] = this.#lanes.get(lane) ?? []
    const line = first && this.#lines.get(accountKey(first))
    if (this.#working.has(lane) || this.#stop.signal.aborted || !line) return
    const wake = new AbortController()
    const cut = new AbortController()
    let broken = false
    const done = this.#drain(lane, line, wake.signal, cut.signal)
      .catch((err: unknown) => {
        broken = true
        this.#options.log.error({ err }, 'messages to a chat could not be followed')
      })
      .finally(() => {
        this.#working.delete(lane)
        // What came, or came back, in the moment between its last look and its end. A store that fails gets time.
        if (broken) this.#later(lane)
        else this.#work(lane)
      })
    this.#working.set(lane, { line, wake, cut, done })
  }

  #later(lane: string): void {
    if (this.#stop.signal.aborted) return
    const cancel = this.#options.clock.after(brokenMs, () => {
      this.#timers.delete(cancel)
      this.#work(lane)
    })
    this.#timers.add(cancel)
  }

  /** `wake` ends it before the next message, `cut` in the middle of one. */
  async #drain(lane: string, line: Line, wake: AbortSignal, cut: AbortSignal): Promise<void> {
    for (;;) {
      const [row] = this.#lanes.get(lane) ?? []
      if (!row || wake.aborted) return
      const waitMs = row.nextAt - this.#options.clock.now()
      if (waitMs > 0) await sleep(this.#options.clock, waitMs, wake).catch(() => {})
      if (wake.aborted) return
      const next = await this.#try(row, line, cut)
      const rows = this.#lanes.get(lane) ?? []
      if (next) rows[0] = next
      else {
        rows.shift()
        this.#known.delete(row.key)
        for (const told of this.#waiting.get(row.key) ?? []) told()
        if (rows.length === 0) this.#lanes.delete(lane)
      }
    }
  }

  /** Gives the row as it is to be tried again; undefined when it is done with. */
  async #try(row: OutboxRow, { connection, capabilities }: Line, signal: AbortSignal): Promise<OutboxRow | undefined> {
    const { store, clock, log } = this.#options
    const letter: Letter = JSON.parse(row.body)
    const { replaces } = letter
    // What is changed or taken away a second time looks as after the first, and startles nobody.
    const { idempotentMs = 0 } = capabilities
    // A clock that was set back since makes no try newer than it is.
    const triedMs = row.status === 'sending' ? Math.abs(clock.now() - (row.changedAt ?? row.createdAt)) : 0
    const repeatable = replaces !== undefined || triedMs < idempotentMs
    const { key, channel, account, attempts } = row
    const about = { channel, account, key }
    const dead = async (error: string) => {
      await store.mark(key, { status: 'dead', at: clock.now(), error })
      log.warn({ ...about, error }, 'a message was put aside; see: openclaw channels dead-letters')
      return undefined
    }
    if (row.status === 'sending' && !repeatable) {
      return dead('the gateway ended while it was sent: it may have arrived')
    }
    if (replaces === undefined && clock.now() - row.createdAt > maxAgeMs) {
      return dead('it could not be sent for six hours')
    }
    await store.mark(key, { status: 'sending', at: clock.now(), attempts: attempts + 1 })
    // A store that fails from here on must not have it sent twice.
    this.#keep({ ...row, status: 'sending', changedAt: clock.now() })
    try {
      return await this.#go(row, letter, connection, AbortSignal.any([signal, AbortSignal.timeout(sendLimitMs)]))
    } catch (thrown) {
      const failure = thrown instanceof ChannelFailure ? thrown : new ChannelFailure('ambiguous', String(thrown))
      const { kind, retryAfterMs, message: error } = failure
      if (kind === 'refused') {
        const without = withoutFiles(letter, error)
        if (!without) return dead(error)
        const anew = { body: JSON.stringify(without), nextAt: clock.now() }
        const next = this.#keep({ ...row, ...anew, status: 'pending' })
        await store.mark(key, { ...anew, status: 'pending', at: clock.now(), error })
        log.warn({ ...about, error }, 'the platform has refused a file; the words go without it')
        return next
      }
      if (kind === 'ambiguous' && !repeatable) return dead(`${error}: it may have arrived`)
      const counted = kind !== 'rate_limit'
      const tries = counted ? attempts + 1 : attempts
      if (tries >= maxTries) return dead(error)
      const waitMs = retryAfterMs ?? Math.min(firstWaitMs * 2 ** attempts, longestWaitMs)
      const nextAt = clock.now() + waitMs
      const next = this.#keep({ ...row, status: 'pending', attempts: tries, nextAt })
      await store.mark(key, { status: 'pending', at: clock.now(), attempts: tries, nextAt, error })
      log.info({ ...about, kind, waitMs }, 'a message will be sent again')
      return next
    }
  }

  /** How the first message of its lane stands, whatever becomes of the store. */
  #keep(row: OutboxRow): OutboxRow {
    const rows = this.#lanes.get(laneKey(row))
    if (rows) rows[0] = row
    return row
  }

  /** Hands it to the platform. Gives the row that is to be sent anew when it could not take the place of another. */
  async #go(
    row: OutboxRow,
    { place, message, replaces }: Letter,
    connection: Line['connection'],
    signal: AbortSignal,
  ): Promise<OutboxRow | undefined> {
    const { store, clock, bus } = this.#options
    const { key } = row
    if (replaces !== undefined) {
      // A text cannot become a file.
      const text = message?.media ? undefined : message?.text
      const holds = await replaced(connection, place, replaces, text, signal)
      if (message && !holds) {
        // On disk before it is sent: from then on a second try would be seen.
        const anew = { body: JSON.stringify({ place, message } satisfies Letter), nextAt: clock.now() }
        await store.mark(key, { ...anew, status: 'pending', at: clock.now() })
        return { ...row, ...anew, status: 'pending' }
      }
    }
    const id = replaces ?? (message && (await connection.send(place, { ...message, key }, signal)).id)
    await store.mark(key, { status: 'sent', at: clock.now(), ...(id !== undefined && { messageId: id }) })
    const { channel, account } = row
    if (message) bus?.emit('message.sent', { channel, account, place, text: message.text, messageId: id })
    return undefined
  }
}

/** The message in words alone, where that is wanted. */
function withoutFiles({ message, ...letter }: Letter, error: string): Letter | undefined {
  if (!message?.textAnyway || !message.media) return undefined
  const { media, text, ...rest } = message
  const names = media.map(({ name }) => name).join(', ')
  const lost = `[${names.slice(0, 100)} could not be sent: ${error.slice(0, 200)}]`
  return { ...letter, message: { ...rest, text: text === '' ? lost : `${text}\n\n${lost}` } }
}

const accountKey = ({ channel, account }: { readonly channel: string; readonly account: string }) =>
  `${channel} ${account}`
/** What is kept in order. */
export const laneKey = (row: Pick<OutboxRow, 'channel' | 'account' | 'place'>) => `${accountKey(row)} ${row.place}`
