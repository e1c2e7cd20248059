import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type OutboundMedia, placeKey } from '../../channels/port.js'
import { sniffMedia } from '../../channels/sniff.js'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { GatewayError } from '../../kernel/errors.js'
import type { GatewayMessages, MessageDraft, MessagePlace, MessageTarget } from '../../tools/_gateway/messages.js'
import type { ChatRoute } from '../chat-routes.js'
import type { DoorFacts, DoorWorld } from './types.js'

const maxMediaBytes = 50 * 1024 ** 2

/** Chats, as far as one turn may write to them: its own, and others when its owner stands behind it. */
export class MessageTools implements GatewayMessages {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  async place(target: MessageTarget): Promise<MessagePlace> {
    return shown(await this.#route(target))
  }

  async send({ message, media, replyTo, silent, ...to }: MessageDraft, key: string, signal: AbortSignal) {
    const { channels } = this.#world
    const route = await this.#route(to)
    const files = media === undefined ? [] : [await this.#file(media)]
    const letter = {
      text: message,
      ...(files.length > 0 && { media: files }),
      ...(replyTo && { replyTo }),
      ...(silent && { silent }),
    }
    const messageId = await (await channels().open()).deliver(route, key, letter, signal)
    return { ...shown(route), messageId }
  }

  async react(target: MessageTarget, messageId: string, emoji: string, signal: AbortSignal): Promise<MessagePlace> {
    const { route, connection } = await this.#connected(target)
    if (!connection.react) throw refusal(`${route.channel} has no reactions.`)
    await connection.react(route.place, messageId, emoji, signal)
    return shown(route)
  }

  async edit(target: MessageTarget, messageId: string, text: string, signal: AbortSignal): Promise<MessagePlace> {
    const { route, connection } = await this.#connected(target)
    if (!connection.edit) throw refusal(`Messages of ${route.channel} cannot be changed.`)
    await connection.edit(route.place, messageId, text, signal)
    return shown(route)
  }

  async remove(target: MessageTarget, messageId: string, signal: AbortSignal): Promise<MessagePlace> {
    const { route, connection } = await this.#connected(target)
    if (!connection.remove) throw refusal(`Messages of ${route.channel} cannot be deleted.`)
    await connection.remove(route.place, messageId, signal)
    return shown(route)
  }

  async #connected(target: MessageTarget) {
    const route = await this.#route(target)
    return { route, connection: (await this.#world.channels().open()).connected(route) }
  }

  /** This chat, unless another one is named, which is for the owner alone. */
  async #route({ channel, accountId, target, threadId }: MessageTarget): Promise<ChatRoute> {
    const channels = await this.#world.channels().open()
    const { sessionKey, caller } = this.#facts
    const own = sessionKey === undefined ? undefined : await channels.routes.get(sessionKey)
    if (channel === undefined && target === undefined) {
      if (own) return own
      throw refusal('This conversation belongs to no chat. Name channel and target.')
    }
    const name = channel ?? own?.channel
    if (name === undefined || target === undefined) throw refusal('Name channel and target.')
    const route = channels.resolve(
      name,
      accountId ?? (own?.channel === name ? own.account : undefined),
      target,
      threadId,
    )
    const same =
      own?.channel === route.channel && own.account === route.account && placeKey(own.place) === placeKey(route.place)
    if (same || caller.owner) return route
    throw refusal('Only your owner may have you write to another chat than this one.')
  }

  /** A copy that stays as it is until the message is sent. */
  async #file({ name, bytes }: NonNullable<MessageDraft['media']>): Promise<OutboundMedia> {
    if (bytes.byteLength > maxMediaBytes) throw refusal(`${name} is too large to be sent (50 MB at most).`)
    const { mime, extension } = sniffMedia(bytes)
    const folder = join(this.#world.instance.paths.state, 'media', 'outbound')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${randomUUID()}.${extension}`)
    await writeAtomic(path, bytes)
    const [top = ''] = mime.split('/')
    const kind = (['image', 'audio', 'video'] as const).find((one) => one === top) ?? 'document'
    return { kind, name: basename(name), mime, path }
  }
}

const shown = ({ channel, account, place }: ChatRoute): MessagePlace => ({
  channel,
  accountId: account,
  target: placeKey(place),
})

function refusal(message: string): GatewayError {
  return new GatewayError('tool_error', { message })
}
