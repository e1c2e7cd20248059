import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ConnectParams } from '../../schemas/ws/connect.js'
import { clientClock } from '../../src/client/clock.js'
import { Connection, type ConnectionListener, type ConnectionOptions } from '../../src/client/socket/connection.js'
import type { GatewayError } from '../../src/kernel/errors.js'

export interface Request {
  readonly id: string
  readonly method: string
  readonly params?: unknown
}

/** One client of the scripted server. */
export class Session {
  readonly ws: WebSocket
  readonly connect: ConnectParams
  readonly #unread: Request[] = []
  #reader: ((request: Request) => void) | undefined

  constructor(ws: WebSocket, connect: ConnectParams) {
    this.ws = ws
    this.connect = connect
    ws.on('message', (data) => {
      const request: Request = JSON.parse(String(data))
      if (!this.#reader) return void this.#unread.push(request)
      this.#reader(request)
      this.#reader = undefined
    })
  }

  /** The next request of the client, in the order in which they came. */
  request(): Promise<Request> {
    const waiting = this.#unread.shift()
    if (waiting) return Promise.resolve(waiting)
    return new Promise((resolve) => {
      this.#reader = resolve
    })
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  answer(id: string, payload: unknown): void {
    this.send({ type: 'res', id, ok: true, payload })
  }

  event(event: string, payload: unknown, seq?: number): void {
    this.send({ type: 'event', event, payload, ...(seq !== undefined && { seq }) })
  }
}

/** What the server does with a `connect`; undefined admits. */
type Verdict = { error: object; close?: number } | { close: number; reason?: string } | undefined

export interface Script {
  /** Decides by the number of the attempt, from 0. */
  admit?(attempt: number, connect: ConnectParams): Verdict
  /** Laid over the greeting of the attempt with this number. */
  hello?(attempt: number): object
  /** Instead of the challenge; empty: nothing at all. */
  readonly first?: string
}

export interface Scripted {
  readonly url: URL
  /** `connect` of every attempt. */
  readonly attempts: ConnectParams[]
  /** The next admitted client. */
  session(): Promise<Session>
}

/** A server that speaks the first frames of the protocol by a script. */
export async function scripted(
  t: Test,
  { admit = () => undefined, hello = () => ({}), first }: Script = {},
): Promise<Scripted> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const attempts: ConnectParams[] = []
  const ready: Session[] = []
  const waiting: ((session: Session) => void)[] = []
  server.on('connection', (ws) => {
    ws.on('error', () => {})
    if (first !== '')
      ws.send(first ?? JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }))
    ws.once('message', (data) => {
      const { id, params } = JSON.parse(String(data))
      attempts.push(params)
      const verdict = admit(attempts.length - 1, params)
      if (verdict && 'error' in verdict) ws.send(JSON.stringify({ type: 'res', id, ok: false, error: verdict.error }))
      if (verdict) return ws.close(verdict.close ?? 1008, 'reason' in verdict ? verdict.reason : '')
      const session = new Session(ws, params)
      session.answer(id, helloOk(hello(attempts.length - 1)))
      const next = waiting.shift()
      if (next) next(session)
      else ready.push(session)
    })
  })
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    attempts,
    session: () => {
      const session = ready.shift()
      return session ? Promise.resolve(session) : new Promise((resolve) => waiting.push(resolve))
    },
  }
}

function helloOk(more: object): object {
  return {
    type: 'hello-ok',
    protocol: 4,
    server: { version: '1.0.0', connId: 'c1' },
    features: { methods: [], events: [] },
    snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: 1 },
    auth: { role: 'operator', scopes: ['operator.read'] },
    policy: { maxPayload: 1_000, maxBufferedBytes: 1_000_000, tickIntervalMs: 30_000 },
    ...more,
  }
}

export const connectParams: ConnectParams = {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: 'test', mode: 'test', version: '1', platform: 'test' },
  role: 'operator',
  scopes: ['operator.read'],
}

/** Connects to it; closed with the test. */
export async function open(t: Test, url: URL, more: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = await Connection.open({
    address: { base: url, display: 'the gateway' },
    login: async () => connectParams,
    openMs: 5_000,
    helloMs: 5_000,
    clock: clientClock,
    ...more,
  })
  t.teardown(() => connection.close())
  return connection
}

/** A listener that keeps what it hears, and lets a test wait for it. */
export function recorder(): ConnectionListener & {
  readonly heard: unknown[]
  until(count: number): Promise<unknown[]>
} {
  const heard: unknown[] = []
  const waiting = new Set<() => void>()
  const note = (what: unknown) => {
    heard.push(what)
    for (const look of [...waiting]) look()
  }
  return {
    heard,
    event: ({ event, payload, seq }) => note({ event, payload, seq }),
    gap: (gap) => note({ gap }),
    closed: (end) => note({ closed: end }),
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (heard.length < count) return
          waiting.delete(look)
          resolve(heard)
        }
        waiting.add(look)
        look()
      }),
  }
}

export const failsWith = (kind: string, more: object = {}) => ({
  code: 'gateway_unreachable' as GatewayError['code'],
  details: { kind, ...more },
})
