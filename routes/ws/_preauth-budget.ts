import { limiterKey } from '../../src/auth/canonical-ip.js'
import { GatewayError } from '../../src/kernel/errors.js'

const perClient = 32
const overall = 4_096

/** Counts the sockets that have not proved who they are, so that strangers cannot hold many (spec/protocol.md section 1). */
export class PreauthBudget {
  readonly #open = new Map<string, number>()
  #total = 0

  /**
   * Takes a place for a client; the returned function gives it back. Throws `server_busy` when there is none. `foreign`:
   * for a page that is not allowed in; it takes no places from programs of the same machine.
   */
  take(clientIp: string, foreign = false): () => void {
    const key = foreign ? `page ${limiterKey(clientIp)}` : limiterKey(clientIp)
    const open = this.#open.get(key) ?? 0
    if (open >= perClient || this.#total >= overall) {
      throw new GatewayError('server_busy', {
        message: 'Too many connections from this address have not finished their handshake. Try again in a moment.',
        retryAfterMs: 1_000,
      })
    }
    this.#open.set(key, open + 1)
    this.#total += 1
    let taken = true
    return () => {
      if (!taken) return
      taken = false
      this.#total -= 1
      const left = (this.#open.get(key) ?? 1) - 1
      if (left > 0) this.#open.set(key, left)
      else this.#open.delete(key)
    }
  }
}
