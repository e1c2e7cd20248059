import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { until } from '../../helper/calls.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
export type Body = Record<string, any>

export interface Call {
  /** Method and path, without the version. */
  readonly route: string
  readonly body: Body
}

/** What the next request of a route gets instead of its answer. */
type Trouble = { readonly status: number; readonly body: object; readonly headers?: Record<string, string> } | 'cut'

export const guildId = '500000000000000001'
export const roomId = '600000000000000001'
export const threadId = '700000000000000001'
export const roleId = '800000000000000001'
const bot = { id: '100000000000000001', username: 'test_bot', discriminator: '0', bot: true, avatar: null }

/** A server that speaks Discord's REST and gateway (v10, JSON): hello, identify, resume, heartbeats, dispatch, nonces. */
export class DiscordServer {
  readonly token = 'MTAw.test.discord-token'
  readonly calls: Call[] = []
  readonly identified: Body[] = []
  readonly resumed: Body[] = []
  readonly files = new Map<string, Uint8Array>()
  /** Messages as people see them: a nonce that was seen shows nothing new. */
  readonly shown: Body[] = []
  /** The next sessions are closed with it when they identify. */
  closeWith: number | undefined
  revoked = false
  root = ''
  readonly #sockets = new Set<WebSocket>()
  readonly #nonces = new Map<string, Body>()
  readonly #trouble = new Map<string, Trouble[]>()
  #missed: Body[] = []
  #seq = 0
  #next = 900000000000000000n

