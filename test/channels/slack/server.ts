import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { until } from '../../helper/calls.js'
import type { Body } from '../_stage.js'

/** What the next call of a method gets instead of its answer. */
type Trouble = { readonly status?: number; readonly body: object; readonly headers?: Record<string, string> } | 'cut'

const people: Record<string, string> = { UADA00001: 'Ada', UBOB00001: 'Bob' }

/** A server that speaks Slack's Web API and socket mode: addresses, hello, envelopes that are sent until they are told. */
export class SlackServer {
  readonly botToken = 'xoxb-1-test-token'
  readonly appToken = 'xapp-1-test-token'
  readonly bot = { user_id: 'UBOT00001', bot_id: 'BBOT00001', user: 'test_bot', team_id: 'T00000001', team: 'T' }
  readonly calls: { readonly method: string; readonly body: Body }[] = []
  readonly acked: string[] = []
  readonly files = new Map<string, Uint8Array>()
  readonly uploaded: number[] = []
  sessions = 0
  revoked = false
  root = ''
  readonly #sockets = new Set<WebSocket>()
  readonly #trouble = new Map<string, Trouble[]>()
  /** Envelopes that nobody has told to have. */
  readonly #open = new Map<string, object>()
  #ts = 1_790_000_000
  #next = 0

  async start(t: Pick<Test, 'teardown'>): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response))
    const gateway = new WebSocketServer({ server, path: '/link' })
    gateway.on('connection', (socket) => this.#session(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.teardown(() => {
      for (const socket of gateway.clients) socket.terminate()
      gateway.close()
      server.closeAllConnections()
      server.close()
    })
    return this
  }

  /** A message of a person, directly unless `more` names a room; gives it. */
  says(text: string, more: Body = {}): Body {
    this.#ts += 1
    const ts = `${this.#ts}.000100`
    const event = { type: 'message', user: 'UADA00001', channel: 'DADA00001', channel_type: 'im', text, ts, ...more }
    this.event(event)
    return event
  }

  saysIn(channel: string, text: string, more: Body = {}): Body {
    return this.says(text, { channel, channel_type: 'channel', ...more })
  }

  event(event: Body): string {
    this.#next += 1
    const envelope_id = `e${this.#next}`
    const payload = { team_id: this.bot.team_id, event_id: `Ev${this.#next}`, type: 'event_callback', event }
    const envelope = { envelope_id, type: 'events_api', accepts_response_payload: false, payload }
    this.#open.set(envelope_id, envelope)
    for (const socket of this.#sockets) socket.send(JSON.stringify(envelope))
    return envelope_id
  }

  /** Slack moves its sockets. */
  refresh(): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
    this.#sockets.clear()
  }

  /** The network is gone. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate()
    this.#sockets.clear()
  }

  fails(method: string, ...troubles: Trouble[]): void {
    this.#trouble.set(method, [...(this.#trouble.get(method) ?? []), ...troubles])
  }

  /** Calls of a method, once there are `count` of them. */
  async called(method: string, count = 1): Promise<Body[]> {
    const of = () => this.calls.filter((call) => call.method === method)
    await until(() => of().length >= count)
    return of().map(({ body }) => body)
  }

  get sent(): string[] {
    return this.calls.filter(({ method }) => method === 'chat.postMessage').map(({ body }) => body.text as string)
  }

  #session(socket: WebSocket): void {
    this.sessions += 1
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('message', (data) => {
      const { envelope_id } = JSON.parse(String(data))
      this.#open.delete(envelope_id)
      this.acked.push(envelope_id)
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }))
    for (const envelope of this.#open.values()) socket.send(JSON.stringify(envelope))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    const bytes = await bytesOf(request)
    if (url.startsWith('/upload/')) {
      this.uploaded.push(bytes.length)
      response.writeHead(200).end('OK')
      return
    }
    const bearer = String(request.headers.authorization ?? '').replace('Bearer ', '')
    if (url.startsWith('/files/')) {
      const file = bearer === this.botToken ? this.files.get(url.slice(7)) : undefined
      response.writeHead(file ? 200 : 404).end(file)
      return
    }
    const method = url.replace('/api/', '')
    const body = await fieldsOf(bytes, request.headers['content-type'] ?? '')
    const wanted = method === 'apps.connections.open' ? this.appToken : this.botToken
    if ((bearer || body.token) !== wanted || this.revoked) return json(response, { ok: false, error: 'invalid_auth' })
    const trouble = this.#trouble.get(method)?.shift()
    if (trouble === 'cut') {
      request.socket.destroy()
      return
    }
    if (trouble) return json(response, trouble.body, trouble.status, trouble.headers)
    this.calls.push({ method, body })
    json(response, { ok: true, ...this.#answer(method, body) })
  }

  #answer(method: string, body: Body): Body {
    if (method === 'auth.test') return this.bot
    if (method === 'apps.connections.open') return { url: `${this.root.replace('http', 'ws')}/link?ticket=1` }
    if (method === 'users.info') return { user: { name: 'x', profile: { display_name: people[body.user] ?? '' } } }
    if (method === 'users.list') return this.#page('members', body, [...members])
    if (method === 'conversations.list') return { channels: [...rooms] }
    if (method === 'conversations.members') return { members: ['UADA00001', 'UGHOST001'] }
    if (method === 'conversations.history') return { messages: history }
    if (method === 'conversations.replies') return this.#page('messages', body, thread)
    if (method === 'pins.list') return { items: [{ type: 'message', message: history[0] }] }
    if (method === 'conversations.open') return { channel: { id: String(body.users).replace('U', 'D') } }
    if (method === 'files.getUploadURLExternal') return { upload_url: `${this.root}/upload/1`, file_id: 'F1' }
    if (method === 'files.completeUploadExternal') return { files: [{ id: 'F1', title: 'a' }] }
    this.#ts += 1
    return { ts: `${this.#ts}.000200`, channel: body.channel }
  }

  /** Two at a time, whatever was asked for. */
  #page(key: string, { cursor = '0' }: Body, all: readonly Body[]): Body {
    const from = Number(cursor)
    const next = from + 2 < all.length ? String(from + 2) : ''
    return { [key]: all.slice(from, from + 2), response_metadata: { next_cursor: next } }
  }
}

/** From its beginning on. */
const thread = ['one', 'two', 'three', 'four', 'five'].map((text, index) => ({ text, ts: `${index + 1}.000100` }))

/** What stands in the room, the newest first. */
const history = [
  { type: 'message', user: 'UBOB00001', text: 'later &amp; more', ts: '1780000002.000100' },
  { type: 'message', user: 'UADA00001', text: 'earlier', ts: '1780000001.000100' },
]

/** What the team looks like. */
const members = [
  { id: 'UADA00001', name: 'ada', real_name: 'Ada L.', profile: { display_name: 'Ada' } },
  { id: 'UOLD00001', name: 'old', deleted: true },
  { id: 'UBOB00001', name: 'bob', real_name: 'Bob', profile: { display_name: '' } },
]
const rooms = [
  { id: 'C00000001', name: 'general' },
  { id: 'G00000001', name: 'mpdm-ada--bob-1', is_mpim: true },
]

function json(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

async function fieldsOf(bytes: Buffer, type: string): Promise<Body> {
  if (bytes.length === 0) return {}
  if (type.includes('json')) return JSON.parse(bytes.toString('utf8'))
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  return Object.fromEntries(form)
}
