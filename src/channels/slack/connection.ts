import { createHash } from 'node:crypto'
import type { SocketModeClient } from '@slack/socket-mode'
import { download } from '../_download.js'
import {
  ChannelFailure,
  type Connection,
  type Directory,
  type Host,
  type InboundMedia,
  type Outbound,
  type Place,
  type Probed,
  type ReadWish,
  type SeenMessage,
} from '../port.js'
import type { SlackApi } from './api.js'
import { slackDirectory } from './directory.js'
import { emojiName } from './emoji.js'
import { type Bot, inboundOf, messageId, partsOf, type SlackEvent } from './events.js'
import { slackText } from './format.js'
import { readHistory, seenMessages } from './reading.js'
import { type Envelope, runSession } from './session.js'

/** A socket that lives shorter has failed: the next one waits its turn. */
const shortMs = 5_000
const nameMs = 2_000
/** Names and conversations that are kept in mind. */
const keptMost = 1_000

export interface SlackOptions {
  readonly api: SlackApi
  readonly host: Host
  /** A client for each socket: one that has failed keeps its timers. */
  readonly socket: () => SocketModeClient
  readonly botToken: string
  readonly apiRoot: string | undefined
}

/** One app in one team, by socket mode. */
export class SlackConnection implements Connection {
  readonly directory: Directory
  readonly #options: SlackOptions
  readonly #names = new Map<string, string | undefined>()
  readonly #direct = new Map<string, string>()
  #bot: Bot = { user: '', bot: undefined }

