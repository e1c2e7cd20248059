import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { drained } from '../src/kernel/drained.js'
import { ping, type SseLimits, sseLimits } from '../src/live/event-stream.js'
import type { Recording } from '../src/live/replays.js'

/** Characters that may wait for the end of the tick; more are written at once, so that a slow client is noticed. */
const maxBatch = 16 * 1024

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/**
 * One server-sent event stream. Its head, with the headers that hooks have set, goes out with the first event, which
 * should follow at once. Events of one tick go out in one write. What comes after its end, or after the client has gone,
 * is dropped.
 */
export class SseStream {
  readonly #raw: FastifyReply['raw']
  readonly #limits: SseLimits
  readonly #timer: NodeJS.Timeout
  /** Keeps what is sent, for a caller who comes back. */
  readonly #recording: Recording | undefined
  #batch = ''
  #quiet = true
  #ended = false
  #draining: Promise<void> | undefined

  constructor(reply: FastifyReply, limits: SseLimits = sseLimits) {
    reply.hijack()
    this.#raw = reply.raw
    this.#recording = reply.request.recording
    this.#limits = limits
    reply.headers(streamHeaders)
    const headers = reply.getHeaders()
    this.#raw.writeHead(200, headers as OutgoingHttpHeaders)
    this.#recording?.begin(200, headers)
    this.#timer = setInterval(() => {
      if (this.#quiet && !this.#draining) this.#raw.write(ping)
      this.#quiet = true
    }, limits.keepAliveMs)
    this.#raw.once('close', () => this.#left())
    if (this.#raw.destroyed) this.#left()
  }

  /** Sends one event whose data is already JSON. Gives a promise only while the client reads slower than the model writes. */
  send(json: string, named?: { readonly event: string; readonly id: number }): Promise<void> | undefined {
    if (this.#ended) return undefined
    this.#quiet = false
    if (this.#batch === '') process.nextTick(this.#flush)
    if (named !== undefined) this.#batch += `event: ${named.event}\nid: ${named.id}\n`
    this.#batch += `data: ${json}\n\n`
    if (this.#batch.length >= maxBatch) this.#flush()
    return this.#raw.writableNeedDrain && !this.#raw.destroyed ? this.#drained() : undefined
  }

  /** `failed`: what was sent ends with an error; a repeated call is to try again. */
  end({ failed = false } = {}): void {
    if (this.#ended) return
    this.#over()
    const rest = `${this.#batch}data: [DONE]\n\n`
    this.#batch = ''
    this.#recording?.add(rest)
    this.#recording?.end(failed ? 'failed' : 'whole')
    this.#raw.end(rest)
  }

  /** Cuts the connection without an end mark: what was sent is not the whole answer. */
  destroy(): void {
    this.#over()
    this.#recording?.end('cut')
    this.#raw.destroy()
  }

  readonly #flush = (): void => {
    this.#recording?.add(this.#batch)
    if (this.#batch !== '' && !this.#raw.destroyed) this.#raw.write(this.#batch)
    this.#batch = ''
  }

  /** The client is gone; only for a caller who may come back is there a reason to go on. */
  #left(): void {
    if (!this.#recording) this.#over()
    clearInterval(this.#timer)
  }

  #over(): void {
    this.#ended = true
    clearInterval(this.#timer)
  }

  /** One wait for all that send: a stream of several choices has several writers. */
  #drained(): Promise<void> {
    this.#draining ??= drained(this.#raw, this.#limits.stalledMs).then(() => {
      this.#draining = undefined
    })
    return this.#draining
  }
}