  async start(t: Pick<Test, 'teardown'>): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response))
    const gateway = new WebSocketServer({ server, path: '/gateway' })
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
  says(content: string, more: Body = {}): Body {
    const id = this.#id()
    const author = {
      id: '420000000000000000',
      username: 'ada',
      global_name: 'Ada',
      discriminator: '0',
      avatar: null,
      ...more.author,
    }
    const message = {
      ...{ id, content, type: 0, tts: false, pinned: false, mention_everyone: false, flags: 0 },
      ...{ timestamp: '2026-11-01T12:00:00.000000+00:00', edited_timestamp: null },
      ...{ mentions: [], mention_roles: [], attachments: [], embeds: [], components: [] },
      ...(more.guild_id ? {} : { channel_id: `33${author.id.slice(2)}`, channel_type: 1 }),
      ...more,
      author,
    }
    this.dispatch('MESSAGE_CREATE', message)
    return message
  }

  /** The same in a room of the server, with what a member is there. */
  saysIn(channel: string, content: string, more: Body = {}): Body {
    const member = { roles: [roleId], joined_at: '2026-01-01T00:00:00Z', deaf: false, mute: false, flags: 0 }
    return this.says(content, { guild_id: guildId, channel_id: channel, member, ...more })
  }

  /** Without a session it waits for the one that resumes. */
  dispatch(t: string, d: Body): void {
    this.#seq += 1
    const frame = { op: 0, t, d, s: this.#seq }
    if (this.#sockets.size === 0) this.#missed.push(frame)
    for (const socket of this.#sockets) socket.send(JSON.stringify(frame))
  }

  /** Ends all sessions, as Discord does when it moves or refuses them. */
  drop(code: number): void {
    for (const socket of this.#sockets) socket.close(code)
    this.#sockets.clear()
  }

  fails(route: string, ...troubles: Trouble[]): void {
    this.#trouble.set(route, [...(this.#trouble.get(route) ?? []), ...troubles])
  }

  async called(route: string | RegExp, count = 1): Promise<Body[]> {
    const of = () =>
      this.calls.filter((call) => (typeof route === 'string' ? call.route === route : route.test(call.route)))
    await until(() => of().length >= count)
    return of().map(({ body }) => body)
  }

  /** What the bot has said, once there is so much of it. */
  async said(count = 1): Promise<Body[]> {
    await until(() => this.shown.length >= count)
    return this.shown
  }

  get mention(): Body {
    return { mentions: [bot] }
  }

  #id(): string {
    this.#next += 1n
    return String(this.#next)
  }

  #session(socket: WebSocket): void {
    const send = (frame: object) => socket.send(JSON.stringify(frame))
    send({ op: 10, d: { heartbeat_interval: 41_250 } })
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(String(data))
      if (op === 1) send({ op: 11 })
      if (op === 2) this.#identify(socket, d, send)
      if (op === 6) {
        this.resumed.push(d)
        this.#sockets.add(socket)
        for (const frame of this.#missed.splice(0)) send(frame)
        send({ op: 0, t: 'RESUMED', d: {}, s: this.#seq })
      }
    })
  }

  #identify(socket: WebSocket, d: Body, send: (frame: object) => void): void {
    this.identified.push(d)
    const refused = d.token !== this.token || this.revoked ? 4004 : undefined
    const close = this.closeWith ?? refused
    if (close !== undefined) {
      socket.close(close)
      return
    }
    this.#sockets.add(socket)
    this.#seq += 1
    send({
      ...{ op: 0, t: 'READY', s: this.#seq },
      d: {
        ...{ v: 10, user: bot, guilds: [{ id: guildId, unavailable: true }], session_id: `s${this.#seq}` },
        ...{ resume_gateway_url: `${this.root.replace('http', 'ws')}/gateway`, application: { id: bot.id, flags: 0 } },
      },
    })
    const room = { id: roomId, type: 0, name: 'general', position: 0, permission_overwrites: [] }
    const thread = {
      ...{ id: threadId, type: 11, name: 'a thread', parent_id: roomId, guild_id: guildId, owner_id: bot.id },
      thread_metadata: {
        archived: false,
        auto_archive_duration: 60,
        archive_timestamp: '2026-01-01T00:00:00Z',
        locked: false,
      },
    }
    const role = {
      id: roleId,
      name: 'staff',
      color: 0,
      position: 1,
      permissions: '0',
      hoist: false,
      managed: false,
      mentionable: true,
    }
    this.#seq += 1
    send({
      ...{ op: 0, t: 'GUILD_CREATE', s: this.#seq },
      d: {
        ...{ id: guildId, name: 'G', owner_id: '1', roles: [role], channels: [room], threads: [thread], members: [] },
        ...{
          emojis: [],
          stickers: [],
          features: [],
          member_count: 2,
          unavailable: false,
          voice_states: [],
          presences: [],
        },
        ...{ stage_instances: [], guild_scheduled_events: [], joined_at: '2026-01-01T00:00:00Z', large: false },
      },
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    const file = /^\/files\/([^?]+)/.exec(url)
    if (file) {
      const bytes = this.files.get(file[1] ?? '')
      response.writeHead(bytes ? 200 : 404).end(bytes)
      return
    }
    const route = `${request.method} ${decodeURIComponent(url.replace(/^\/api\/v10/, ''))}`
    const body = await readBody(request)
    if (request.headers.authorization !== `Bot ${this.token}` || this.revoked) {
      return json(response, 401, { message: '401: Unauthorized', code: 0 })
    }
    const trouble = this.#trouble.get(route)?.shift()
    if (trouble === 'cut') {
      // It arrived, and nobody hears of it.
      this.#post(route, body)
      request.socket.destroy()
      return
    }
    if (trouble) return json(response, trouble.status, trouble.body, trouble.headers)
    this.calls.push({ route, body })
    const answer = this.#answer(route, body)
    if (answer === undefined) response.writeHead(204).end()
    else json(response, 200, answer)
  }

  #answer(route: string, body: Body): unknown {
    if (route === 'GET /gateway/bot') {
      const limit = { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 }
      return { url: `${this.root.replace('http', 'ws')}/gateway`, shards: 1, session_start_limit: limit }
    }
    if (route === 'GET /users/@me') return bot
    if (/^GET \/guilds\/\d+\/members/.test(route)) {
      return [
        { nick: 'Countess', user: { id: '420000000000000000', username: 'ada', global_name: 'Ada' } },
        { nick: null, user: { id: '430000000000000000', username: 'bob' } },
      ].slice(0, route.includes('/search') ? 1 : 2)
    }
    if (/^GET \/channels\/\d+\/messages\/pins$/.test(route)) {
      return {
        items: history.slice(0, 1).map((message) => ({ pinned_at: message.timestamp, message })),
        has_more: false,
      }
    }
    if (/^GET \/channels\/\d+\/messages\?/.test(route)) return history
    if (route === 'POST /users/@me/channels')
      return { id: `33${String(body.recipient_id).slice(2)}`, type: 1, recipients: [] }
    return this.#post(route, body)
  }

  #post(route: string, body: Body): Body | undefined {
    const [, channel] = /^POST \/channels\/(\d+)\/messages$/.exec(route) ?? []
    if (channel === undefined) return undefined
    const known = body.enforce_nonce ? this.#nonces.get(body.nonce) : undefined
    if (known) return known
    const message = { ...body, id: this.#id(), channel_id: channel, author: bot }
    if (body.nonce) this.#nonces.set(body.nonce, message)
    this.shown.push(message)
    return message
  }
}

/** What stands in the room, the newest first. */
const history = ['later', 'earlier'].map((content, index) => ({
  ...{ id: String(20 - index), channel_id: roomId, content, timestamp: `2026-11-01T12:0${1 - index}:00.000000+00:00` },
  author: { id: '420000000000000000', username: 'ada', global_name: 'Ada' },
}))

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

/** JSON, or the fields of a form: its payload, and the names and sizes of its files. */
async function readBody(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const raw = Buffer.concat(parts)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/')) return raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'))
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
  const files = [...form.values()].flatMap((value) =>
    typeof value === 'string' ? [] : [{ name: value.name, size: value.size }],
  )
  return { ...JSON.parse(String(form.get('payload_json') ?? '{}')), sentFiles: files }
}
