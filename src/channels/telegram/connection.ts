import type { Update } from 'telegraf/types'
import { fetch } from 'undici'
import {
  ChannelFailure,
  type Connection,
  type Host,
  type InboundMedia,
  type Outbound,
  type OutboundMedia,
  type Place,
  type Poll,
  type Probed,
  type SeenMessage,
} from '../port.js'
import { type TelegramApi, wantsPlain } from './api.js'
import { telegramHtml } from './format.js'
import { followPolls } from './long-poll.js'
import { type MenuKeys, setMenu } from './menu.js'
import { sendPoll } from './poll.js'
import { limited, type UpdateSource } from './source.js'
import { type Bot, inboundOf, movedGroup, seenMessage } from './updates.js'
import { followWebhook, type Webhook, webhookTrouble } from './webhook.js'

const methods = { image: 'sendPhoto', audio: 'sendAudio', video: 'sendVideo', document: 'sendDocument' } as const
const fields = { image: 'photo', audio: 'audio', video: 'video', document: 'document' } as const
/** Bot API: captions are shorter than messages. */
const captionLimit = 1024

export interface TelegramOptions {
  readonly api: TelegramApi
  readonly host: Host
  /** `<apiRoot>/file/bot<token>`; never logged. */
  readonly files: string
  readonly linkPreview: boolean
  readonly menu: MenuKeys
  /** Undefined: long polling. */
  readonly webhook: Webhook | undefined
}

/** One bot, by long polling or by webhook. */
export class TelegramConnection implements Connection {
  readonly #options: TelegramOptions