  constructor(options: SlackOptions) {
    this.#options = options
    this.directory = slackDirectory(options.api)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { api, host, socket } = this.#options
    const me = await api.call('auth.test', {}, signal)
    this.#bot = { user: String(me.user_id), bot: me.bot_id }
    const up = () => host.alive({ identity: `@${me.user}` })
    while (!signal.aborted) {
      const since = host.clock.now()
      await runSession({ client: socket(), host, up, take: (envelope) => this.#take(envelope, signal) }, signal)
      // Slack asks for a new socket every few hours; what it holds meanwhile comes over that one.
      if (!signal.aborted && host.clock.now() - since < shortMs) {
        throw new ChannelFailure('network', 'socket mode: the socket was closed at once')
      }
    }
  }

  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const { api } = this.#options
    const channel = await this.#channelOf(place, signal)
    const thread = place.thread ?? (message.replyTo === undefined ? undefined : partsOf(message.replyTo).ts)
    const where = thread === undefined ? {} : { thread_ts: thread }
    let id: string | undefined
    if (message.text !== '') {
      const body = { ...where, channel, text: slackText(message.text), client_msg_id: uuidOf(message.key) }
      const sent = await api.call('chat.postMessage', { ...body, unfurl_links: false, unfurl_media: false }, signal)
      id = messageId(channel, String(sent.ts))
    }
    for (const { path, name } of message.media ?? []) {
      const upload = { ...where, channel_id: channel, file: path, filename: name }
      const sent = await api.limited('files.uploadV2', () => api.web.filesUploadV2(upload as never), signal)
      id ??= messageId(channel, String(sent.files?.[0]?.files?.[0]?.id ?? ''))
    }
    return { id: id ?? messageId(channel, '') }
  }

  async edit(place: Place, id: string, text: string, signal: AbortSignal): Promise<void> {
    const message = await this.#partsOf(place, id, signal)
    await this.#options.api.call('chat.update', { ...message, text: slackText(text) }, signal)
  }

  async remove(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#options.api.call('chat.delete', await this.#partsOf(place, id, signal), signal)
  }

  /** An empty emoji takes away what the bot has set. */
  async react(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const { api } = this.#options
    const { channel, ts: timestamp } = await this.#partsOf(place, id, signal)
    if (emoji === '') {
      const { message } = await api.call('reactions.get', { channel, timestamp }, signal)
      for (const { name, users } of (message?.reactions ?? []) as { name: string; users: string[] }[]) {
        if (users.includes(this.#bot.user)) await api.call('reactions.remove', { channel, timestamp, name }, signal)
      }
      return
    }
    await api.call('reactions.add', { channel, timestamp, name: named(emoji) }, signal).catch(unless(/already_reacted/))
  }

  async unreact(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const { channel, ts: timestamp } = await this.#partsOf(place, id, signal)
    const reaction = { channel, timestamp, name: named(emoji) }
    await this.#options.api.call('reactions.remove', reaction, signal).catch(unless(/no_reaction/))
  }

  async pin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    const { channel, ts: timestamp } = await this.#partsOf(place, id, signal)
    await this.#options.api.call('pins.add', { channel, timestamp }, signal).catch(unless(/already_pinned/))
  }

  async unpin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    const { channel, ts: timestamp } = await this.#partsOf(place, id, signal)
    await this.#options.api.call('pins.remove', { channel, timestamp }, signal).catch(unless(/no_pin/))
  }

  async pins(place: Place, signal: AbortSignal): Promise<readonly SeenMessage[]> {
    const channel = await this.#channelOf(place, signal)
    const { items = [] } = await this.#options.api.call('pins.list', { channel }, signal)
    const messages = (items as { message?: SlackEvent }[]).flatMap(({ message }) => message ?? [])
    return seenMessages(channel, messages, (user) => this.#nameOf(user, signal))
  }

  async read(place: Place, wish: ReadWish, signal: AbortSignal): Promise<readonly SeenMessage[]> {
    const channel = await this.#channelOf(place, signal)
    const messages = await readHistory(this.#options.api, channel, place.thread, wish, signal)
    return seenMessages(channel, messages, (user) => this.#nameOf(user, signal))
  }

  async fetchMedia({ ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { botToken, apiRoot } = this.#options
    const { host, hostname } = new URL(ref)
    // Files of other services are only linked: our token is none of their business.
    const isSlack = /(?:^|\.)slack\.com$/.test(hostname) && ref.startsWith('https:')
    if (!isSlack && (apiRoot === undefined || host !== new URL(apiRoot).host)) {
      throw new ChannelFailure('refused', `it lies at ${hostname}`)
    }
    return download({ url: ref, maxBytes, signal, headers: { authorization: `Bearer ${botToken}` } })
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    try {
      return { ok: true, identity: `@${(await this.#options.api.call('auth.test', {}, signal)).user}` }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  async #take({ type, body, ack }: Envelope, signal: AbortSignal): Promise<void> {
    const { host } = this.#options
    host.alive()
    const event = type === 'events_api' ? body?.event : undefined
    const inbound = event && (await inboundOf(event, body.team_id, this.#bot, (user) => this.#nameOf(user, signal)))
    if (inbound) {
      if (inbound.place.kind === 'direct') keep(this.#direct, inbound.place.id, event.channel)
      await host.receive(inbound)
    }
    // A socket that is gone: the event comes again, and its id is known.
    await ack().catch(() => {})
  }

  async #nameOf(user: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#names.has(user)) return this.#names.get(user)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(nameMs)])
    const name = await this.#options.api.call('users.info', { user }, limit).then(
      ({ user: { profile, real_name, name } = {} as Record<string, never> }) =>
        (profile as { display_name?: string } | undefined)?.display_name || real_name || name,
      () => undefined,
    )
    keep(this.#names, user, name)
    return name
  }

  /** People copy the second part alone: then it is a message of the place. */
  async #partsOf(place: Place, id: string, signal: AbortSignal): Promise<{ channel: string; ts: string }> {
    const { channel, ts } = partsOf(id)
    return { channel: channel || (await this.#channelOf(place, signal)), ts }
  }

  async #channelOf({ kind, id }: Place, signal: AbortSignal): Promise<string> {
    if (kind !== 'direct') return id
    const known = this.#direct.get(id)
    if (known !== undefined) return known
    const { channel } = await this.#options.api.call('conversations.open', { users: id }, signal)
    keep(this.#direct, id, String(channel?.id))
    return String(channel?.id)
  }
}

function named(emoji: string): string {
  const name = emojiName(emoji)
  if (name === undefined) throw new ChannelFailure('refused', `Slack has no name for ${emoji} that we know`)
  return name
}

/** It is as it is wanted already. */
function unless(words: RegExp): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ChannelFailure && words.test(error.message))) throw error
  }
}

/** The oldest goes when there are too many. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > keptMost && oldest !== undefined) map.delete(oldest)
}

/** Slack wants the form of a UUID. */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
