import { EventEmitter } from 'node:events'
import type { AnyMessageContent, proto, UserFacingSocketConfig, WAMessage } from 'baileys'
import { BufferJSON, initAuthCreds } from 'baileys'
import type { Library, MediaFacts, Socket } from '../../../src/channels/whatsapp/library.js'
import { until } from '../../helper/calls.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
type Any = any

export const bot = { id: '491700000001:7@s.whatsapp.net', lid: '9001:7@lid', name: 'Bot' }
export const ada = '491701111111@s.whatsapp.net'
export const friends = '120363000000000001@g.us'

/** What the library makes of a socket, without anybody behind it (spec/runtime.md 2.2, "Test seam"). */
export class FakeSocket extends EventEmitter {
  readonly config: UserFacingSocketConfig
  readonly ev: Socket['ev']
  readonly user = bot
  readonly phone: Phone
  ended = false
  readonly signalRepository = {
    lidMapping: { getPNForLID: async (lid: string) => this.phone.numbers.get(lid) ?? null },
  }

  constructor(config: UserFacingSocketConfig, phone: Phone) {
    super()
    this.config = config
    this.phone = phone
    this.ev = this as unknown as Socket['ev']
    // As Baileys does.
    this.on('creds.update', (change: object) => Object.assign(config.auth.creds, change))
  }

  open(): void {
    this.emit('connection.update', { connection: 'open' })
  }

  close(code: number): void {
    if (this.ended) return
    this.ended = true
    const error = Object.assign(new Error(`closed with ${code}`), { output: { statusCode: code } })
    this.emit('connection.update', { connection: 'close', lastDisconnect: { error, date: new Date() } })
  }

  /** A code was scanned: the phone hands over who the account is, and the platform wants a new socket. */
  scanned(): void {
    this.emit('creds.update', { me: { id: bot.id, lid: bot.lid }, account: { details: Buffer.from('x') } })
    this.close(515)
  }

  says(message: proto.IMessage | string, key: Partial<WAMessage['key']> = {}, more: object = {}): string {
    const id = key.id ?? `IN${this.phone.next()}`
    const content = typeof message === 'string' ? { conversation: message } : message
    const one = {
      key: { remoteJid: ada, fromMe: false, ...key, id },
      message: content,
      messageTimestamp: Math.floor(Date.now() / 1000),
      pushName: 'Ada',
      ...more,
    }
    this.emit('messages.upsert', { type: 'notify', messages: [one] })
    return id
  }

  async sendMessage(jid: string, content: AnyMessageContent, options: Any = {}): Promise<WAMessage> {
    const trouble = this.phone.troubles.shift()
    if (trouble !== undefined) throw Object.assign(new Error('trouble'), { output: { statusCode: trouble } })
    this.phone.sent.push({ jid, content: content as Any, options })
    const message = {
      key: { remoteJid: jid, fromMe: true, id: options.messageId ?? `OUT${this.phone.next()}` },
      message: { conversation: (content as Any).text ?? '' },
    } as WAMessage
    this.emit('messages.upsert', { type: 'append', messages: [message] })
    return message
  }

  async groupFetchAllParticipating(): Promise<Any> {
    return { [friends]: { id: friends, subject: 'Friends', participants: [] } }
  }

  async groupMetadata(jid: string): Promise<Any> {
    const hidden = { id: '77@lid', phoneNumber: ada, notify: 'Ada' }
    return { id: jid, subject: 'Friends', participants: [hidden, { id: '88@lid' }, { id: bot.id }] }
  }

  async sendPresenceUpdate(type: string, jid?: string): Promise<void> {
    this.phone.presence.push(`${type} ${jid}`)
  }

  async readMessages(keys: WAMessage['key'][]): Promise<void> {
    this.phone.read.push(...keys.map(({ id }) => id ?? ''))
  }

  async requestPairingCode(number: string): Promise<string> {
    this.emit('creds.update', { me: { id: `${number}@s.whatsapp.net`, name: '~' } })
    this.phone.next()
    this.emit('asked')
    return 'ABCD2345'
  }

  async logout(): Promise<void> {
    this.phone.logouts += 1
    this.close(401)
  }

  end(): void {
    this.ended = true
  }
}

/** What happened on the other side. */
export class Phone {
  readonly sockets: FakeSocket[] = []
  readonly sent: { jid: string; content: Any; options: Any }[] = []
  readonly presence: string[] = []
  readonly read: string[] = []
  readonly numbers = new Map<string, string>()
  readonly files = new Map<string, Uint8Array[]>()
  /** Status codes of what the next sends fail with. */
  readonly troubles: number[] = []
  logouts = 0
  #count = 0

  next(): number {
    this.#count += 1
    return this.#count
  }

  /** The socket of this number, counted from one, as soon as there is one. */
  async socket(count: number): Promise<FakeSocket> {
    await until(() => this.sockets.length >= count)
    return this.sockets[count - 1] as FakeSocket
  }

  /** Texts that arrived, in order. */
  get texts(): string[] {
    return this.sent.flatMap(({ content }) => content.text ?? [])
  }

  readonly library: Library = {
    makeSocket: (config) => {
      const socket = new FakeSocket(config, this)
      this.sockets.push(socket)
      return socket as unknown as Socket
    },
    newCreds: initAuthCreds,
    toJson: (value) => JSON.stringify(value, BufferJSON.replacer),
    fromJson: (text) => JSON.parse(text, BufferJSON.reviver),
    syncKey: (value) => value as never,
    download: async ({ directPath }: MediaFacts) => {
      const parts = this.files.get(directPath) ?? []
      return (async function* () {
        yield* parts
      })()
    },
  }
}
