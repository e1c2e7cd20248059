import { placeKey } from '../../channels/port.js'
import { GatewayError } from '../../kernel/errors.js'
import type {
  GatewayMessages,
  MessageDraft,
  MessagePlace,
  MessageTarget,
  PollDraft,
} from '../../tools/_gateway/messages.js'
import { changeMessage, deleteMessage, react, sendPoll } from '../chat-actions.js'
import { outboundFile } from '../chat-files.js'
import type { ChatRoute } from '../chat-routes.js'
import type { DoorFacts, DoorWorld } from './types.js'

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
    const route = await this.#route(to)
    const channels = await this.#channels()
    const files = media === undefined ? [] : [await outboundFile(channels, route, media)]
    const letter = {
      text: message,
      ...(files.length > 0 && { media: files }),
      ...(replyTo && { replyTo }),
      ...(silent && { silent }),
    }
    return { ...shown(route), messageId: await channels.deliver(route, key, letter, signal) }
  }

  async react(target: MessageTarget, messageId: string, emoji: string, signal: AbortSignal): Promise<MessagePlace> {
    const route = await this.#route(target)
    await react(await this.#channels(), route, { messageId, emoji, remove: emoji === '' }, signal)
    return shown(route)
  }

  async edit(target: MessageTarget, messageId: string, text: string, signal: AbortSignal): Promise<MessagePlace> {
    const route = await this.#route(target)
    await changeMessage(await this.#channels(), route, messageId, text, signal)
    return shown(route)
  }

  async remove(target: MessageTarget, messageId: string, signal: AbortSignal): Promise<MessagePlace> {
    const route = await this.#route(target)
    await deleteMessage(await this.#channels(), route, messageId, signal)
    return shown(route)
  }

  async poll({ question, options, multiple, seconds, ...to }: PollDraft, key: string, signal: AbortSignal) {
    const route = await this.#route(to)
    const maxSelections = multiple ? options.length : 1
    const poll = { question, options, maxSelections, key, ...(seconds !== undefined && { seconds }) }
    const { id } = await sendPoll(await this.#channels(), route, poll, signal)
    return { ...shown(route), messageId: id }
  }

  #channels() {
    return this.#world.channels().open()
  }

  /** This chat, unless another one is named, which is for the owner alone. */
  async #route({ channel, accountId, target, threadId }: MessageTarget): Promise<ChatRoute> {
    const channels = await this.#channels()
    const { sessionKey, caller } = this.#facts
    const own = caller.chat ?? (sessionKey === undefined ? undefined : await channels.routes.get(sessionKey))
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
}

const shown = ({ channel, account, place }: ChatRoute): MessagePlace => ({
  channel,
  accountId: account,
  target: placeKey(place),
})

function refusal(message: string): GatewayError {
  return new GatewayError('tool_error', { message })
}
