import { once } from 'node:events'
import type { Test } from 'tap'
import WebSocket from 'ws'
import { type Connect, connectParamsOf } from '../devices/world.js'
import { token } from './gateway.js'

export interface Frame {
  readonly type: string
  readonly id?: string
  readonly ok?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
  readonly payload?: any
  readonly error?: { code: string; message: string; details?: Record<string, unknown>; retryable?: boolean }
  readonly event?: string
  readonly seq?: number
  readonly stateVersion?: { presence: number; health: number }
}

/** A plain client of the control plane that keeps every frame it got. */
export class TestSocket {
  readonly ws: WebSocket
  readonly frames: Frame[] = []
  /** Code and reason once it is closed. */
  closed: { code: number; reason: string } | undefined
  #next = 1
  readonly #waiting = new Set<() => void>()

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.ws = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0, ...options })
    this.ws.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      this.#wake()
    })
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
      this.#wake()
    })
    this.ws.on('error', () => this.#wake())
  }

  /** Waits for the first frame, seen or to come, that passes. Rejects when the socket closes first. */
  async frame(test: (frame: Frame) => boolean, limitMs = 10_000): Promise<Frame> {
    const until = Date.now() + limitMs
    for (;;) {
      const found = this.frames.find(test)
      if (found) return found
      if (this.closed) throw new Error(`closed with ${JSON.stringify(this.closed)}`)
      await this.#change(until, () => JSON.stringify(this.frames.slice(-5)))
    }
  }

  event(name: string, test: (payload: Frame['payload']) => boolean = () => true): Promise<Frame> {
    return this.frame((frame) => frame.event === name && test(frame.payload))
  }

  async end(limitMs = 10_000): Promise<{ code: number; reason: string }> {
    const until = Date.now() + limitMs
    while (!this.closed) await this.#change(until, () => 'still open')
    return this.closed
  }

  send(value: unknown): void {
    this.ws.send(typeof value === 'string' ? value : JSON.stringify(value))
  }

  /** Sends a request and gives its answer; with `final` the one after `accepted`. */
  async request(method: string, params?: unknown, { final = false } = {}): Promise<Frame> {
    const id = `${this.#next++}:test`
    this.send({ type: 'req', id, method, ...(params !== undefined && { params }) })
    return this.frame((frame) => frame.id === id && !(final && frame.payload?.status === 'accepted'))
  }

  /** The payload of an answer; throws its error. */
  async call(method: string, params?: unknown, options?: { final?: boolean }): Promise<Frame['payload']> {
    const { ok, payload, error } = await this.request(method, params, options)
    if (!ok) throw Object.assign(new Error(error?.message), { shape: error })
    return payload
  }

  async #change(until: number, state: () => string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(
        () => {
          this.#waiting.delete(done)
          reject(new Error(`waited too long: ${state()}`))
        },
        Math.max(until - Date.now(), 1),
      )
      this.#waiting.add(done)
    })
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

export const operatorScopes = ['operator.admin', 'operator.read', 'operator.write', 'operator.pairing']

/** `connect` params of a local program, as the official command line sends them. */
export function connectParams(more: object = {}): object {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: 'gateway-client', mode: 'backend', version: '1.0.0', platform: 'linux' },
    role: 'operator',
    scopes: operatorScopes,
    caps: [],
    auth: { token },
    ...more,
  }
}

/** An open socket that has its challenge; closed with the test. */
export async function openSocket(t: Test, url: string, options: WebSocket.ClientOptions = {}): Promise<TestSocket> {
  const socket = new TestSocket(url, options)
  t.teardown(() => socket.ws.terminate())
  await once(socket.ws, 'open')
  await socket.event('connect.challenge')
  return socket
}

/** An admitted socket. Throws what refused it. */
export async function connected(
  t: Test,
  url: string,
  more: object = {},
  options: WebSocket.ClientOptions = {},
): Promise<TestSocket> {
  const socket = await openSocket(t, url, options)
  await socket.call('connect', connectParams(more))
  return socket
}

/** What a device sends that nobody has tampered with; `device` signs the challenge of this socket. */
export async function connectAs(socket: TestSocket, connect: Connect): Promise<Frame> {
  const { payload } = await socket.event('connect.challenge')
  return socket.request('connect', connectParamsOf({ auth: { token }, ...connect }, payload))
}

/** An admitted socket of a device, with what `hello-ok` told it. Throws what refused it. */
export async function connectedAs(
  t: Test,
  url: string,
  connect: Connect,
  options: WebSocket.ClientOptions = {},
): Promise<{ socket: TestSocket; hello: Frame['payload'] }> {
  const socket = await openSocket(t, url, options)
  const { ok, payload, error } = await connectAs(socket, connect)
  if (!ok) throw Object.assign(new Error(error?.message), { shape: error })
  return { socket, hello: payload }
}
