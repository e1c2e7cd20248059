import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyMessageContent, MiscMessageGenerationOptions, WAMessage } from 'baileys'
import { commandFor } from '../../instance/profile.js'
import {
  ChannelFailure,
  type ChannelLogin,
  type Connection,
  type Directory,
  type Host,
  type InboundMedia,
  type Outbound,
  type Place,
  type Poll,
  type Probed,
} from '../port.js'
import { AuthFolder } from './auth.js'
import { type Closed, failureOf, loggedOut, restartRequired } from './closed.js'
import { mediaFacts } from './content.js'
import { whatsappDirectory } from './directory.js'
import { jidOf, keyOf, messageId, ownNumber } from './jids.js'
import type { Library, Socket } from './library.js'
import { LoginDesk, loginOf } from './login.js'
import { mediaContent, pollContent, sendFailure, stableId, textContent } from './outbound.js'
import { Receiver } from './receiver.js'
import { RecentMessages, SentIds } from './recent.js'
import { session } from './session.js'

/** After a pairing WhatsApp closes the socket once and expects the next at once; more often is a fault. */
const mostRestarts = 3
const logoutMs = 10_000
/** `proto.PinInChat.Type`; WhatsApp keeps pins for a day, a week or a month. */
const pinFor = { all: 1, none: 2 }
const pinnedSeconds = 2_592_000

export interface WhatsappOptions {
  readonly library: Library
  readonly host: Host
  readonly folder: string
  readonly account: string
  readonly readReceipts: boolean
}

/** One account of WhatsApp Web: it waits for its login, and then for messages (spec/runtime.md 2.2). */
export class WhatsappConnection implements Connection {
  readonly login: ChannelLogin
  readonly directory: Directory
  readonly #options: WhatsappOptions
  readonly #desk = new LoginDesk()
  readonly #recent = new RecentMessages()
  readonly #sent = new SentIds()
  readonly #receiver: Receiver
  #socket: Socket | undefined
  #linked = false
  #restarts = 0
  /** Somebody gives the login up; resolves him when it is gone. */
  #leaving: ((had: boolean) => void) | undefined
  #cut = () => {}

