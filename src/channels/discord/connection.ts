import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Client, Message, REST } from 'discord.js'
import { download } from '../_download.js'
import { chunkMarkdown } from '../deliver/chunk.js'
import {
  ChannelFailure,
  type Connection,
  type Directory,
  type InboundMedia,
  type Outbound,
  type Place,
  type Poll,
  type Probed,
  type ReadWish,
  type SeenMessage,
} from '../port.js'
import { type DiscordOptions, openClient } from './client.js'
import { discordDirectory } from './directory.js'
import { closedFor, failureOf, refusedAtStart } from './failures.js'
import { discordMarkdown } from './format.js'
import { inboundOf, messageId, partsOf } from './messages.js'
import { pollBody } from './poll.js'
import { messagesPath, oldestFirst, pinned } from './reading.js'

const hardLimit = 2000
/** Discord, "Message Flags". */
const flagsOf = { suppressEmbeds: 4, silent: 4096 }
const filesOfOne = 10
/** The library tries again by itself; after so long without a session the account is said to be away. */
const awayMs = 120_000
const closeMs = 5_000

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Request = NonNullable<Parameters<REST['post']>[1]>

/** One bot. discord.js holds the session with the gateway and resumes it; messages go out by REST. */
export class DiscordConnection implements Connection {
  readonly directory: Directory
  readonly #options: DiscordOptions
  readonly #client: Client

  constructor(options: DiscordOptions) {
    this.#options = options
    this.#client = openClient(options)
    this.directory = discordDirectory(this.#client, (path, query, signal) =>
      this.#call('get', path, signal, { query: new URLSearchParams(query) }),
    )
  }

