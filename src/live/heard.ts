import type { Outbox } from '../channels/deliver/outbox.js'
import { ChannelFailure, type Connection, type Place } from '../channels/port.js'
import { type AckReaction, takeReaction } from '../channels/reaction.js'
import type { Logger } from '../kernel/logger.js'

const callMs = 20_000
/** An answer that was not sent by then is not waited for. */
const answerMs = 600_000

export interface Heard extends AckReaction {
  /** Of this moment: an account may be away, and come back. */
  readonly connection: () => Pick<Connection, 'react' | 'unreact'> | undefined
  readonly place: Place
  readonly messageId: string
  /** `messages.removeAckAfterReply` */
  readonly remove: boolean
}

/** Reactions that show people that they were heard. They are for the eyes alone: what goes wrong is nobody's concern. */
export class HeardSigns {
  readonly #outbox: Pick<Outbox, 'ended'>
  readonly #log: Logger
  readonly #stop = new AbortController()
  readonly #working = new Set<Promise<unknown>>()

  constructor(outbox: Pick<Outbox, 'ended'>, log: Logger) {
    this.#outbox = outbox
    this.#log = log
  }

  /** Reacts to a message. The returned function is told when it has an answer, and which message of ours is its last. */
  begin(heard: Heard): (lastKey: string | undefined) => void {
    const shown = this.#own(heard, () => this.#react(heard))
    return (lastKey) => {
      if (heard.remove) this.#own(heard, () => this.#takeAway(heard, shown, lastKey))
    }
  }

  /** Asks no platform any more; what stands there stays. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#working)
  }

  /** Gives what stands there then. */
  async #react({ connection, place, messageId, emoji, instead }: Heard): Promise<string> {
    const set = (one: string) => connection()?.react?.(place, messageId, one, this.#within(callMs))
    try {
      await set(emoji)
      return emoji
    } catch (thrown) {
      const unknown = thrown instanceof ChannelFailure && thrown.kind === 'refused'
      if (!unknown || instead === undefined) throw thrown
      await set(instead)
      return instead
    }
  }

  async #takeAway(heard: Heard, shown: Promise<string | undefined>, lastKey: string | undefined): Promise<void> {
    const { connection, place, messageId } = heard
    const emoji = (await shown) ?? heard.emoji
    if (lastKey !== undefined) await this.#outbox.ended(lastKey, this.#within(answerMs))
    const line = connection()
    if (line && !this.#stop.signal.aborted) await takeReaction(line, place, messageId, emoji, this.#within(callMs))
  }

  #own<T>({ place, emoji }: Heard, act: () => Promise<T>): Promise<T | undefined> {
    const work = act().catch((err: unknown) => {
      this.#log.info({ err, place, emoji }, 'a reaction to a message could not be set or taken away')
      return undefined
    })
    this.#working.add(work)
    return work.finally(() => this.#working.delete(work))
  }

  #within(ms: number): AbortSignal {
    return AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ms)])
  }
}
