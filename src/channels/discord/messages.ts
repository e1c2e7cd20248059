import type { Attachment, Message } from 'discord.js'
import type { Inbound, InboundMedia, Place, Sender } from '../port.js'

/** Discord's numbers of what people write: a message, and an answer to one. The others are notices of the server. */
const written = new Set([0, 19])

/** The message in the words of all channels; undefined when there is none for a bot to answer. */
export function inboundOf(message: Message, bot: string): Inbound | undefined {
  if (message.author.id === bot || !written.has(message.type)) return undefined
  const media = mediaOf(message)
  const text = textOf(message, bot)
  const mentioned = isMentioned(message, bot)
  if (text === '' && media.length === 0 && !mentioned) return undefined
  const replied = repliedOf(message)
  return {
    id: messageId(message.channelId, message.id),
    at: message.createdTimestamp,
    place: placeOf(message),
    sender: senderOf(message),
    text,
    ...(media.length > 0 && { media }),
    ...(replied && { replyTo: replied }),
    mentioned,
  }
}

/** Ids are `<channel>:<message>`: a message can only be found by both. */
export const messageId = (channel: string, message: string) => `${channel}:${message}`

/** The two parts of an id. */
export function partsOf(id: string): { readonly channel: string; readonly message: string } {
  const at = id.indexOf(':')
  return { channel: id.slice(0, Math.max(at, 0)), message: id.slice(at + 1) }
}

/** A direct conversation is named by the person: answers find it also when the bot begins. */
function placeOf({ author, guildId, channelId, channel }: Message): Place {
  if (guildId === null) {
    // Discord, "Channel Types": 3 is a conversation of several people.
    return (channel.type as number) === 3 ? { kind: 'group', id: channelId } : { kind: 'direct', id: author.id }
  }
  const parent = channel.isThread() ? channel.parentId : null
  const where = { kind: 'channel', guild: guildId } as const
  return parent === null ? { ...where, id: channelId } : { ...where, id: parent, thread: channelId }
}

function senderOf({ author, member, webhookId }: Message): Sender {
  const name = member?.nickname ?? author.globalName ?? author.username
  const roles = member ? [...member.roles.cache.keys()] : []
  return {
    ...{ id: author.id, name, username: author.username },
    ...(roles.length > 0 && { roles }),
    ...((author.bot || webhookId !== null) && { bot: true }),
  }
}

/** By its name, by its own role (which apps offer under the same name), or by an answer to it. */
function isMentioned(message: Message, bot: string): boolean {
  const { mentions } = message
  const byRole = mentions.roles.some(({ tags }) => tags?.botId === bot)
  return mentions.users.has(bot) || byRole || referenced(message)?.author?.id === bot
}

function textOf({ content, mentions }: Message, bot: string): string {
  return content
    .replace(new RegExp(`^\\s*<@!?${bot}>[\\s,:]*`), '')
    .replace(/<@!?(\d+)>/g, (all, id: string) => {
      const user = mentions.users.get(id)
      return user ? `@${user.username}` : all
    })
    .replace(/<@&(\d+)>/g, (all, id: string) => {
      const role = mentions.roles.get(id)
      return role ? `@${role.name}` : all
    })
    .trim()
}

const referenced = ({ reference, channel }: Message) =>
  reference?.messageId ? channel.messages.cache.get(reference.messageId) : undefined

function repliedOf(message: Message): Inbound['replyTo'] {
  const { reference } = message
  // Numbers of a reference: 0 is an answer, 1 a forwarded message.
  if (!reference?.messageId || message.type !== 19) return undefined
  const found = referenced(message)
  const sender = found?.author?.globalName ?? found?.author?.username
  return {
    id: messageId(reference.channelId, reference.messageId),
    ...(found?.content && { text: found.content }),
    ...(sender && { sender }),
  }
}

function mediaOf({ attachments, stickers }: Message): InboundMedia[] {
  const files = attachments.map(
    ({ url, name, size, contentType }: Attachment): InboundMedia => ({
      kind: kindOf(contentType),
      ref: url,
      bytes: size,
      ...(name && { name }),
      ...(contentType && { mime: contentType }),
    }),
  )
  return [...files, ...stickers.map(({ url, name }): InboundMedia => ({ kind: 'sticker', ref: url, name }))]
}

function kindOf(mime: string | null): InboundMedia['kind'] {
  const kind = mime?.split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}
