import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Body } from '../_stage.js'
import { decodeFrame, encodeFrame } from './frames.js'

export const appId = 'cli_0123456789abcdef'
export const secret = 'app-secret-of-a-test'
export const botId = 'ou_bot00000000000000000000000000001'
export const ada = 'ou_ada00000000000000000000000000001'
export const bob = 'ou_bob00000000000000000000000000001'
export const group = 'oc_group000000000000000000000000001'

type Trouble = { readonly status?: number; readonly code: number; readonly taken?: boolean }

/** A server that speaks as Feishu's open platform does: tokens, messages, files, and the long connection. */
export class FeishuServer {
  readonly posts: { readonly path: string; readonly body: Body }[] = []
  readonly uploads: { readonly path: string; readonly body: Body }[] = []
  readonly files = new Map<string, Uint8Array>()
  /** Codes that the bot has answered events with. */
  readonly acknowledged: number[] = []
  connections = 0
  tokens = 0
  valid = ''
  secret = secret
  root = ''
  #message = 0
  readonly #sockets = new Set<WebSocket>()
  readonly #waiting: Body[] = []
  readonly #trouble: Trouble[] = []
  readonly #shown = new Map<string, string>()

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

  /** Somebody writes; the event as the platform posts it. */
  event(content: Body | string, more: Body = {}): Body {
    this.#message += 1
    const { from = ada, ...rest } = more
    const message = {
      ...{ message_id: `om_${this.#message}`, create_time: '1790000000000', chat_type: 'p2p', chat_id: 'oc_p2p' },
      ...{ message_type: 'text', content: JSON.stringify(typeof content === 'string' ? { text: content } : content) },
      ...rest,
    }
    const header = { event_id: `e${this.#message}`, event_type: 'im.message.receive_v1', app_id: appId, token: 'vt' }
    return { schema: '2.0', header, event: { sender: { sender_id: { open_id: from }, sender_type: 'user' }, message } }
  }

  /** By the long connection. */
  says(content: Body | string, more: Body = {}): Body {
    const event = this.event(content, more)
    this.hand(event)
    return event
  }

  hand(event: Body): void {
    if (this.#sockets.size === 0) this.#waiting.push(event)
    for (const socket of this.#sockets) this.#write(socket, event)
  }

  cut(): void {
    for (const socket of this.#sockets) socket.terminate()
    this.#sockets.clear()
  }

  fails(...troubles: readonly Trouble[]): void {
    this.#trouble.push(...troubles)
  }

  /** What people see. */
  get sent(): string[] {
    return this.posts.map(({ body }) => {
      const content = JSON.parse(body.content)
      return content.text ?? content.zh_cn?.content[0][0].text ?? content.body?.elements[0].content
    })
  }

  #write(socket: WebSocket, event: Body): void {
    const headers = { type: 'event', message_id: event.header.event_id, sum: '1', seq: '0', trace_id: 't' }
    socket.send(encodeFrame({ method: 1, headers, payload: JSON.stringify(event) }))
  }

  #connect(socket: WebSocket): void {
    this.connections += 1
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('message', (raw) => {
      const { method, payload } = decodeFrame(raw as Buffer)
      if (method === 1) this.acknowledged.push(JSON.parse(payload).code)
      if (method === 1 || this.#sockets.has(socket)) return
      // Its first ping: from now on the library listens.
      this.#sockets.add(socket)
      for (const event of this.#waiting.splice(0)) this.#write(socket, event)
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = await bodyOf(Buffer.concat(parts), request.headers['content-type'] ?? '')
    const answer = (value: Body, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    const path = request.url ?? ''
    if (path === '/callback/ws/endpoint') {
      if (body.AppID !== appId || body.AppSecret !== this.secret)
        return answer({ code: 1000040343, msg: 'bad secret', data: {} })
      const ClientConfig = { PingInterval: 60, ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0 }
      const URL = `${this.root.replace('http', 'ws')}/ws?device_id=d1&service_id=1`
      return answer({ code: 0, msg: '', data: { URL, ClientConfig } })
    }
    if (path.endsWith('/tenant_access_token/internal')) {
      if (body.app_id !== appId || body.app_secret !== this.secret)
        return answer({ code: 10014, msg: 'app secret invalid' })
      this.tokens += 1
      this.valid = `t-${this.tokens}`
      return answer({ code: 0, msg: 'ok', tenant_access_token: this.valid, expire: 7200 })
    }
    if (request.headers.authorization !== `Bearer ${this.valid}`) {
      return answer({ code: 99991663, msg: 'Invalid access token for authorization' }, 400)
    }
    if (path === '/open-apis/bot/v3/info') {
      return answer({ code: 0, msg: 'ok', bot: { open_id: botId, app_name: 'Test Bot', activate_status: 2 } })
    }
    if (path === '/open-apis/im/v1/images' || path === '/open-apis/im/v1/files') {
      const trouble = this.#trouble.shift()
      if (trouble) return answer({ code: trouble.code, msg: 'trouble' }, trouble.status ?? 400)
      this.uploads.push({ path, body })
      const key = path.endsWith('images') ? 'image_key' : 'file_key'
      return answer({ code: 0, msg: 'ok', data: { [key]: `${key}_${this.uploads.length}` } })
    }
    if (path.startsWith('/open-apis/im/v1/chats')) return answer({ code: 0, msg: 'ok', data: this.#chats(path) })
    const file = this.files.get(path)
    if (file) return response.end(file)
    return this.#post(path, body, answer)
  }

  /** One at a time, whatever was asked for. */
  #chats(path: string): Body {
    const all = path.includes('/members')
      ? [
          { member_id_type: 'open_id', member_id: ada, name: 'Ada' },
          { member_id_type: 'open_id', member_id: bob, name: 'Bob' },
        ]
      : [
          { chat_id: group, name: 'Team' },
          { chat_id: 'oc_other', name: 'Other' },
        ]
    const at = Number(new URL(path, this.root).searchParams.get('page_token') ?? 0)
    return { items: all.slice(at, at + 1), has_more: at === 0, page_token: at === 0 ? '1' : '' }
  }

  #post(path: string, body: Body, answer: (value: Body, status?: number) => unknown): unknown {
    const trouble = this.#trouble.shift()
    if (trouble && !trouble.taken) return answer({ code: trouble.code, msg: 'trouble' }, trouble.status ?? 400)
    const known = this.#shown.get(body.uuid)
    const id = known ?? `om_sent_${this.posts.length}`
    if (known === undefined) this.posts.push({ path, body })
    this.#shown.set(body.uuid, id)
    if (trouble) return answer({ code: trouble.code, msg: 'trouble' }, trouble.status ?? 500)
    return answer({ code: 0, msg: 'success', data: { message_id: id } })
  }
}

/** JSON, or the fields of a form with the sizes of its files. */
async function bodyOf(raw: Buffer, type: string): Promise<Body> {
  if (!type.startsWith('multipart/')) return raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'))
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
  return Object.fromEntries(
    [...form].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { name: value.name, size: value.size, type: value.type },
    ]),
  )
}
