import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Body } from '../_stage.js'

export const appId = '102000001'
export const secret = 'client-secret-of-a-test'
export const ada = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01'
export const group = 'GGGGGGGGGGGGGGGGGGGGGGGGGGGGGG01'

type Trouble = { readonly status: number; readonly body: Body; readonly taken?: boolean } | 'cut'

/** A server that speaks as QQ's open platform does: tokens, the gateway with its sessions, messages with their numbers. */
export class QqServer {
  readonly posts: { readonly path: string; readonly body: Body }[] = []
  readonly uploads: { readonly path: string; readonly body: Body }[] = []
  refusesFiles: Body | undefined
  readonly files = new Map<string, Uint8Array>()
  /** Frames of the bot but for heartbeats. */
  readonly heard: Body[] = []
  beats = 0
  tokens = 0
  secret = secret
  /** Intents that are granted. */
  granted = -1
  root = ''
  #seq = 0
  #message = 0
  #session = 0
  #socket: WebSocket | undefined
  /** Events by number, for who resumes. */
  readonly #events: Body[] = []
  readonly #early: Body[] = []
  readonly #pairs = new Set<string>()
  readonly #trouble: Trouble[] = []
  valid = ''

  async start(t: Pick<Test, 'teardown'>): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response))
    const sockets = new WebSocketServer({ server, path: '/ws' })
    sockets.on('connection', (socket) => this.#connect(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.teardown(() => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
    })
    return this
  }

  /** Somebody writes to the bot; gives the id of the message. */
  says(content: string, more: Body = {}): string {
    return this.event('C2C_MESSAGE_CREATE', { author: { id: ada, user_openid: ada }, content, ...more })
  }

  event(t: string, data: Body): string {
    this.#message += 1
    const id = `ROBOT1.0_${this.#message}`
    const frame = { op: 0, t, d: { id, timestamp: '2026-11-29T12:00:00+08:00', ...data } }
    // A test need not wait for the bot to come.
    if (this.#session === 0) this.#early.push(frame)
    else this.#number(frame)
    return id
  }

  /** The next post fails. `taken`: it arrives all the same. */
  fails(...troubles: readonly Trouble[]): void {
    this.#trouble.push(...troubles)
  }

  /** Breaks the connection; what is said until it is taken up again is kept. */
  cut(code = 4009): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(code)
  }

  ask(op: number, d: unknown = null): void {
    this.#say({ op, d })
  }

  get sent(): string[] {
    return this.posts.map(({ body }) => body.content)
  }

  #number(frame: Body): void {
    this.#seq += 1
    const numbered = { ...frame, s: this.#seq }
    this.#events.push(numbered)
    this.#say(numbered)
  }

  #say(frame: Body): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  #connect(socket: WebSocket): void {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 100 } }))
    socket.on('message', (raw) => {
      const { op, d } = JSON.parse(String(raw))
      if (op === 1) {
        this.beats += 1
        socket.send(JSON.stringify({ op: 11 }))
        return
      }
      this.heard.push({ op, d })
      if (d.token !== `QQBot ${this.valid}`) return socket.close(4004)
      if (op === 2) this.#identify(socket, d)
      else if (op === 6) this.#resume(socket, d)
    })
  }

  #identify(socket: WebSocket, { intents }: Body) {
    if ((intents & ~this.granted) !== 0) return socket.send(JSON.stringify({ op: 9, d: false }))
    this.#session += 1
    this.#seq += 1
    this.#socket = socket
    const d = {
      version: 1,
      session_id: `s-${this.#session}`,
      user: { id: '1', username: 'TestBot', bot: true },
      shard: [0, 1],
    }
    this.#say({ op: 0, s: this.#seq, t: 'READY', d })
    for (const frame of this.#early.splice(0)) this.#number(frame)
  }

  #resume(socket: WebSocket, { session_id, seq }: Body) {
    if (session_id !== `s-${this.#session}`) return socket.send(JSON.stringify({ op: 9, d: false }))
    this.#socket = socket
    for (const frame of this.#events) if (frame.s > seq) this.#say(frame)
    this.#seq += 1
    this.#say({ op: 0, s: this.#seq, t: 'RESUMED', d: '' })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const raw = Buffer.concat(parts).toString('utf8')
    const body: Body = raw === '' ? {} : JSON.parse(raw)
    const answer = (status: number, value: Body) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '0' }) })
        .end(JSON.stringify(value))
    const path = request.url ?? ''
    const file = this.files.get(path)
    if (file) return response.end(file)
    if (path === '/token') {
      if (body.appId !== appId || body.clientSecret !== this.secret) {
        return answer(200, { code: 100016, message: 'invalid appid or secret' })
      }
      this.tokens += 1
      this.valid = `token-${this.tokens}`
      return answer(200, { access_token: this.valid, expires_in: '7200' })
    }
    if (request.headers.authorization !== `QQBot ${this.valid}`) {
      return answer(401, { code: 11244, message: 'token not exist or expire' })
    }
    if (path === '/gateway') return answer(200, { url: `${this.root.replace('http', 'ws')}/ws` })
    if (/^\/v2\/(?:users|groups)\/[^/]+\/files$/.test(path)) {
      const refused = this.refusesFiles
      if (refused) return answer(400, refused)
      this.uploads.push({ path, body })
      return answer(200, { file_uuid: 'u', file_info: `info-${this.uploads.length}`, ttl: 3600 })
    }
    if (path === '/users/@me') return answer(200, { id: '1', username: 'TestBot' })
    return this.#post(path, body, answer, request)
  }

  #post(path: string, body: Body, answer: (status: number, value: Body) => unknown, request: IncomingMessage) {
    const trouble = this.#trouble.shift()
    if (trouble !== undefined && trouble !== 'cut' && !trouble.taken) return answer(trouble.status, trouble.body)
    const pair = `${path} ${body.msg_id} ${body.msg_seq}`
    if (body.msg_id !== undefined && path.startsWith('/v2/')) {
      if (this.#pairs.has(pair)) return answer(400, { code: 40054005, message: 'msg_seq was used before' })
      this.#pairs.add(pair)
    }
    this.posts.push({ path, body })
    if (trouble === 'cut') return request.socket.destroy()
    if (trouble) return answer(trouble.status, trouble.body)
    return answer(200, { id: `sent-${this.posts.length}`, timestamp: '2026-11-29T12:00:01+08:00' })
  }
}
