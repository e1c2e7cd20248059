import type { IncomingMessage } from 'node:http'
import { maxPayloadBytes } from '../../../schemas/ws/frames.js'
import type { GatewayError } from '../../kernel/errors.js'
import { failureOf, unreachable } from '../failures.js'
import { type SecureSocket, secureSocket } from '../tls.js'

/** Where a socket goes. */
export interface Address {
  /** http or https. */
  readonly base: URL
  /** How the address is called in messages. */
  readonly display: string
  /** SHA-256 of the certificate to insist on. */
  readonly pin?: string | undefined
  /** Sent with the request to upgrade; see edge-auth.ts. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** How a socket ended; 1006 when it broke off without a close frame (RFC 6455 section 7.4.1). */
export interface WireEnd {
  readonly code: number
  readonly reason: string
}

export interface WireListener {
  text(text: string): void
  /** A sign of life that is no frame of ours. */
  ping(): void
  closed(end: WireEnd): void
}

/** Frames that wait while nobody listens: the challenge, the answer to `connect`, and what stands right behind it. */
const maxUnread = 1024
/** How long the other side may take to answer a close frame, in milliseconds. */
const farewellMs = 500

type Ws = import('ws').WebSocket

/** One open WebSocket. Text goes in and out; what it means is not known here. */
export class Wire {
  readonly display: string
  /** How it ended; undefined while it is open. */
  ended: WireEnd | undefined
  readonly #ws: Ws
  readonly #unread: string[] = []
  #listener: WireListener | undefined
  #reader: { readonly resolve: (text: string) => void; readonly reject: (error: Error) => void } | undefined

  private constructor(ws: Ws, display: string) {
    this.#ws = ws
    this.display = display
    ws.on('message', (data) => this.#received(String(data)))
    ws.on('ping', () => this.#listener?.ping())
    ws.on('close', (code, reason) => this.#over({ code, reason: String(reason) }))
    // `ws` closes by itself after an error.
    ws.on('error', () => {})
  }

  /**
   * Opens a socket; no secret is sent yet. Throws `gateway_unreachable`, with the kind `no_websocket` when a server is
   * there that does not upgrade. `signal` ends the attempt, not what came of it.
   */
  static async open({ base, display, pin, headers }: Address, signal: AbortSignal): Promise<Wire> {
    const { WebSocket } = await import('ws')
    signal.throwIfAborted()
    const secure = base.protocol === 'https:' ? await secured(base, display, pin, signal) : undefined
    const url = new URL(base)
    url.protocol = secure ? 'wss:' : 'ws:'
    const ws = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: maxPayloadBytes,
      ...(headers && { headers }),
      ...(secure && { createConnection: () => secure }),
    })
    const wire = new Wire(ws, display)
    const stop = () => ws.terminate()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await opened(ws, display)
    } finally {
      signal.removeEventListener('abort', stop)
    }
    return wire
  }

  /** Bytes that the system has not taken yet. */
  get bufferedBytes(): number {
    return this.#ws.bufferedAmount
  }

  /** The next frame, for the time before somebody listens. Rejects when the socket ends first. */
  next(): Promise<string> {
    const text = this.#unread.shift()
    if (text !== undefined) return Promise.resolve(text)
    if (this.ended) return Promise.reject(closedBy(this.display, this.ended))
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  /** From now on frames go to the listener, those that wait first. */
  listen(listener: WireListener): void {
    this.#listener = listener
    for (const text of this.#unread.splice(0)) listener.text(text)
    if (this.ended) listener.closed(this.ended)
  }

  send(text: string): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(text)
  }

  /** Closes in order, and cuts a peer that does not answer. */
  close(code = 1000, reason = ''): void {
    if (this.ended) return
    this.#ws.close(code, reason)
    const timer = setTimeout(() => this.#ws.terminate(), farewellMs)
    this.#ws.once('close', () => clearTimeout(timer))
  }

  terminate(): void {
    this.#ws.terminate()
  }

  #received(text: string): void {
    if (this.#listener) this.#listener.text(text)
    else if (this.#reader) {
      const { resolve } = this.#reader
      this.#reader = undefined
      resolve(text)
    } else if (this.#unread.length < maxUnread) this.#unread.push(text)
    else this.close(1008, 'too many frames during the handshake')
  }

  #over(end: WireEnd): void {
    this.ended = end
    this.#reader?.reject(closedBy(this.display, end))
    this.#reader = undefined
    this.#listener?.closed(end)
  }
}

function secured(base: URL, display: string, pin: string | undefined, signal: AbortSignal): Promise<SecureSocket> {
  return secureSocket(base, pin, signal).catch((error: unknown) => {
    throw failureOf(error, display)
  })
}

function opened(ws: Ws, display: string): Promise<void> {
  return new Promise((resolve, reject) => {
    ws.once('open', resolve)
    ws.once('error', (error) => reject(failureOf(error, display)))
    ws.once('unexpected-response', (request, response) => {
      request.destroy()
      reject(notUpgraded(response, display))
    })
  })
}

/** 503 comes from a gateway that listens already but is not ready, or is about to stop. */
function notUpgraded({ statusCode, headers }: IncomingMessage, display: string): GatewayError {
  if (statusCode !== 503) return unreachable('no_websocket', display, `HTTP ${statusCode}`)
  const seconds = Number(headers['retry-after'])
  return unreachable('starting', display, '', undefined, { retryAfterMs: seconds > 0 ? seconds * 1000 : undefined })
}

/** The error of everything that a closed socket leaves unanswered. */
export function closedBy(display: string, { code, reason }: WireEnd): GatewayError {
  return unreachable('closed', display, reason === '' ? String(code) : `${code} ${reason}`, undefined, {
    closeCode: code,
  })
}
