import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { answerSocket, parserError } from './answers.js'
import { serveWithoutUpgrade } from './ignored-upgrade.js'
import { checkIntervalMs, type ListenerLimits } from './limits.js'
import type { TlsIdentity } from './tls-identity.js'
import type { createTlsServer, TlsServer } from './tls-server.js'

export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void
  /** Takes a request to upgrade. False when it should be served as if it asked for none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

/** A TLS server in the making: the module is loaded only where TLS is. */
interface Secure {
  readonly create: typeof createTlsServer
  readonly identity: TlsIdentity
}

/** The HTTP or HTTPS server of one address. */
export class AddressServer {
  readonly host: string
  readonly #tls: TlsServer | undefined
  readonly #server: Server
  /** Has no upgrade listener and never listens: it reads the connections whose upgrade is ignored. */
  readonly #plain: Server
  readonly #handlers: Handlers
  readonly #answering = new WeakMap<Duplex, ServerResponse>()
  /** Answers that wait behind another one of their connection (pipelining). */
  readonly #queued = new WeakMap<Duplex, Set<ServerResponse>>()
  #retired = false
  #done = false

  private constructor(host: string, handlers: Handlers, limits: ListenerLimits, secure: Secure | undefined) {
    this.host = host
    this.#handlers = handlers
    const options = optionsOf(limits)
    this.#plain = createServer(options, this.#onRequest)
    // It never listens; the limits of its connections begin with this event.
    this.#plain.emit('listening')
    this.#tls = secure?.create(options, this.#onRequest, limits, secure.identity)
    this.#server = this.#tls?.server ?? createServer(options, this.#onRequest)
    for (const server of [this.#plain, this.#server]) server.on('clientError', this.#onClientError)
    this.#server.maxConnections = limits.maxConnections
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node lets go of the socket here; without a listener a reset by the peer would end the process.
      socket.on('error', () => socket.destroy())
      if (!handlers.upgrade(request, socket, head)) serveWithoutUpgrade(this.#plain, request, socket, head)
    })
  }

  /** Binds. Rejects with Node's error (`EADDRINUSE`, `EADDRNOTAVAIL`, ...). */
  static async open(
    host: string,
    port: number,
    handlers: Handlers,
    limits: ListenerLimits,
    identity?: TlsIdentity,
  ): Promise<AddressServer> {
    const secure = identity && { create: (await import('./tls-server.js')).createTlsServer, identity }
    const server = new AddressServer(host, handlers, limits, secure)
    await server.#listen(port)
    return server
  }

  /** True when it speaks TLS and nothing else. */
  get secure(): boolean {
    return this.#tls !== undefined
  }

  /** Shows another certificate from the next connection on. Throws for a pair that cannot be used. */
  renew(identity: TlsIdentity): void {
    this.#tls?.renew(identity)
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
    this.#plain.close()
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Cuts every connection. */
  cut(): void {
    this.#server.closeAllConnections()
    this.#tls?.cutPlain()
    this.#plain.closeAllConnections()
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
    // A handshake that failed leaves nothing to answer on.
    const handshake = /^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(error.code ?? '')
    if (error.code === 'ECONNRESET' || halfway || handshake) socket.destroy()
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

function optionsOf(limits: ListenerLimits): ServerOptions {
  return {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: checkIntervalMs,
    // Node's own refusal has no body; ours is in listener.ts.
    requireHostHeader: false,
  }
}