  constructor(options: WhatsappOptions) {
    this.#options = options
    this.directory = whatsappDirectory(() => this.#live())
    this.#receiver = new Receiver(options.host, this.#recent, this.#sent)
    this.login = loginOf(this.#desk, { isLinked: () => this.#linked, forget: (signal) => this.#forget(signal) })
  }

  async run(signal: AbortSignal): Promise<void> {
    const { library, host, folder } = this.#options
    while (!signal.aborted) {
      let auth = await AuthFolder.open(folder, library)
      this.#linked = auth.linked
      let phone: string | undefined
      if (!auth.linked) {
        host.waiting(this.#hint(auth.ended))
        const wish = await this.#desk.wanted(signal)
        if (!wish) break
        phone = wish.phone
        await AuthFolder.clear(folder)
        auth = await AuthFolder.open(folder, library)
      }
      const closed = await this.#session(auth, phone, signal)
      this.#socket = undefined
      if (signal.aborted) break
      this.#linked = auth.linked
      if (this.#leaving) await this.#left(auth)
      else if (!auth.linked) {
        // Nobody has scanned the code in time, or the phone said no: whoever asks again gets a new one.
        this.#desk.set({ state: 'failed', error: `the login did not come about: ${failureOf(closed).message}` })
      } else if (closed.code === restartRequired && this.#restarts < mostRestarts) this.#restarts += 1
      else await this.#fail(auth, closed)
    }
    await this.#receiver.settled()
  }

  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const [first, ...more] = message.media ?? []
    const quoted = message.replyTo === undefined ? undefined : this.#quoted(place, message.replyTo)
    const options = quoted && { quoted }
    const say = (content: AnyMessageContent, part: number) =>
      this.#send(place, content, { ...(part === 0 && options), messageId: stableId(message.key, part) }, signal)
    if (!first) return say(textContent(place, message.text), 0)
    const captioned = first.kind !== 'audio'
    const sent = await say(mediaContent(first, captioned ? message.text : ''), 0)
    for (const [index, media] of more.entries()) await say(mediaContent(media, ''), index + 1)
    if (!captioned && message.text !== '') await say(textContent(place, message.text), more.length + 1)
    return sent
  }

  async edit(place: Place, id: string, text: string, signal: AbortSignal): Promise<void> {
    await this.#send(place, { ...textContent(place, text), edit: keyOf(place, bare(place, id)) }, {}, signal)
  }

  async remove(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#send(place, { delete: keyOf(place, bare(place, id)) }, {}, signal)
  }

  async react(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const key = this.#recent.get(bare(place, id).split('/')[0])?.key ?? keyOf(place, bare(place, id))
    await this.#send(place, { react: { text: emoji, key } }, {}, signal)
  }

  async pin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#send(place, { pin: keyOf(place, bare(place, id)), type: pinFor.all, time: pinnedSeconds }, {}, signal)
  }

  async unpin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#send(place, { pin: keyOf(place, bare(place, id)), type: pinFor.none }, {}, signal)
  }

  async poll(place: Place, poll: Poll, signal: AbortSignal): Promise<{ readonly id: string }> {
    return this.#send(place, pollContent(poll), { messageId: stableId(poll.key, 0) }, signal)
  }

  /** Whoever is answered was let in: only now he sees that he was read. */
  async seen(place: Place, signal: AbortSignal): Promise<void> {
    const keys = this.#receiver.read(place.id)
    if (this.#options.readReceipts && keys.length > 0) await within(this.#live().readMessages(keys), signal)
  }

  async typing(place: Place, signal: AbortSignal): Promise<void> {
    await within(this.#live().sendPresenceUpdate('composing', jidOf(place)), signal)
  }

  async idle(place: Place, signal: AbortSignal): Promise<void> {
    await within(this.#live().sendPresenceUpdate('paused', jidOf(place)), signal)
  }

  async fetchMedia({ kind, ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const facts = mediaFacts(ref)
    if (!facts) throw new ChannelFailure('refused', 'the file is not one of WhatsApp')
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of await this.#options.library.download(facts, kind, signal)) {
      bytes += part.byteLength
      if (bytes > maxBytes) throw new ChannelFailure('refused', 'the file is too large')
      parts.push(part)
    }
    return Buffer.concat(parts)
  }

  async probe(): Promise<Probed> {
    const { host, folder } = this.#options
    const identity = this.#socket && ownNumber(this.#socket)
    if (this.#socket) return { ok: true, ...(identity && { identity }) }
    const creds = this.#linked ? await stat(join(folder, 'creds.json')).catch(() => undefined) : undefined
    if (!creds) return { ok: false, error: 'not linked' }
    const minutes = Math.round((host.clock.now() - creds.mtimeMs) / 60_000)
    return { ok: false, error: `not connected; the login was last written ${minutes} min ago` }
  }

  #hint(ended: boolean): string {
    const { account, host } = this.#options
    const more = account === 'default' ? '' : ` --account ${account}`
    const command = commandFor(host, `channels login --channel whatsapp${more}`)
    return `${ended ? 'WhatsApp has ended the login' : 'not linked'}; run: ${command}`
  }

  async #session(auth: AuthFolder, phone: string | undefined, signal: AbortSignal): Promise<Closed> {
    const { library, host } = this.#options
    const cut = new AbortController()
    this.#cut = () => cut.abort()
    let asked = false
    const heard = {
      opened: (socket: Socket) => {
        this.#socket = socket
        this.#linked = true
        this.#restarts = 0
        const identity = ownNumber(socket)
        this.#desk.set({ state: 'linked', ...(identity && { identity }) })
        host.alive({ ...(identity && { identity }) })
      },
      qr: (socket: Socket, qr: string) => {
        if (phone === undefined) return this.#desk.set({ state: 'waiting', qr })
        if (asked) return
        asked = true
        socket
          .requestPairingCode(phone)
          .then((pairingCode) => this.#desk.set({ state: 'waiting', pairingCode }))
          .catch((error: unknown) => {
            host.log.warn({ channel: 'whatsapp', error: String(error) }, 'there is no pairing code')
            socket.end(undefined)
          })
      },
      message: (socket: Socket, message: WAMessage, late: boolean) => this.#receiver.take(socket, message, late),
    }
    const options = { library, auth, host, recent: this.#recent }
    return session(options, heard, AbortSignal.any([signal, cut.signal]))
  }

  async #fail(auth: AuthFolder, closed: Closed): Promise<never> {
    const { host } = this.#options
    if (closed.code === loggedOut) await auth.end(host.clock.now())
    const failure = failureOf(closed)
    // Whoever asked at this moment asks again: the next connection has a desk of its own.
    this.#desk.set({ state: 'failed', error: failure.message })
    if (failure.kind !== 'auth') throw failure
    throw new ChannelFailure('auth', `${failure.message}. ${this.#hint(closed.code === loggedOut)}`)
  }

  /** Tells WhatsApp, where it can be told, and forgets the login. */
  async #forget(signal: AbortSignal): Promise<boolean> {
    const { folder } = this.#options
    if (!this.#linked) {
      const had = (await stat(join(folder, 'creds.json')).catch(() => undefined)) !== undefined
      if (had && this.#desk.step.state !== 'waiting') await AuthFolder.clear(folder)
      return had
    }
    const gone = new Promise<boolean>((resolve) => {
      this.#leaving = resolve
    })
    const limit = AbortSignal.any([signal, AbortSignal.timeout(logoutMs)])
    await within(this.#socket?.logout() ?? Promise.resolve(), limit).catch(() => {})
    this.#cut()
    return within(gone, limit)
  }

  async #left(auth: AuthFolder): Promise<void> {
    await auth.settled()
    await AuthFolder.clear(this.#options.folder)
    this.#linked = false
    this.#desk.set({ state: 'idle' })
    this.#leaving?.(true)
    this.#leaving = undefined
  }

  #live(): Socket {
    if (!this.#socket) throw new ChannelFailure('network', 'WhatsApp is not connected')
    return this.#socket
  }

  #quoted(place: Place, id: string): WAMessage {
    const name = bare(place, id)
    return (
      this.#recent.get(name.split('/')[0]) ?? ({ key: keyOf(place, name), message: { conversation: '' } } as WAMessage)
    )
  }

  async #send(
    place: Place,
    content: AnyMessageContent,
    options: MiscMessageGenerationOptions & { readonly messageId?: string },
    signal: AbortSignal,
  ): Promise<{ readonly id: string }> {
    const socket = this.#live()
    // Before it is sent: its echo may be faster than its answer.
    if (options.messageId !== undefined) this.#sent.add(options.messageId)
    try {
      const sent = await within(socket.sendMessage(jidOf(place), content, options), signal)
      if (!sent) throw new ChannelFailure('refused', 'WhatsApp did not take the message')
      if (sent.key.id) this.#sent.add(sent.key.id)
      this.#recent.add(sent)
      return { id: `${place.id}/${messageId({ ...sent.key, fromMe: true })}` }
    } catch (thrown) {
      throw sendFailure(thrown)
    }
  }
}

/** Ids of messages begin with their place; the library wants what follows. */
const bare = ({ id }: Place, message: string) => (message.startsWith(`${id}/`) ? message.slice(id.length + 1) : message)

/** The library knows no signals: whoever waits stops waiting. */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
