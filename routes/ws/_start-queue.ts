import { GatewayError } from '../../src/kernel/errors.js'

const maxPending = 256
const maxPendingBytes = 50 * 1024 * 1024
/** How many handlers may begin before other sockets and HTTP get their turn. */
const startsPerTurn = 32

interface Pending {
  readonly bytes: number
  readonly start: () => void
}

/**
 * Bounds what a flood of requests can pile up: handlers begin in order, so many in one turn of the event loop; what is
 * beyond the bound is refused at once (spec/protocol.md section 1). How long a handler runs does not matter here.
 */
export class StartQueue {
  readonly #pending: Pending[] = []
  #bytes = 0
  #started = 0
  #scheduled = false

  /** Throws `server_busy` when too much waits already. */
  push(bytes: number, start: () => void): void {
    if (this.#pending.length === 0 && this.#started < startsPerTurn) {
      this.#begin(start)
      return
    }
    if (this.#pending.length >= maxPending || this.#bytes + bytes > maxPendingBytes) {
      throw new GatewayError('server_busy', { retryAfterMs: 500 })
    }
    this.#pending.push({ bytes, start })
    this.#bytes += bytes
  }

  #begin(start: () => void): void {
    this.#started += 1
    this.#schedule()
    start()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#started = 0
      const batch = this.#pending.splice(0, startsPerTurn)
      for (const { bytes, start } of batch) {
        this.#bytes -= bytes
        this.#begin(start)
      }
    })
  }
}
