import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import { ChannelFailure, type Connection, type Place } from '../port.js'
import type { Piece } from './shape.js'

/** A short answer that is complete in this time needs no preview; one that is still short waits so long. */
const firstMs = { said: 250, short: 1_000 }
const saidChars = 30
const callMs = 20_000

/** The message that shows an unfinished answer. Plain data: it is kept on disk with the message that is answered. */
export interface Shown {
  readonly id: string
  readonly replyTo?: string
}

export interface PreviewOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly place: Place
  readonly key: string
  /** Of this moment: an account may be away, and come back. */
  readonly connection: () => Pick<Connection, 'send' | 'edit'> | undefined
  /** The shortest time between two changes, in milliseconds. */
  readonly everyMs: number
  /** What is to be seen now; undefined: nothing. */
  readonly look: () => Piece | undefined
  /** Whether what belongs above it in the chat stands there. */
  readonly clear: () => boolean
  /** Aborts when nothing of it may be waited for any longer. */
  readonly cut: AbortSignal
  /** Left by an earlier start. */
  readonly shown: Shown | undefined
  /** Resolves when the next start would know of it. */
  readonly remember: (shown: Shown) => Promise<void>
}

/**
 * One message of a chat that grows with an answer (spec/runtime.md 1.7). It is for the eyes alone: whatever goes wrong
 * with it, the answer itself goes its own way.
 */
export class Preview {
  readonly #options: PreviewOptions
  #shown: Shown | undefined
  #text: string | undefined
  /** Times on the monotonic clock. */
  #begun: number | undefined
  #notBefore = 0
  #due = Number.POSITIVE_INFINITY
  #cancel = () => {}
  #busy: Promise<void> | undefined
  #changed = false
  #over = false

  constructor(options: PreviewOptions) {
    this.#options = options
    this.#shown = options.shown
  }

  /** There is something else to see than before. */
  touch(): void {
    this.#begun ??= this.#options.clock.monotonic()
    this.#changed = true
    this.#plan()
  }

  /** Shows nothing more. Resolves when nothing of it is on its way any more, with the message that stands in the chat. */
  async stop(): Promise<Shown | undefined> {
    this.#over = true
    this.#cancel()
    await this.#busy
    return this.#shown
  }

  #plan(): void {
    if (this.#over || this.#busy || !this.#changed) return
    const { clock } = this.#options
    const due = this.#next(clock.monotonic())
    if (due >= this.#due) return
    this.#cancel()
    this.#due = due
    this.#cancel = clock.after(Math.max(due - clock.monotonic(), 0), () => {
      this.#due = Number.POSITIVE_INFINITY
      this.#busy = this.#show().finally(() => {
        this.#busy = undefined
        this.#plan()
      })
    })
  }

  #next(now: number): number {
    const begun = this.#begun ?? now
    if (this.#shown) return Math.max(this.#notBefore, now)
    const said = (this.#options.look()?.text.length ?? 0) >= saidChars
    return Math.max(this.#notBefore, begun + (said ? firstMs.said : firstMs.short))
  }

  async #show(): Promise<void> {
    const { clock, log, place, everyMs, look, clear } = this.#options
    this.#changed = false
    const piece = look()
    if (!piece || piece.text === this.#text) return
    if (!this.#shown && !clear()) {
      this.#changed = true
      this.#notBefore = clock.monotonic() + everyMs
      return
    }
    try {
      await this.#put(piece)
    } catch (thrown) {
      const failure = thrown instanceof ChannelFailure ? thrown : undefined
      const { retryAfterMs = everyMs } = failure ?? {}
      log.info({ err: thrown, place }, 'the preview of an answer could not be shown')
      this.#changed = this.#again(failure)
      this.#over ||= !this.#changed
      this.#notBefore = clock.monotonic() + Math.max(retryAfterMs, everyMs)
      return
    }
    this.#notBefore = clock.monotonic() + everyMs
  }

  /** Whether another try may help and shows nothing twice. */
  #again(failure: ChannelFailure | undefined): boolean {
    if (failure?.kind === 'network' || failure?.kind === 'rate_limit') return true
    return failure?.kind === 'ambiguous' && this.#shown !== undefined
  }

  async #put(piece: Piece): Promise<void> {
    const { place, key, connection, cut, remember } = this.#options
    const line = connection()
    if (!line?.edit) return
    const limit = AbortSignal.any([cut, AbortSignal.timeout(callMs)])
    if (this.#shown) await line.edit(place, this.#shown.id, piece.text, limit)
    else {
      const { id } = await line.send(place, { ...piece, key }, limit)
      this.#shown = { id, ...(piece.replyTo !== undefined && { replyTo: piece.replyTo }) }
      await remember(this.#shown)
    }
    this.#text = piece.text
  }
}