  constructor(options: TelegramOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { api, host, webhook, menu } = this.#options
    const me = await api.call('getMe', {} as never, limited(signal))
    const bot: Bot = { id: me.id, username: me.username ?? '' }
    const source: UpdateSource = {
      ...{ api, host, bot, signal },
      opened: async () => {
        await setMenu(api, host, menu, limited(signal))
        host.alive({ identity: `@${bot.username}`, mode: webhook ? 'webhook' : 'polling' })
      },
      take: (update) => this.#take(update, bot, signal),
    }
    if (webhook) await followWebhook({ ...source, webhook })
    else await followPolls(source)
  }

  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const [first, ...more] = message.media ?? []
    if (!first) return this.#text(place, message, signal)
    const caption = message.text.length <= captionLimit ? message.text : ''
    const sent = await this.#media(place, first, caption, message, signal)
    for (const media of more) await this.#media(place, media, '', message, signal)
    if (caption !== message.text) await this.#text(place, message, signal)
    return sent
  }

  async edit(place: Place, id: string, text: string, signal: AbortSignal): Promise<void> {
    const where = { chat_id: place.id, message_id: messageNumber(id), ...this.#links }
    const change = (body: object) => this.#options.api.call('editMessageText', { ...where, ...body } as never, signal)
    await change({ text: telegramHtml(text), parse_mode: 'HTML' })
      .catch((error: unknown) => {
        if (wantsPlain(error)) return change({ text })
        throw error
      })
      .catch((error: unknown) => {
        if (!(error instanceof ChannelFailure && /message is not modified/i.test(error.message))) throw error
      })
  }

  async remove(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#options.api.call('deleteMessage', { chat_id: place.id, message_id: messageNumber(id) }, signal)
  }

  async typing(place: Place, signal: AbortSignal): Promise<void> {
    const thread = place.thread === undefined ? {} : { message_thread_id: Number(place.thread) }
    await this.#options.api.call('sendChatAction', { chat_id: place.id, action: 'typing', ...thread }, signal)
  }

  async react(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const reaction = emoji === '' ? [] : [{ type: 'emoji', emoji }]
    const where = { chat_id: place.id, message_id: messageNumber(id) }
    await this.#options.api.call('setMessageReaction', { ...where, reaction } as never, signal)
  }

  async pin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    const message = { chat_id: place.id, message_id: messageNumber(id), disable_notification: true }
    await this.#options.api.call('pinChatMessage', message, signal)
  }

  async unpin(place: Place, id: string, signal: AbortSignal): Promise<void> {
    await this.#options.api.call('unpinChatMessage', { chat_id: place.id, message_id: messageNumber(id) }, signal)
  }

  /** Bots see the newest one. */
  async pins(place: Place, signal: AbortSignal): Promise<readonly SeenMessage[]> {
    const chat = await this.#options.api.call('getChat', { chat_id: place.id }, signal)
    const pinned = 'pinned_message' in chat ? chat.pinned_message : undefined
    return pinned === undefined ? [] : [seenMessage(pinned)]
  }

  poll(place: Place, poll: Poll, signal: AbortSignal): Promise<{ readonly id: string; readonly pollId: string }> {
    return sendPoll(this.#options.api, { ...where(place), ...quiet(poll) }, poll, signal)
  }

  async fetchMedia({ ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { api, files } = this.#options
    const { file_path: path, file_size: size = 0 } = await api.call('getFile', { file_id: ref }, signal)
    if (path === undefined || size > maxBytes) throw new ChannelFailure('refused', `the file has ${size} bytes`)
    const response = await fetch(`${files}/${path}`, { signal }).catch(() => {
      throw new ChannelFailure('network', 'the file could not be read')
    })
    if (!response.ok || !response.body) throw new ChannelFailure('refused', `the file server says ${response.status}`)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength
      if (bytes > maxBytes) throw new ChannelFailure('refused', 'the file is too large')
      parts.push(part)
    }
    return Buffer.concat(parts)
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    try {
      const { api, webhook } = this.#options
      const { username = '' } = await api.call('getMe', {} as never, signal)
      const trouble = webhook && (await webhookTrouble(api, webhook, signal))
      return { ok: trouble === undefined, identity: `@${username}`, ...(trouble !== undefined && { error: trouble }) }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  get #links() {
    return { link_preview_options: { is_disabled: !this.#options.linkPreview } }
  }

  async #take(update: Update, bot: Bot, signal: AbortSignal): Promise<void> {
    const { api, host } = this.#options
    const moved = movedGroup(update)
    if (moved) await host.moved(moved.from, moved.to)
    const message = inboundOf(update, bot)
    if (message) await host.receive(message)
    if (!('callback_query' in update)) return
    // The button stops to turn; whether Telegram hears of it changes nothing.
    api.call('answerCallbackQuery', { callback_query_id: update.callback_query.id }, limited(signal)).catch(() => {})
  }

  async #text(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const { api } = this.#options
    const rest = { ...where(place), ...quiet(message), ...this.#links }
    const html = { text: telegramHtml(message.text), parse_mode: 'HTML' as const, ...rest }
    const sent = await api.call('sendMessage', html, signal).catch((error: unknown) => {
      if (wantsPlain(error)) return api.call('sendMessage', { text: message.text, ...rest }, signal)
      throw error
    })
    return { id: `${place.id}:${sent.message_id}` }
  }

  async #media(place: Place, media: OutboundMedia, caption: string, message: Outbound, signal: AbortSignal) {
    const method = media.voice ? 'sendVoice' : methods[media.kind]
    const field = media.voice ? 'voice' : fields[media.kind]
    const rest = { ...where(place), ...quiet(message), [field]: { source: media.path, filename: media.name } }
    const post = (words: object) => this.#options.api.call(method, { ...rest, ...words } as never, signal)
    const html = caption === '' ? {} : { caption: telegramHtml(caption), parse_mode: 'HTML' }
    const sent = (await post(html).catch((error: unknown) => {
      if (wantsPlain(error)) return post({ caption })
      throw error
    })) as { readonly message_id: number }
    return { id: `${place.id}:${sent.message_id}` }
  }
}

/** Ids are `<chat>:<message>`, of what people say with the bot in front; Telegram wants the last part. */
const messageNumber = (id: string) => Number(id.slice(id.lastIndexOf(':') + 1))

function where({ id, thread }: Place) {
  // The general topic has no number of its own when something is sent to it.
  return { chat_id: id, ...(thread !== undefined && thread !== '1' && { message_thread_id: Number(thread) }) }
}

function quiet({ silent, replyTo }: Pick<Outbound, 'silent' | 'replyTo'>) {
  return {
    ...(silent && { disable_notification: true }),
    ...(replyTo !== undefined && {
      reply_parameters: { message_id: messageNumber(replyTo), allow_sending_without_reply: true },
    }),
  }
}
