import type { FastifyReply } from 'fastify'

/** Proxies cut connections that stay silent; a comment keeps them open (spec/http.md section 4). */
const keepAliveMs = 15_000

/**
 * One server-sent event stream. Headers that hooks have set go out with it. The caller ends it exactly once; writes
 * after the client has gone are dropped.
 */
export class SseStream {
  readonly #raw: FastifyReply['raw']
  readonly #timer: NodeJS.Timeout
  #wrote = false

  constructor(reply: FastifyReply) {
    reply.hijack()
    this.#raw = reply.raw
    this.#raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    this.#raw.flushHeaders()
    this.#timer = setInterval(() => {
      if (!this.#wrote) this.#raw.write(': ping\n\n')
      this.#wrote = false
    }, keepAliveMs)
    this.#raw.once('close', () => clearInterval(this.#timer))
  }

  /** Sends one event whose data is already JSON. Waits while the client reads slower than the model writes. */
  async send(json: string): Promise<void> {
    this.#wrote = true
    if (this.#raw.destroyed || this.#raw.write(`data: ${json}\n\n`)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#raw.off('drain', done)
        this.#raw.off('close', done)
        resolve()
      }
      this.#raw.on('drain', done)
      this.#raw.on('close', done)
    })
  }

  end(): void {
    clearInterval(this.#timer)
    if (!this.#raw.destroyed) this.#raw.end('data: [DONE]\n\n')
  }

  /** Cuts the connection without an end mark: what was sent is not the whole answer. */
  destroy(): void {
    clearInterval(this.#timer)
    this.#raw.destroy()
  }
}
