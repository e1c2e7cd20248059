import { setMaxListeners } from 'node:events'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { callRefused } from '../call-errors.js'
import type { CallOptions } from '../calls.js'
import { unreachable } from '../failures.js'
import { type Incoming, isAccepted } from './frames.js'

/** Calls of one connection that may wait for their answers; the gateway itself refuses more than 1,024. */
export const maxPending = 256

type Answer = Extract<Incoming, { type: 'res' }>

interface Waiting {
  readonly resolve: (payload: unknown) => void
  readonly reject: (error: unknown) => void
  readonly options: CallOptions
  readonly release: () => void
}

/** The calls of one connection that have no answer yet. */
export class PendingCalls {
  readonly #waiting = new Map<string, Waiting>()
  readonly #clock: Clock
  readonly #display: string

  constructor(clock: Clock, display: string) {
    this.#clock = clock
    this.#display = display
  }

  /** Waits for the answer with this id. Throws `server_busy` when too many wait. */
  add(id: string, options: CallOptions, limitMs: number): Promise<unknown> {
    if (this.#waiting.size >= maxPending) {
      throw new GatewayError('server_busy', { message: `More than ${maxPending} calls wait for their answers.` })
    }
    const { signal } = options
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        this.#take(id)
        reject(error)
      }
      const abort = () => fail(signal?.reason)
      const cancel = this.#clock.after(limitMs, () => fail(unreachable('timeout', this.#display, `${limitMs} ms`)))
      const release = () => {
        cancel()
        signal?.removeEventListener('abort', abort)
      }
      // As many may listen to one signal as may wait: Node's warning of a leak would be wrong.
      if (signal) setMaxListeners(maxPending, signal)
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.set(id, { resolve, reject, options, release })
    })
  }

  /** Hands an answer to whom it belongs. One that nobody waits for any more is dropped. */
  settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    if (!waiting) return
    const { options, resolve, reject } = waiting
    if (answer.ok && options.expectFinal && isAccepted(answer.payload)) {
      options.onAccepted?.(answer.payload)
      return
    }
    this.#take(answer.id)
    if (answer.ok) resolve(answer.payload)
    else reject(callRefused(answer.error))
  }

  /** The connection is gone: nobody will answer. */
  failAll(error: unknown): void {
    for (const [id, { reject }] of [...this.#waiting]) {
      this.#take(id)
      reject(error)
    }
  }

  #take(id: string): void {
    this.#waiting.get(id)?.release()
    this.#waiting.delete(id)
  }
}
