import type { Message, MessageEntity, Update } from 'telegraf/types'
import { behindName } from '../_mentions/leading.js'
import type { Inbound, InboundMedia, Place, SeenMessage, Sender } from '../port.js'

export interface Bot {
  readonly id: number
  readonly username: string
}

/** Kinds of updates that are asked for; Telegram leaves the others out. */
export const wantedUpdates = ['message', 'callback_query', 'my_chat_member'] as const

/** The message in an update, in the words of all channels; undefined when there is none for a bot to answer. */
export function inboundOf(update: Update, bot: Bot): Inbound | undefined {
  if ('message' in update) return messageOf(update.message, bot)
  if ('callback_query' in update) return buttonOf(update.callback_query)
  return undefined
}

function messageOf(message: Message, bot: Bot): Inbound | undefined {
  const { from, chat } = message
  if (!from || from.id === bot.id) return undefined
  const media = mediaOf(message)
  const text = 'text' in message ? message.text : 'caption' in message ? (message.caption ?? '') : ''
  if (text === '' && media.length === 0) return undefined
  const entities =
    'entities' in message ? message.entities : 'caption_entities' in message ? message.caption_entities : []
  const forwarded = 'forward_origin' in message
  const command = forwarded ? null : /^\/(\w+)@(\w+)/.exec(text)
  // A command that names another bot of the group.
  if (command && command[2]?.toLowerCase() !== bot.username.toLowerCase()) return undefined
  const replied = 'reply_to_message' in message ? message.reply_to_message : undefined
  return {
    // Numbers of private chats are the bot's own: another bot of the account counts from the beginning.
    id: `${bot.id}:${chat.id}:${message.message_id}`,
    at: message.date * 1000,
    place: placeOf(message),
    sender: senderOf(from),
    text: command ? text.replace(`@${command[2]}`, '') : behindName(text, leadOf(text, entities ?? [], bot)),
    ...(media.length > 0 && { media }),
    ...(forwarded && { forwarded: true as const }),
    ...(replied && { replyTo: repliedOf(replied) }),
    mentioned: command !== null || replied?.from?.id === bot.id || isNamed(text, entities ?? [], bot),
  }
}

/** A group became a supergroup, which has an id of its own. */
export function movedGroup(update: Update): { readonly from: string; readonly to: string } | undefined {
  if (!('message' in update && 'migrate_to_chat_id' in update.message)) return undefined
  const { chat, migrate_to_chat_id: to } = update.message
  return { from: String(chat.id), to: String(to) }
}

/** A message of anybody, the bot too. */
export function seenMessage(message: Message): SeenMessage {
  const text = 'text' in message ? message.text : 'caption' in message ? (message.caption ?? '') : ''
  const { from } = message
  const name = from && [from.first_name, from.last_name].filter(Boolean).join(' ')
  return {
    id: `${message.chat.id}:${message.message_id}`,
    at: message.date * 1000,
    ...(from && { sender: { id: String(from.id), ...(name && { name }) } }),
    text,
  }
}

function buttonOf(query: Update.CallbackQueryUpdate['callback_query']): Inbound | undefined {
  if (!query.message || !('data' in query)) return undefined
  return {
    id: `button:${query.id}`,
    at: Date.now(),
    place: placeOf(query.message as Message),
    sender: senderOf(query.from),
    text: `callback_data: ${query.data}`,
    mentioned: true,
  }
}

function placeOf(message: Message): Place {
  const { chat } = message
  const kind = chat.type === 'private' ? 'direct' : chat.type === 'channel' ? 'channel' : 'group'
  const topic = 'is_topic_message' in message && message.is_topic_message ? message.message_thread_id : undefined
  return { kind, id: String(chat.id), ...(topic !== undefined && { thread: String(topic) }) }
}

function senderOf({ id, first_name, last_name, username, is_bot }: NonNullable<Message['from']>): Sender {
  const name = [first_name, last_name].filter(Boolean).join(' ')
  return { id: String(id), name, ...(username && { username }), ...(is_bot && { bot: true }) }
}

function repliedOf(message: Message): NonNullable<Inbound['replyTo']> {
  const text = 'text' in message ? message.text : 'caption' in message ? message.caption : undefined
  const sender = message.from?.first_name
  return { id: `${message.chat.id}:${message.message_id}`, ...(text && { text }), ...(sender && { sender }) }
}

function isNamed(text: string, entities: readonly MessageEntity[], bot: Bot): boolean {
  return entities.some((entity) => names(text, entity, bot))
}

function names(text: string, entity: MessageEntity, bot: Bot): boolean {
  if (entity.type === 'text_mention') return entity.user.id === bot.id
  if (entity.type !== 'mention') return false
  const name = text.slice(entity.offset + 1, entity.offset + entity.length)
  return name.toLowerCase() === bot.username.toLowerCase()
}

/** Characters of a mention of the bot with which the text begins. */
function leadOf(text: string, entities: readonly MessageEntity[], bot: Bot): number {
  const first = entities.find((entity) => text.slice(0, entity.offset).trim() === '' && names(text, entity, bot))
  return first ? first.offset + first.length : 0
}

interface FileFacts {
  readonly file_id: string
  readonly file_size?: number
  readonly mime_type?: string
  readonly file_name?: string
}

function mediaOf(message: Message): InboundMedia[] {
  const of = (
    kind: InboundMedia['kind'],
    { file_id: ref, file_size, mime_type, file_name }: FileFacts,
    mime = mime_type,
  ) => ({
    kind,
    ref,
    ...(file_size !== undefined && { bytes: file_size }),
    ...(mime !== undefined && { mime }),
    ...(file_name !== undefined && { name: file_name }),
  })
  if ('photo' in message) {
    const largest = message.photo.at(-1)
    return largest ? [of('image', largest, 'image/jpeg')] : []
  }
  if ('sticker' in message) return [of('sticker', message.sticker)]
  if ('voice' in message) return [of('audio', message.voice)]
  if ('audio' in message) return [of('audio', message.audio)]
  if ('video' in message) return [of('video', message.video)]
  if ('video_note' in message) return [of('video', message.video_note)]
  if ('document' in message) return [of('document', message.document)]
  return []
}
