import type { FastifyReply } from 'fastify'

export interface SseLimits {
  /** Proxies cut connections that stay silent; after so long a comment keeps them open (spec/http.md section 4). */
  readonly keepAliveMs: number
  /** A client that takes nothing for so long is gone: its turn must not hold a session and a model for ever. */
  readonly stalledMs: number
}

const defaultLimits: SseLimits = { keepAliveMs: 15_000, stalledMs: 120_000 }

/**
 * One server-sent event stream. Headers that hooks have set go out with it. Writes after its end, or after the client
 * has gone, are dropped.
 */
export class SseStream {
  readonly #raw: FastifyReply['raw']
  readonly #limits: SseLimits
  readonly #timer: NodeJS.Timeout
  #quiet = true
  #ended = false
  #draining: Promise<void> | undefined

  constructor(reply: FastifyReply, limits = defaultLimits) {
    reply.hijack()
    this.#raw = reply.raw
    this.#limits = limits
    this.#raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    this.#raw.flushHeaders()
    this.#timer = setInterval(() => {
      if (this.#quiet && !this.#draining) this.#raw.write(': ping\n\n')
      this.#quiet = true
    }, limits.keepAliveMs)
    this.#raw.once('close', () => this.#over())
    if (this.#raw.destroyed) this.#over()
  }

  /** Sends one event whose data is already JSON. Gives a promise only while the client reads slower than the model writes. */
  send(json: string): Promise<void> | undefined {
    if (this.#ended) return undefined
    this.#quiet = false
    return this.#raw.write(`data: ${json}\n\n`) ? undefined : this.#drained()
  }

  end(): void {
    if (this.#ended) return
    this.#over()
    this.#raw.end('data: [DONE]\n\n')
  }

  /** Cuts the connection without an end mark: what was sent is not the whole answer. */
  destroy(): void {
    this.#over()
    this.#raw.destroy()
  }

  #over(): void {
    this.#ended = true
    clearInterval(this.#timer)
  }

  /** One wait for all that send: a stream of several choices has several writers. */
  #drained(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      const stalled = setTimeout(() => this.#raw.destroy(), this.#limits.stalledMs)
      const done = () => {
        clearTimeout(stalled)
        this.#raw.off('drain', done)
        this.#raw.off('close', done)
        this.#draining = undefined
        resolve()
      }
      this.#raw.on('drain', done)
      this.#raw.on('close', done)
    })
    return this.#draining
  }
}
