import { type Clock, systemClock } from '../../../src/kernel/clock.js'
import type { Reply } from '../../helper/upstream.js'

/** Waits of the gateway pass eight times as fast. */
export const clock: Clock = {
  ...systemClock,
  monotonic: () => systemClock.monotonic() * 8,
  after: (ms, run) => systemClock.after(ms / 8, run),
}
const pieceChars = 40
export const piece = (number: number) => `${`Piece ${number} of the answer`.padEnd(pieceChars - 2, '.')}\n\n`
export const text = (pieces: number) =>
  Array.from({ length: pieces }, (_, number) => piece(number))
    .join('')
    .trim()

/** An answer whose pieces are said when the test lets them. */
export class SlowAnswer {
  #free = 0
  #wake = () => {}

  reply(text: string, more: Partial<Reply> = {}): Reply {
    // The first frame says only who speaks.
    return { text, chunkSize: pieceChars, before: (frame) => this.#pass(frame), ...more }
  }

  more(pieces = Number.POSITIVE_INFINITY): void {
    this.#free += pieces
    this.#wake()
  }

  async #pass(frame: number): Promise<void> {
    while (frame > this.#free) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
