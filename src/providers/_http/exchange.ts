import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../../kernel/clock.js'
import { openDecoder } from './decode.js'
import type { Origin } from './pools.js'

/** After the receiver has all it wants, the rest of the body may take this long, so that the socket can be used again. */
const DRAIN_MS = 1000

export type TransportProblem =
  | 'connect'
  | 'connect_timeout'
  | 'idle'
  | 'reset'
  | 'too_large'
  | 'malformed'
  | 'busy'
  | 'closed'
  | 'request'

/** What reads an answer. Calls come in this order: `head`, any `data`, then one of `end` and `fail`; `fail` at any time. */
export interface Receiver {
  /** Gives the bytes of (decoded) body that it is ready to take. */
  head(status: number, headers: IncomingHttpHeaders): number
  /** May throw: then the exchange fails as `malformed` with the message. */
  data(chunk: Buffer): void
  end(): void
  fail(problem: TransportProblem, detail: string): void
}

export interface Post {
  readonly path: string
  /** Flat list of names and values. */
  readonly headers: readonly string[]
  readonly body: string
  /** Longest silence, in milliseconds, from sending to the last byte. */
  readonly idleMs: number
}

/** One POST and its answer, pushed at a receiver. Ends exactly once; `stop` ends it without a further call. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #origin: Origin
  readonly #clock: Clock
  readonly #receiver: Receiver
  #controller: Dispatcher.DispatchController | undefined
  #decoder: ReturnType<typeof openDecoder>
  #over = false
  /** True while no socket (or place in the queue for one) is ours. */
  #closed = true
  #paused = false
  /** An upstream sends many small pieces in one go. They are one piece to the receiver. */
  #waiting: Buffer[] = []
  #limit = 0
  #received = 0
  #idleMs = 0
  #lastByte = 0
  #cancelTimer: () => void = () => {}

  constructor(origin: Origin, clock: Clock, receiver: Receiver) {
    this.#origin = origin
    this.#clock = clock
    this.#receiver = receiver
  }

  send(post: Post): void {
    if (this.#origin.full) {
      this.#fail('busy', 'too many calls wait for a connection')
      return
    }
    this.#closed = false
    this.#origin.running++
    this.patience(post.idleMs)
    try {
      this.#origin.pool.dispatch(
        { method: 'POST', path: post.path, headers: post.headers as string[], body: post.body },
        this,
      )
    } catch (error) {
      this.#close()
      this.#fail('request', messageOf(error))
    }
  }

  /** Changes the longest silence, counted from now. */
  patience(idleMs: number): void {
    this.#idleMs = idleMs
    this.#lastByte = this.#clock.monotonic()
    this.#watch(idleMs)
  }

  pause(): void {
    this.#paused = true
    this.#controller?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#lastByte = this.#clock.monotonic()
    this.#controller?.resume()
  }

  /** Ends the exchange and breaks the connection at once. */
  stop(): void {
    this.#over = true
    this.#decoder?.destroy()
    this.#controller?.abort(new Error('stopped'))
    this.#close()
  }

  /** The receiver has all it wants. A connection whose body does not end soon is broken. */
  drain(): void {
    this.#over = true
    this.#decoder?.destroy()
    this.#cancelTimer()
    if (!this.#closed) this.#cancelTimer = this.#clock.after(DRAIN_MS, () => this.stop())
    if (this.#paused) this.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('stopped'))
    else if (this.#paused) controller.pause()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over || status < 200) return
    this.#lastByte = this.#clock.monotonic()
    this.#limit = this.#receiver.head(status, headers)
    const encoding = headers['content-encoding']
    if (encoding === undefined) return
    this.#decoder = openDecoder(encoding, {
      data: (chunk) => this.#take(chunk),
      end: () => this.#end(),
      fail: (message) => this.#fail('reset', message),
    })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    if (this.#waiting.length === 0) {
      this.#lastByte = this.#clock.monotonic()
      process.nextTick(this.#deliver)
    }
    this.#waiting.push(chunk)
  }

  onResponseEnd(): void {
    this.#close()
    this.#deliver()
    if (this.#decoder) this.#decoder.end()
    else this.#end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#close()
    this.#deliver()
    this.#fail(problemOf(error, this.#controller !== undefined), messageOf(error))
  }

  readonly #deliver = (): void => {
    const chunks = this.#waiting
    const [only] = chunks
    if (!only) return
    this.#waiting = []
    if (this.#over) return
    const bytes = chunks.length === 1 ? only : Buffer.concat(chunks)
    if (this.#decoder) this.#decoder.write(bytes)
    else this.#take(bytes)
  }

  #take(chunk: Buffer): void {
    if (this.#over) return
    this.#received += chunk.length
    if (this.#received > this.#limit) {
      this.#fail('too_large', `more than ${this.#limit} bytes`)
      return
    }
    try {
      this.#receiver.data(chunk)
    } catch (error) {
      this.#fail('malformed', messageOf(error))
    }
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.end()
  }

  #fail(problem: TransportProblem, detail: string): void {
    if (this.#over) return
    this.stop()
    this.#receiver.fail(problem, detail)
  }

  /** The socket is done with this call. */
  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#origin.running--
    this.#cancelTimer()
  }

  /** One timer for the whole exchange, armed again for what is left when bytes came meanwhile. */
  #watch(ms: number): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#clock.after(ms, () => {
      const silence = this.#clock.monotonic() - this.#lastByte
      if (this.#paused) this.#watch(this.#idleMs)
      else if (silence < this.#idleMs) this.#watch(this.#idleMs - silence)
      else this.#fail('idle', `silent for ${Math.round(this.#idleMs / 1000)} s`)
    })
  }
}

function problemOf(error: Error, sent: boolean): TransportProblem {
  const code = 'code' in error ? error.code : undefined
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return 'closed'
  if (code === 'UND_ERR_INVALID_ARG') return 'request'
  if (sent) return 'reset'
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' ? 'connect_timeout' : 'connect'
}

/** `AggregateError`s (several addresses tried) have no message of their own. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message) return error.message
  return error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error.name
}