  run(signal: AbortSignal): Promise<void> {
    const client = this.#client
    const { host, library, path, token } = this.#options
    const { Events } = library
    if (signal.aborted) return Promise.resolve()
    return new Promise<void>((resolve, reject) => {
      let stopWaiting = () => {}
      const end = (failure?: ChannelFailure) => {
        stopWaiting()
        signal.removeEventListener('abort', stop)
        if (failure) reject(failure)
        else resolve()
      }
      const stop = () => end()
      const here = () => {
        stopWaiting()
        host.alive({ identity: `@${client.user?.username ?? ''}` })
      }
      const away = () => {
        stopWaiting()
        stopWaiting = host.clock.after(awayMs, () => {
          end(new ChannelFailure('network', 'gateway: no session for two minutes'))
        })
      }
      signal.addEventListener('abort', stop, { once: true })
      client.on(Events.ClientReady, here)
      client.on(Events.ShardReady, () => client.isReady() && here())
      client.on(Events.ShardResume, here)
      client.on(Events.ShardReconnecting, away)
      client.on(Events.ShardDisconnect, ({ code }) => end(closedFor(code, path)))
      client.on(Events.ShardError, (error) => host.log.debug({ error: String(error) }, 'discord: the socket failed'))
      client.on(Events.Error, (error) => host.log.warn({ error: String(error) }, 'discord: the library failed'))
      client.on(Events.MessageCreate, (message) => this.#take(message))
      away()
      client.login(token).catch((thrown: unknown) => end(refusedAtStart(thrown, path)))
    })
  }

  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const channel = await this.#channelOf(place, signal)
    const content = discordMarkdown(message.text)
    const parts = content.length <= hardLimit ? [content] : chunkMarkdown(content, hardLimit)
    const files = message.media ?? []
    let first: string | undefined
    const posts = Math.max(parts.length, Math.ceil(files.length / filesOfOne), 1)
    for (let index = 0; index < posts; index += 1) {
      const media = files.slice(index * filesOfOne, (index + 1) * filesOfOne)
      const sent = (await this.#call('post', `/channels/${channel}/messages`, signal, {
        body: {
          content: parts[index] ?? '',
          nonce: nonceOf(`${message.key}:${index}`),
          enforce_nonce: true,
          flags: this.#flags(message.silent),
          // A model must not call everybody of a server.
          allowed_mentions: { parse: ['users'], replied_user: false },
          ...(index === 0 &&
            message.replyTo !== undefined && {
              message_reference: { message_id: partsOf(message.replyTo).message, fail_if_not_exists: false },
            }),
        },
        ...(media.length > 0 && {
          files: await Promise.all(
            media.map(async ({ name, mime, path }) => ({ name, contentType: mime, data: await readFile(path) })),
          ),
        }),
      })) as { readonly id: string }
      first ??= sent.id
    }
    return { id: messageId(channel, first ?? '') }
  }

  async edit(place: Place, id: string, text: string, signal: AbortSignal): Promise<void> {
    const content = discordMarkdown(text)
    // Nothing of an answer is cut off: it is sent anew, in parts.
    if (content.length > hardLimit) throw new ChannelFailure('refused', `edit: longer than ${hardLimit} characters`)
    const body = { content, flags: this.#flags(), allowed_mentions: { parse: ['users'] } }
    await this.#call('patch', await this.#pathOf(place, id, signal), signal, { body })
  }

  async remove(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#call('delete', await this.#pathOf(place, id, signal), signal)
  }

  async pin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#call('put', await this.#pinPath(place, id, signal), signal)
  }

  async unpin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#call('delete', await this.#pinPath(place, id, signal), signal)
  }

  async pins(place: Place, signal: AbortSignal): Promise<readonly SeenMessage[]> {
    return pinned(await this.#call('get', `/channels/${await this.#channelOf(place, signal)}/messages/pins`, signal))
  }

  async read(place: Place, wish: ReadWish, signal: AbortSignal): Promise<readonly SeenMessage[]> {
    return oldestFirst(await this.#call('get', messagesPath(await this.#channelOf(place, signal), wish), signal))
  }

  async poll(place: Place, poll: Poll, signal: AbortSignal): Promise<{ readonly id: string }> {
    const channel = await this.#channelOf(place, signal)
    const body = {
      poll: pollBody(poll),
      nonce: nonceOf(poll.key),
      enforce_nonce: true,
      ...(poll.silent && { flags: flagsOf.silent }),
    }
    const sent = (await this.#call('post', `/channels/${channel}/messages`, signal, { body })) as {
      readonly id: string
    }
    return { id: messageId(channel, sent.id) }
  }

  async typing(place: Place, signal: AbortSignal): Promise<void> {
    await this.#call('post', `/channels/${await this.#channelOf(place, signal)}/typing`, signal)
  }

  /** An empty emoji takes away what the bot has set. */
  async react(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const message = await this.#pathOf(place, id, signal)
    if (emoji !== '') {
      await this.#call('put', mine(message, emoji), signal)
      return
    }
    const { reactions = [] } = (await this.#call('get', message, signal)) as {
      readonly reactions?: readonly {
        readonly me: boolean
        readonly emoji: { readonly id?: string; readonly name: string }
      }[]
    }
    for (const { me, emoji: set } of reactions) {
      if (me) await this.#call('delete', mine(message, set.id ? `${set.name}:${set.id}` : set.name), signal)
    }
  }

  async unreact(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    await this.#call('delete', mine(await this.#pathOf(place, id, signal), emoji), signal)
  }

  fetchMedia({ ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return download({ url: ref, maxBytes, signal })
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    try {
      const me = (await this.#call('get', '/users/@me', signal)) as { readonly username: string }
      return { ok: true, identity: `@${me.username}` }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  async close(): Promise<void> {
    this.#client.removeAllListeners()
    // What the socket says while it goes down has no listener any more, and must not end the process.
    this.#client.on('error', () => {})
    await new Promise<void>((resolve) => {
      const cancel = this.#options.host.clock.after(closeMs, resolve)
      const done = () => {
        cancel()
        resolve()
      }
      this.#client.destroy().then(done, done)
    })
  }

  #take(message: Message): void {
    const { host } = this.#options
    const inbound = inboundOf(message, this.#client.user?.id ?? '')
    if (!inbound) return
    host.alive()
    host.receive(inbound).catch((err: unknown) => host.log.error({ err }, 'discord: a message could not be kept'))
  }

  /** People copy the second part alone: then it is a message of the place. */
  async #pathOf(place: Place, id: string, signal: AbortSignal): Promise<`/${string}`> {
    const { channel, message } = partsOf(id)
    return `/channels/${channel || (await this.#channelOf(place, signal))}/messages/${message}`
  }

  async #pinPath(place: Place, id: string, signal: AbortSignal): Promise<`/${string}`> {
    const { channel, message } = partsOf(id)
    return `/channels/${channel || (await this.#channelOf(place, signal))}/messages/pins/${message}`
  }

  async #channelOf(place: Place, signal: AbortSignal): Promise<string> {
    if (place.kind !== 'direct') return place.thread ?? place.id
    const known = this.#client.channels.cache.find(
      (channel) => channel.isDMBased() && 'recipientId' in channel && channel.recipientId === place.id,
    )
    if (known) return known.id
    const made = await this.#call('post', '/users/@me/channels', signal, { body: { recipient_id: place.id } })
    return (made as { readonly id: string }).id
  }

  #flags(silent = false): number {
    return (this.#options.showsLinks ? 0 : flagsOf.suppressEmbeds) | (silent ? flagsOf.silent : 0)
  }

  async #call(method: Method, path: `/${string}`, signal: AbortSignal, request: Request = {}): Promise<unknown> {
    try {
      return await this.#client.rest[method](path, { ...request, signal })
    } catch (thrown) {
      throw failureOf(`${method.toUpperCase()} ${path}`, thrown)
    }
  }
}

const mine = (message: `/${string}`, emoji: string) => `${message}/reactions/${encodeURIComponent(emoji)}/@me` as const

/** Discord takes 25 characters, and shows one message for each of them. */
const nonceOf = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 25)
