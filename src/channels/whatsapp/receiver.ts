import type { WAMessage, WAMessageKey } from 'baileys'
import type { Host } from '../port.js'
import { inboundOf } from './inbound.js'
import type { Socket } from './library.js'
import type { RecentMessages, SentIds } from './recent.js'

/** What came while the gateway was away is handed in when it is back, unless it is older: nobody waits for that. */
const lateMs = 6 * 3_600_000
/** Messages on their way to the disk. More than that cannot be people. */
const mostWaiting = 2_000
const mostUnread = 200

/** Messages of the platform on their way in: one after the other, and none of what the gateway wrote itself. */
export class Receiver {
  readonly #host: Host
  readonly #recent: RecentMessages
  readonly #sent: SentIds
  readonly #unread = new Map<string, WAMessageKey[]>()
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(host: Host, recent: RecentMessages, sent: SentIds) {
    this.#host = host
    this.#recent = recent
    this.#sent = sent
  }

  take(socket: Socket, message: WAMessage, late: boolean): void {
    const { key } = message
    if (this.#sent.has(key.id)) return
    const age = this.#host.clock.now() - Number(message.messageTimestamp ?? 0) * 1000
    // Own messages that come late are those of another device.
    if (late && (key.fromMe || age > lateMs)) return
    if (this.#waiting >= mostWaiting) {
      this.#host.log.error({ channel: 'whatsapp' }, 'more messages than can be kept; one was dropped')
      return
    }
    this.#waiting += 1
    this.#last = this.#last
      .then(() => this.#hand(socket, message))
      .catch((err: unknown) => this.#host.log.error({ err, channel: 'whatsapp' }, 'a message could not be kept'))
      .finally(() => {
        this.#waiting -= 1
      })
  }

  /** Messages of a place that were not marked as read; they count as marked now. */
  read(place: string): WAMessageKey[] {
    const keys = this.#unread.get(place) ?? []
    this.#unread.delete(place)
    return keys
  }

  settled(): Promise<void> {
    return this.#last
  }

  async #hand(socket: Socket, message: WAMessage): Promise<void> {
    const inbound = await inboundOf(socket, message)
    if (!inbound) return
    this.#recent.add(message)
    // Nobody marks what he wrote himself.
    if (!inbound.self) this.#note(inbound.place.id, message.key)
    await this.#host.receive(inbound)
  }

  #note(place: string, key: WAMessageKey): void {
    const keys = [...(this.#unread.get(place) ?? []), key].slice(-mostUnread)
    this.#unread.delete(place)
    this.#unread.set(place, keys)
    const [oldest] = this.#unread.keys()
    if (this.#unread.size > mostUnread && oldest !== undefined) this.#unread.delete(oldest)
  }
}
