import { createHash } from 'node:crypto'
import type { Connection, Directory, Host, InboundMedia, Outbound, Place, Probed } from '../port.js'
import type { FeishuApi } from './api.js'
import { feishuDirectory } from './directory.js'
import { type FeishuEvent, type FileRef, inboundOf } from './events.js'
import { uploaded } from './media.js'
import { type RenderMode, rendered } from './render.js'

/** Listens until the signal aborts, and hands over each `im.message.receive_v1` event. */
export type Listen = (
  signal: AbortSignal,
  opened: () => void,
  take: (event: FeishuEvent) => Promise<void>,
) => Promise<void>

export interface FeishuOptions {
  readonly api: FeishuApi
  readonly host: Host
  readonly renderMode: RenderMode
  readonly listen: Listen
}

/** One app: events by long connection or webhook, everything else is a call. */
export class FeishuConnection implements Connection {
  readonly directory: Directory
  readonly #options: FeishuOptions

  constructor(options: FeishuOptions) {
    this.#options = options
    this.directory = feishuDirectory(options.api, (signal) => this.#bot(signal))
  }

  async run(signal: AbortSignal): Promise<void> {
    const { host, listen } = this.#options
    const bot = await this.#bot(signal)
    await listen(
      signal,
      () => host.alive({ identity: bot.name }),
      async (event) => {
        host.alive()
        const message = inboundOf(event, bot.id, host.clock.now())
        if (message) await host.receive(message)
      },
    )
  }

  /** Files first, each a message of its own, then the text. */
  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const { api, renderMode } = this.#options
    const files = message.media ?? []
    let first: string | undefined
    for (const [index, media] of files.entries()) {
      const id = await this.#post(
        place,
        await uploaded(api, media, signal),
        `${message.key} file ${index}`,
        message,
        signal,
      )
      first ??= id
    }
    if (files.length > 0 && message.text === '') return { id: first ?? '' }
    const id = await this.#post(place, rendered(message.text, renderMode), message.key, message, signal)
    return { id: first ?? id }
  }

  async #post(
    place: Place,
    content: { readonly msg_type: string; readonly content: string },
    key: string,
    { replyTo }: Outbound,
    signal: AbortSignal,
  ): Promise<string> {
    const { api } = this.#options
    // The platform shows what has the same one once, for an hour.
    const body = { ...content, uuid: createHash('sha256').update(key).digest('base64url').slice(0, 40) }
    const messages = '/open-apis/im/v1/messages'
    const sent =
      replyTo === undefined
        ? await api.call('send', `${messages}?receive_id_type=${idTypeOf(place)}`, signal, {
            ...body,
            receive_id: place.id,
          })
        : await api.call('reply', `${messages}/${encodeURIComponent(replyTo)}/reply`, signal, body)
    return String(sent.data?.message_id ?? '')
  }

  async fetchMedia({ ref }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { message, key, type } = JSON.parse(ref) as FileRef
    const path = `/open-apis/im/v1/messages/${encodeURIComponent(message)}/resources/${encodeURIComponent(key)}`
    return this.#options.api.file(`${path}?type=${type}`, maxBytes, signal)
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    try {
      const { name } = await this.#bot(signal)
      return { ok: true, identity: name }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }

  async #bot(signal: AbortSignal): Promise<{ readonly id: string; readonly name: string }> {
    const { bot } = await this.#options.api.call('bot info', '/open-apis/bot/v3/info', signal)
    return { id: String(bot?.open_id ?? ''), name: String(bot?.app_name ?? '') }
  }
}

const idTypeOf = ({ id }: Place) => (id.startsWith('ou_') ? 'open_id' : 'chat_id')
