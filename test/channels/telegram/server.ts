import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { until } from '../../helper/calls.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
export type Body = Record<string, any>

export interface Call {
  readonly method: string
  readonly body: Body
}

/** What the next call of a method gets instead of its answer. */
type Trouble =
  | { readonly error_code: number; readonly description: string; readonly parameters?: object }
  | 'cut'
  | 'silence'

/** A server that speaks the Bot API as Telegram does: long polls with offsets, one poller, floods, files. */
export class TelegramServer {
  readonly calls: Call[] = []
  readonly token = '123456:AAbot-token-of-a-test'
  readonly bot = { id: 123456, is_bot: true, first_name: 'Bot', username: 'test_bot' }
  readonly files = new Map<string, Uint8Array>()
  /** Called when a call has come and is not answered yet. */
  onCall: (call: Call) => void = () => {}
  revoked = false
  /** Calls that came with no token that is good. */
  refused = 0
  /** Updates in the largest answer. */
  mostGiven = 0
  /** What `setWebhook` was told; updates are then brought, one after the other, until each is taken. */
  hook: Body | undefined
  root = ''
  /** Nothing listens there any more, until it is started again. */
  stop = async () => {}
  #updates: Body[] = []
  #next = 1
  #bringing = false
  readonly #attempts = new Map<string, number>()
  #message = 100
  /** What stands in the chats, by number. */
  readonly #messages = new Map<number, { readonly chat: string; readonly text: string }>()
  #poller: { answer: () => void; refuse: () => void } | undefined
  readonly #trouble = new Map<string, (Trouble | undefined)[]>()

