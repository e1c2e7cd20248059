import { fetch } from 'undici'
import { sleep } from '../../kernel/clock.js'
import { partsOf, unanswered } from '../_http/json.js'
import { styledText } from '../deliver/styled.js'
import {
  ChannelFailure,
  type Connection,
  type Host,
  type InboundMedia,
  type Outbound,
  type OutboundMedia,
  type Place,
  type Probed,
} from '../port.js'
import { duplicateCode, type QqApi, QqRefusal } from './api.js'
import { inboundOf, pathOf, type QqMessage } from './events.js'
import { uploaded } from './media.js'
import { Replies } from './replies.js'
import { runSocket, type Session } from './socket.js'

const people = 1 << 25
const serverRooms = 1 << 30
const serverPrivate = 1 << 12
/** What the bot listens to, most first: not every bot is granted everything. */
const levels = [people | serverRooms | serverPrivate, people | serverRooms, people, serverRooms]
/** Waits before another socket. */
const waits = [500, 1_000, 2_000, 5_000, 10_000]
/** Sockets in a row that came to nothing. */
const patience = 4

/** One bot: events come through a socket that is taken up where it broke off, everything else is a call. */
export class QqConnection implements Connection {
  readonly #api: QqApi
  readonly #host: Host
  readonly #replies: Replies
  #session: Session | undefined

  constructor(api: QqApi, host: Host) {
    this.#api = api
    this.#host = host
    this.#replies = new Replies(host.memory, host.clock)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { memory, clock } = this.#host
    this.#session = JSON.parse((await memory.get('session')) ?? 'null') ?? undefined
    for (let failures = 0, level = 0; !signal.aborted; ) {
      let worked = false
      const ended = await this.#socket(levels[level] ?? 0, signal, () => {
        worked = true
      }).catch((error: unknown) => {
        if (signal.aborted) return 'resume' as const
        if (!(error instanceof ChannelFailure) || error.kind !== 'network' || failures + 1 >= patience) throw error
        return 'resume' as const
      })
      if (signal.aborted) return
      if (ended === 'anew' || ended === 'intents') await this.#remember(undefined)
      if (ended === 'token') this.#api.forget()
      if (ended === 'intents') level += 1
      if (level >= levels.length) {
        throw new ChannelFailure('auth', 'gateway: the bot is granted none of the events it needs; see q.qq.com')
      }
      failures = worked ? 0 : failures + 1
      if (failures >= patience) {
        throw new ChannelFailure(ended === 'token' ? 'auth' : 'network', 'gateway: it ends each connection at once')
      }
      await sleep(clock, waits[Math.min(failures, waits.length - 1)] ?? 0, signal).catch(() => {})
    }
  }

  /** A text stands under the first file, if there is one; each further file is a message of its own. */
  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const [first, ...more] = message.media ?? []
    const { text } = styledText(message.text)
    const sent = await this.#post(place, message, await this.#content(place, text, first, signal), signal)
    for (const [index, media] of more.entries()) {
      const part = { ...message, key: `${message.key} file ${index + 1}` }
      await this.#post(place, part, await this.#content(place, '', media, signal), signal)
    }
    return sent
  }

  async #content(place: Place, content: string, media: OutboundMedia | undefined, signal: AbortSignal) {
    if (media) return { content, ...(await uploaded(this.#api, place, media, signal)) }
    return { content, ...(isPaired(place) && { msg_type: 0 }) }
  }

  async #post(place: Place, message: Outbound, content: object, signal: AbortSignal): Promise<{ readonly id: string }> {
    const claim = await this.#replies.claim(place, message.key, message.replyTo)
    const paired = claim.id !== undefined && isPaired(place)
    const body = {
      ...content,
      ...(claim.id !== undefined && { msg_id: claim.id }),
      ...(isPaired(place) && { msg_seq: claim.seq }),
    }
    try {
      const sent = await this.#api.call(pathOf(place), signal, body)
      return { id: String(sent?.id ?? `${claim.id}#${claim.seq}`) }
    } catch (error) {
      if (error instanceof QqRefusal && error.code === duplicateCode) {
        if (claim.again) return { id: `${claim.id}#${claim.seq}` }
        await this.#replies.drop(place, message.key)
        throw new ChannelFailure('network', error.message)
      }
      // It may have arrived; as it keeps its number, it is shown once whatever happens.
      if (paired && error instanceof ChannelFailure && error.kind === 'ambiguous') {
        throw new ChannelFailure('network', error.message)
      }
      throw error
    }
  }

  async fetchMedia({ ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { protocol, origin } = new URL(ref)
    if (protocol !== 'https:' && origin !== new URL(this.#api.root).origin) {
      throw new ChannelFailure('refused', 'its address is not safe')
    }
    const response = await fetch(ref, { signal, redirect: 'error' }).catch((error: unknown) => {
      throw unanswered('file', error)
    })
    if (!response.ok) throw new ChannelFailure('refused', `the file server says ${response.status}`)
    return Buffer.concat(await partsOf(response.body, maxBytes))
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    try {
      const me = await this.#api.call('/users/@me', signal)
      return { ok: true, identity: String(me?.username ?? me?.id ?? '') }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  async #socket(intents: number, signal: AbortSignal, worked: () => void) {
    const { clock } = this.#host
    const { url } = (await this.#api.call('/gateway', signal)) ?? {}
    if (typeof url !== 'string') throw new ChannelFailure('network', 'gateway: no address')
    const token = await this.#api.token(signal)
    const take = async (type: string, data: unknown, seq: number) => {
      if (type === 'READY' || type === 'RESUMED') worked()
      await this.#take(type, data, seq)
    }
    return runSocket({ url, token, intents, session: this.#session, clock, signal, take })
  }

  async #take(type: string, data: unknown, seq: number): Promise<void> {
    const host = this.#host
    if (type === 'READY') {
      const { session_id: id, user } = data as { session_id: string; user?: { username?: string } }
      await this.#remember({ id, seq })
      host.alive({ identity: user?.username ?? '' })
      return
    }
    host.alive()
    const message = inboundOf(type, (data ?? {}) as QqMessage, host.clock.now())
    if (message) {
      await this.#replies.heard(message.place, message.id)
      await host.receive(message)
    }
    if (this.#session) await this.#remember({ ...this.#session, seq })
  }

  /** Where the stream stands: what comes while the gateway is away is handed out later. */
  async #remember(session: Session | undefined): Promise<void> {
    this.#session = session
    await this.#host.memory.set('session', JSON.stringify(session ?? null))
  }
}

/** There, each answer has a number; in servers there are none. */
const isPaired = ({ kind, guild }: Place) => kind === 'group' || (kind === 'direct' && guild === undefined)
