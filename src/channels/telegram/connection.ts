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
} from '../port.js'
import { isParseError, type TelegramApi } from './api.js'
import { telegramHtml } from './format.js'
import { sendPoll } from './poll.js'
import { type Bot, inboundOf, wantedUpdates } from './updates.js'

/** Seconds that Telegram may keep a poll open, and what the answer may take besides. */
const pollSeconds = 30
const pollGraceMs = 10_000
const batch = 100
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
}

/** Where an earlier start had got to. */
interface Offset {
  readonly bot: number
  readonly last: number
}

/**
 * One bot, by long polling. The next update is asked for only when those before are on disk, and where it stands is
 * kept there too: telegraf's own loop forgets both and ends at the first conflict (spec/runtime.md 2.1).
 */
export class TelegramConnection implements Connection {
  readonly #options: TelegramOptions

  constructor(options: TelegramOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { api, host } = this.#options
    const me = await api.call('getMe', {} as never, limited(signal))
    const bot: Bot = { id: me.id, username: me.username ?? '' }
    // With a webhook set, polling is refused.
    await api.call('deleteWebhook', { drop_pending_updates: false }, limited(signal))
    await this.#menu(signal)
    host.alive({ identity: `@${bot.username}` })
    let last = await this.#last(bot.id)
    while (!signal.aborted) {
      const ask = { offset: last + 1, limit: batch, timeout: pollSeconds, allowed_updates: [...wantedUpdates] }
      const updates = await api
        .call('getUpdates', ask, limited(signal, pollSeconds * 1000 + pollGraceMs))
        .catch((error: unknown) => {
          if (signal.aborted) return []
          // A poll that is cut has lost nothing: the offset is ours.
          if (error instanceof ChannelFailure && error.kind === 'ambiguous') {
            throw new ChannelFailure('network', error.message)
          }
          throw error
        })
      host.alive()
      for (const update of updates) {
        const message = inboundOf(update, bot)
        if (message) await host.receive(message)
        if ('callback_query' in update) {
          api
            .call('answerCallbackQuery', { callback_query_id: update.callback_query.id }, limited(signal))
            .catch(() => {})
        }
        last = update.update_id
      }
      if (updates.length > 0) await host.memory.set('offset', JSON.stringify({ bot: bot.id, last } satisfies Offset))
    }
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
        if (isParseError(error)) return change({ text })
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
      const { username = '' } = await this.#options.api.call('getMe', {} as never, signal)
      return { ok: true, identity: `@${username}` }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  get #links() {
    return { link_preview_options: { is_disabled: !this.#options.linkPreview } }
  }

  async #last(bot: number): Promise<number> {
    const known: Offset | undefined = JSON.parse((await this.#options.host.memory.get('offset')) ?? 'null') ?? undefined
    // Numbers of another bot mean nothing.
    return known?.bot === bot ? known.last : -1
  }

  async #menu(signal: AbortSignal): Promise<void> {
    const { api, host } = this.#options
    const commands = host.menu().slice(0, 100)
    if (commands.length === 0) return
    await api.call('setMyCommands', { commands: [...commands] }, limited(signal)).catch((error: unknown) => {
      host.log.warn({ error: String(error) }, 'the menu of commands could not be set')
    })
  }

  async #text(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const { api } = this.#options
    const rest = { ...where(place), ...quiet(message), ...this.#links }
    const html = { text: telegramHtml(message.text), parse_mode: 'HTML' as const, ...rest }
    const sent = await api.call('sendMessage', html, signal).catch((error: unknown) => {
      if (isParseError(error)) return api.call('sendMessage', { text: message.text, ...rest }, signal)
      throw error
    })
    return { id: `${place.id}:${sent.message_id}` }
  }

  async #media(place: Place, media: OutboundMedia, caption: string, message: Outbound, signal: AbortSignal) {
    const method = media.voice ? 'sendVoice' : methods[media.kind]
    const field = media.voice ? 'voice' : fields[media.kind]
    const body = {
      ...where(place),
      ...quiet(message),
      [field]: { source: media.path, filename: media.name },
      ...(caption !== '' && { caption: telegramHtml(caption), parse_mode: 'HTML' }),
    }
    const sent = (await this.#options.api.call(method, body as never, signal)) as { readonly message_id: number }
    return { id: `${place.id}:${sent.message_id}` }
  }
}

/** Ids are `<chat>:<message>`; Telegram wants the second part. */
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

const callMs = 20_000
const limited = (signal: AbortSignal, ms = callMs) => AbortSignal.any([signal, AbortSignal.timeout(ms)])
