import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Bag } from '../../kernel/bag.js'
import { type Clock, systemClock } from '../../kernel/clock.js'

/** The app behind the listener: Fastify's `app.routing`, and its server's `upgrade` event. */
export interface Target {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** One app while it is attached, and after that until its last request has ended. */
export class Attachment {
  readonly target: Target
  readonly #open = new Bag<ServerResponse>()
  readonly #waiting = new Set<() => void>()

  constructor(target: Target) {
    this.target = target
  }

  /** Number of requests that this app is answering. */
  get inFlight(): number {
    return this.#open.size
  }

  /** Hands a request over. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const place = this.#open.add(response)
    response.once('close', () => {
      this.#open.remove(place)
      if (this.#open.size === 0) for (const resolve of this.#waiting) resolve()
    })
    this.target.request(request, response)
  }

  /** Waits until the app has answered everything, at most `limitMs`. False when the time was not enough. */
  async drained(limitMs: number, clock: Clock = systemClock): Promise<boolean> {
    if (this.#open.size === 0) return true
    let resolve = () => {}
    const done = new Promise<void>((settle) => {
      resolve = settle
    })
    this.#waiting.add(resolve)
    const cancel = clock.after(limitMs, resolve)
    await done
    cancel()
    this.#waiting.delete(resolve)
    return this.#open.size === 0
  }

  /** Tells the peers of unfinished answers not to use their connection again, where that can still be said. */
  announceClose(): void {
    for (const response of this.#open) if (!response.headersSent) response.setHeader('connection', 'close')
  }
}
