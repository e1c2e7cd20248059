import { behindName } from '../_mentions/leading.js'
import type { Inbound, InboundMedia } from '../port.js'

/** An `im.message.receive_v1` event: who said what. */
export interface FeishuEvent {
  readonly sender?: { readonly sender_id?: { readonly open_id?: string }; readonly sender_type?: string }
  readonly message?: FeishuMessage
}

interface FeishuMessage {
  readonly message_id?: string
  readonly parent_id?: string
  readonly create_time?: string
  readonly chat_id?: string
  readonly chat_type?: string
  readonly message_type?: string
  /** JSON; its shape depends on the type. */
  readonly content?: string
  readonly mentions?: readonly {
    readonly key?: string
    readonly id?: { readonly open_id?: string }
    readonly name?: string
  }[]
}

/** What the resource of a message is asked for with. */
export interface FileRef {
  readonly message: string
  readonly key: string
  readonly type: 'image' | 'file'
}

/** The message in an event; undefined when it is none that a bot answers. `bot` is its own open id. */
export function inboundOf({ sender, message }: FeishuEvent, bot: string, now: number): Inbound | undefined {
  const who = sender?.sender_id?.open_id
  const { message_id: id, chat_id: chat, chat_type: kind, mentions = [] } = message ?? {}
  if (!message || !who || !id || !chat || who === bot) return undefined
  const { text, files } = contentOf(message, id)
  if (text === '' && files.length === 0) return undefined
  const at = Number(message.create_time)
  return {
    id,
    at: at > 0 ? at : now,
    place: kind === 'p2p' ? { kind: 'direct', id: who } : { kind: 'group', id: chat },
    sender: { id: who, ...(sender?.sender_type === 'app' && { bot: true }) },
    text: withNames(behindBot(text, mentions, bot), mentions),
    ...(files.length > 0 && { media: files }),
    ...(message.parent_id && { replyTo: { id: message.parent_id } }),
    // A call to everybody is none to the bot: it has no open id.
    mentioned: mentions.some((mention) => mention.id?.open_id === bot),
  }
}

type Mentions = NonNullable<FeishuMessage['mentions']>

function behindBot(text: string, mentions: Mentions, bot: string): string {
  const begun = text.trimStart()
  const own = mentions.filter(({ key, id }) => key && id?.open_id === bot).map(({ key = '' }) => key)
  const lead = own.find((key) => begun.startsWith(key) && !/^\d/.test(begun.slice(key.length)))
  return lead === undefined ? text : behindName(begun, lead.length)
}

/** Placeholders `@_user_1` stand for who is mentioned. Longer ones first: `@_user_1` begins `@_user_10` too. */
function withNames(text: string, mentions: Mentions): string {
  return [...mentions]
    .sort((a, b) => (b.key?.length ?? 0) - (a.key?.length ?? 0))
    .reduce((rest, { key, name }) => (key ? rest.replaceAll(key, `@${name ?? ''}`) : rest), text)
    .replaceAll('@_all', '@all')
    .trim()
}

interface Content {
  readonly text: string
  readonly files: InboundMedia[]
}

function contentOf({ message_type: type, content = '' }: FeishuMessage, message: string): Content {
  const said = parsed(content)
  const file = (kind: InboundMedia['kind'], key: unknown, name?: unknown): InboundMedia[] => {
    if (typeof key !== 'string') return []
    const ref: FileRef = { message, key, type: kind === 'image' ? 'image' : 'file' }
    return [{ kind, ref: JSON.stringify(ref), ...(typeof name === 'string' && { name }) }]
  }
  switch (type) {
    case 'text':
      return { text: String(said.text ?? ''), files: [] }
    case 'post':
      return postOf(said, (key) => file('image', key))
    case 'image':
      return { text: '', files: file('image', said.image_key) }
    case 'audio':
      return { text: '', files: file('audio', said.file_key) }
    case 'media':
      return { text: '', files: file('video', said.file_key, said.file_name) }
    case 'file':
      return { text: '', files: file('document', said.file_key, said.file_name) }
    default:
      return { text: type ? `[${type}]` : '', files: [] }
  }
}

/** A text with paragraphs, links, mentions and pictures. */
function postOf(said: Record<string, unknown>, picture: (key: unknown) => InboundMedia[]): Content {
  const files: InboundMedia[] = []
  const rows = Array.isArray(said.content) ? said.content : []
  const lines = rows.map((row) =>
    (Array.isArray(row) ? row : [])
      .map((part) => {
        if (part?.tag === 'img') files.push(...picture(part.image_key))
        if (part?.tag === 'at') return String(part.user_id ?? '')
        if (part?.tag === 'a') return `${part.text ?? ''} (${part.href ?? ''})`
        return typeof part?.text === 'string' ? part.text : ''
      })
      .join(''),
  )
  const title = typeof said.title === 'string' ? said.title : ''
  return { text: [title, ...lines].filter((line) => line !== '').join('\n'), files }
}

function parsed(content: string): Record<string, unknown> {
  try {
    return JSON.parse(content) ?? {}
  } catch {
    return {}
  }
}