  async start(t: Pick<Test, 'teardown'>, port = 0): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.stop = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    t.teardown(() => {
      this.hook = undefined
      return this.stop()
    })
    return this
  }

  /** A message that has waited: nobody is told that it is there. */
  queue(text: string, more: Body = {}): void {
    this.#updates.push({ update_id: this.#next++, message: this.#written(text, more) })
  }

  /** A message of a person; gives its id. */
  says(text: string, more: Body = {}): number {
    this.update({ message: this.#written(text, more) })
    return this.#message
  }

  #written(text: string, more: Body): Body {
    this.#message += 1
    const from = { id: 42, is_bot: false, first_name: 'Ada', username: 'ada', ...more.from }
    const chat = { id: from.id, type: 'private', first_name: from.first_name, ...more.chat }
    const { from: _from, chat: _chat, ...rest } = more
    return { message_id: this.#message, date: 1_790_000_000, text, ...rest, from, chat }
  }

  update(update: Body): void {
    this.#updates.push({ update_id: this.#next++, ...update })
    this.#poller?.answer()
    void this.#bring()
  }

  /** The same updates again, as after a crash before the offset was confirmed. */
  again(updates: readonly Body[]): void {
    this.#updates.push(...updates)
    this.#poller?.answer()
  }

  get waiting(): readonly Body[] {
    return this.#updates
  }

  fails(method: string, ...troubles: (Trouble | undefined)[]): void {
    this.#trouble.set(method, [...(this.#trouble.get(method) ?? []), ...troubles])
  }

  /** Nothing of it fails any more. */
  clear(method: string): void {
    this.#trouble.delete(method)
  }

  /** Calls of a method, also those that failed. */
  attempts(method: string): number {
    return this.#attempts.get(method) ?? 0
  }

  /** Calls of a method, once there are `count` of them. */
  async called(method: string, count = 1): Promise<Body[]> {
    const of = () => this.calls.filter((call) => call.method === method)
    await until(() => of().length >= count)
    return of().map(({ body }) => body)
  }

  /** Texts that the bot has sent. */
  get sent(): string[] {
    return this.calls.filter(({ method }) => method === 'sendMessage').map(({ body }) => body.text as string)
  }

  /** Texts of the bot that somebody sees who looks into a chat now. */
  chat(id = '42'): string[] {
    return [...this.#messages.values()].filter(({ chat }) => chat === id).map(({ text }) => text)
  }

  /** A person deletes what the bot has written. */
  wipe(): void {
    this.#messages.clear()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, bot = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? []
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(request.url ?? '')
    if (file) {
      const bytes = this.files.get(file[2] ?? '')
      response.writeHead(bytes ? 200 : 404).end(bytes)
      return
    }
    const body = await readBody(request)
    this.#attempts.set(method, this.attempts(method) + 1)
    const refuse = (error_code: number, description: string, more: object = {}) =>
      json(response, error_code, { ok: false, error_code, description, ...more })
    if (bot !== this.token || this.revoked) {
      this.refused += 1
      return refuse(401, 'Unauthorized')
    }
    const trouble = this.#trouble.get(method)?.shift()
    if (trouble === 'cut') {
      request.socket.destroy()
      return
    }
    if (trouble === 'silence') return
    if (trouble) {
      const { error_code, description, parameters } = trouble
      return refuse(error_code, description, parameters ? { parameters } : {})
    }
    if (method === 'getUpdates') return this.#poll(body, response, refuse)
    if (method === 'setWebhook') this.hook = body
    if (method === 'deleteWebhook') this.hook = undefined
    if (this.hook) void this.#bring()
    this.calls.push({ method, body })
    this.onCall({ method, body })
    const refusal = this.#change(method, body)
    if (refusal !== undefined) return refuse(400, `Bad Request: ${refusal}`)
    json(response, 200, { ok: true, result: this.#answer(method, body) })
  }

  #answer(method: string, body: Body): unknown {
    if (method === 'getMe') return this.bot
    if (method === 'getWebhookInfo') {
      return { url: this.hook?.url ?? '', has_custom_certificate: false, pending_update_count: this.#updates.length }
    }
    if (method === 'getChat') {
      const pinned_message = { ...this.#written('the plan', {}), message_id: 7 }
      return { id: Number(body.chat_id), type: 'private', ...(body.chat_id === '42' && { pinned_message }) }
    }
    if (method === 'getFile') {
      const bytes = this.files.get(body.file_id)
      return { file_id: body.file_id, file_path: body.file_id, file_size: bytes?.byteLength ?? 0 }
    }
    if (!method.startsWith('send') || method === 'sendChatAction') return true
    this.#message += 1
    this.#messages.set(this.#message, { chat: String(body.chat_id), text: String(body.text ?? body.caption ?? '') })
    const poll = method === 'sendPoll' ? { poll: { id: `poll-${this.#message}`, question: body.question } } : {}
    const chat = { id: Number(body.chat_id), type: 'private' }
    return { message_id: this.#message, date: 1_790_000_000, chat, ...poll }
  }

  /** Changes a message; gives why it cannot, or why nothing can be sent. */
  #change(method: string, { chat_id, message_id, text, parse_mode }: Body): string | undefined {
    if (visible(text, parse_mode) > 4096) return 'message is too long'
    if (method !== 'editMessageText' && method !== 'deleteMessage') return undefined
    const message = this.#messages.get(message_id)
    const verb = method === 'deleteMessage' ? 'delete' : 'edit'
    if (message?.chat !== String(chat_id)) return `message to ${verb} not found`
    if (verb === 'delete') this.#messages.delete(message_id)
    else if (message.text === text) {
      return 'message is not modified: specified new message content and reply markup are exactly the same'
    } else this.#messages.set(message_id, { ...message, text })
    return undefined
  }

  async #bring(): Promise<void> {
    if (this.#bringing) return
    this.#bringing = true
    while (this.hook && this.#updates.length > 0) {
      const taken = await fetch(this.hook.url, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': this.hook.secret_token },
        body: JSON.stringify(this.#updates[0]),
      }).catch(() => undefined)
      if (taken?.ok) this.#updates.shift()
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
    this.#bringing = false
  }

  #poll(body: Body, response: ServerResponse, refuse: (code: number, text: string) => void): void {
    // A second poller ends the first one's poll, as Telegram does.
    this.#poller?.refuse()
    if (this.hook) {
      refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first")
      return
    }
    const offset = Number(body.offset ?? 0)
    this.#updates = this.#updates.filter(({ update_id }) => update_id >= offset)
    const limit = Number(body.limit ?? 100)
    const timer = setTimeout(() => answer(), Number(body.timeout ?? 0) * 1000)
    const done = () => {
      clearTimeout(timer)
      this.#poller = undefined
    }
    const answer = () => {
      done()
      const given = this.#updates.slice(0, limit)
      this.mostGiven = Math.max(this.mostGiven, given.length)
      json(response, 200, { ok: true, result: given })
    }
    this.#poller = {
      answer,
      refuse: () => {
        done()
        refuse(409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running')
      },
    }
    response.on('close', () => clearTimeout(timer))
    if (this.#updates.length > 0) answer()
  }
}

/** Characters that count: markup does not. */
function visible(text: unknown, mode: unknown): number {
  const raw = String(text ?? '')
  return (mode === 'HTML' ? raw.replace(/<[^>]+>/g, '').replace(/&\w+;/g, '&') : raw).length
}

function json(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** JSON, or the fields of a form with the sizes of its files. */
async function readBody(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const raw = Buffer.concat(parts)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/')) return raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'))
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
  return Object.fromEntries(
    [...form].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { name: value.name, size: value.size },
    ]),
  )
}
