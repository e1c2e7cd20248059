import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerSocket, parserError } from './answers.js'
import { serveWithoutUpgrade } from './ignored-upgrade.js'
import { checkIntervalMs, type ListenerLimits } from './limits.js'

export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void
  /** Takes a request to upgrade. False when it should be served as if it asked for none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

/** The HTTP server of one address. */
export class AddressServer {
  readonly host: string
  readonly #server: Server
  /** Has no upgrade listener and never listens: it reads the connections whose upgrade is ignored. */
  readonly #plain: Server
  readonly #handlers: Handlers
  readonly #answering = new WeakMap<Duplex, ServerResponse>()
  /** Answers that wait behind another one of their connection (pipelining). */
  readonly #queued = new WeakMap<Duplex, Set<ServerResponse>>()
  #retired = false
  #done = false

  private constructor(host: string, handlers: Handlers, limits: ListenerLimits) {
    this.host = host
    this.#handlers = handlers
    this.#plain = this.#create(limits)
    this.#server = this.#create(limits)
    this.#server.maxConnections = limits.maxConnections
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node lets go of the socket here; without a listener a reset by the peer would end the process.
      socket.on('error', () => socket.destroy())
      if (!handlers.upgrade(request, socket, head)) serveWithoutUpgrade(this.#plain, request, socket, head)
    })
  }

  /** Binds. Rejects with Node's error (`EADDRINUSE`, `EADDRNOTAVAIL`, ...). */
  static async open(host: string, port: number, handlers: Handlers, limits: ListenerLimits): Promise<AddressServer> {
    const server = new AddressServer(host, handlers, limits)
    await server.#listen(port)
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** True when the last connection after `retire` has ended. */
  get done(): boolean {
    return this.#done
  }

  /** Takes no more connections and closes the idle ones; answers under way go on. Then the port is free. */
  async retire(): Promise<void> {
    this.#retired = true
    // The callback waits for the last connection, but the port itself is free at once.
    this.#server.close(() => {
      this.#done = true
    })
    this.#plain.closeIdleConnections()
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Cuts every connection. */
  cut(): void {
    this.#server.closeAllConnections()
    this.#plain.closeAllConnections()
  }

  #create(limits: ListenerLimits): Server {
    const options = {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: checkIntervalMs,
      // Node's own refusal has no body; ours is in listener.ts.
      requireHostHeader: false,
    }
    return createServer(options, this.#onRequest).on('clientError', this.#onClientError)
  }

  readonly #onRequest: RequestListener = (request, response) => {
    this.#answering.set(request.socket, response)
    if (response.socket === null) this.#followSocket(request.socket, response)
    if (this.#retired) response.shouldKeepAlive = false
    this.#handlers.request(request, response)
  }

  /** Node does not tell an answer that its connection ended while it waited for its turn. */
  #followSocket(socket: Duplex, response: ServerResponse): void {
    const known = this.#queued.get(socket)
    const queued = known ?? new Set()
    queued.add(response)
    response.once('close', () => queued.delete(response))
    if (known) return
    this.#queued.set(socket, queued)
    socket.once('close', () => {
      for (const waiting of queued) if (waiting.socket === null) waiting.destroy().emit('close')
    })
  }

  /** The peer sent nothing that can be parsed, or not in time. */
  readonly #onClientError = (error: Error & { readonly code?: string }, socket: Duplex): void => {
    const response = this.#answering.get(socket)
    // Half an answer is on the wire: nothing that we add could be understood.
    const halfway = response?.headersSent && !response.writableFinished
    if (error.code === 'ECONNRESET' || halfway) socket.destroy()
    else answerSocket(socket, parserError(error))
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: this.host, port, exclusive: true, ipv6Only: this.host === '::1' }, () => {
        this.#server.removeListener('error', reject)
        // Once bound, an error (no file descriptor left for a peer, say) must not end the process.
        this.#server.on('error', () => {})
        resolve()
      })
    })
  }
}
