import { behindName } from '../_mentions/leading.js'
import type { Inbound, InboundMedia } from '../port.js'

/** What of an envelope of signal-cli is read. */
export interface Envelope {
  readonly source?: string
  readonly sourceNumber?: string | null
  readonly sourceUuid?: string | null
  readonly sourceName?: string | null
  readonly timestamp?: number
  readonly dataMessage?: DataMessage
}

interface DataMessage {
  readonly timestamp?: number
  readonly message?: string | null
  readonly groupInfo?: { readonly groupId?: string; readonly type?: string }
  readonly mentions?: readonly Mention[]
  readonly quote?: {
    readonly id?: number
    readonly text?: string | null
    readonly author?: string
    readonly authorNumber?: string | null
    readonly authorUuid?: string | null
  }
  readonly attachments?: readonly {
    readonly id?: string
    readonly contentType?: string
    readonly filename?: string | null
    readonly size?: number
  }[]
}

interface Mention {
  readonly name?: string
  readonly number?: string | null
  readonly uuid?: string | null
  readonly start?: number
  readonly length?: number
}

/** The account itself: its number, and its id once that is known. */
export interface Self {
  readonly number: string
  readonly uuid?: string | undefined
}

/** What `getAttachment` needs. */
export interface AttachmentRef {
  readonly id: string
  readonly recipient?: string
  readonly groupId?: string
}

/** The message in an envelope; undefined for receipts, reactions, and what the account wrote itself. */
export function inboundOf(envelope: Envelope, self: Self): Inbound | undefined {
  const { dataMessage: data, sourceName } = envelope
  const uuid = envelope.sourceUuid?.toLowerCase() || undefined
  const number = envelope.sourceNumber || (envelope.source?.startsWith('+') ? envelope.source : undefined)
  const who = uuid ?? number
  const sent = data?.timestamp ?? envelope.timestamp
  if (!data || who === undefined || sent === undefined || isSelf({ uuid, number }, self)) return undefined
  const groupId = data.groupInfo?.groupId
  const media = mediaOf(data, groupId === undefined ? { recipient: who } : { groupId })
  const text = textOf(data, self)
  if (text === '' && media.length === 0) return undefined
  const { quote } = data
  const quoted = quote && { uuid: quote.authorUuid ?? undefined, number: quote.authorNumber ?? quote.author }
  return {
    id: messageId(who, sent),
    at: sent,
    place: groupId === undefined ? { kind: 'direct', id: who } : { kind: 'group', id: groupId },
    sender: {
      id: uuid === undefined ? who : `uuid:${uuid}`,
      ...(sourceName && { name: sourceName }),
      ...(number !== undefined && { e164: number }),
    },
    text,
    ...(media.length > 0 && { media }),
    ...(quote?.id !== undefined && {
      replyTo: {
        id: messageId(quoted?.uuid ?? quoted?.number ?? '', quote.id),
        ...(quote.text && { text: quote.text }),
        ...(quoted?.number && { sender: quoted.number }),
      },
    }),
    mentioned: (data.mentions ?? []).some((mention) => isSelf(mention, self)) || (!!quoted && isSelf(quoted, self)),
  }
}

/** Signal knows a message by who wrote it and when. */
export const messageId = (author: string, timestamp: number) => `${author}:${timestamp}`

export function partsOfId(id: string): { readonly author: string; readonly timestamp: number } {
  const at = id.lastIndexOf(':')
  return { author: id.slice(0, at), timestamp: Number(id.slice(at + 1)) }
}

type Known = { readonly uuid?: string | null | undefined; readonly number?: string | null | undefined }

const isSelf = ({ uuid, number }: Known, self: Self) =>
  number === self.number || (!!uuid && uuid.toLowerCase() === self.uuid)

function textOf({ message, mentions = [] }: DataMessage, self: Self): string {
  const raw = message ?? ''
  const lead = mentions.find(({ start = 0, ...of }) => raw.slice(0, start).trim() === '' && isSelf(of, self))
  const { start = 0, length = 1 } = lead ?? {}
  const text = lead ? behindName(raw, start + length) : raw
  if (text === raw) return withNames(raw, mentions)
  const cut = raw.length - text.length
  const others = mentions.filter((mention) => mention !== lead)
  return withNames(
    text,
    others.map((mention) => ({ ...mention, start: (mention.start ?? 0) - cut })),
  )
}

/** Mentions stand in the text as one character that nobody can read. */
function withNames(text: string, mentions: readonly Mention[]): string {
  return [...mentions]
    .sort((a, b) => (b.start ?? 0) - (a.start ?? 0))
    .reduce((rest, { name, number, uuid, start = 0, length = 1 }) => {
      return `${rest.slice(0, start)}@${number ?? name ?? uuid ?? ''}${rest.slice(start + length)}`
    }, text)
}

function mediaOf({ attachments = [] }: DataMessage, where: Omit<AttachmentRef, 'id'>): InboundMedia[] {
  return attachments.flatMap(({ id, contentType = '', filename, size }) => {
    if (id === undefined) return []
    const [type] = contentType.split('/')
    const kind = type === 'image' || type === 'audio' || type === 'video' ? type : 'document'
    return [
      {
        kind,
        ref: JSON.stringify({ id, ...where } satisfies AttachmentRef),
        ...(size !== undefined && { bytes: size }),
        ...(contentType !== '' && { mime: contentType }),
        ...(filename && { name: filename }),
      } as const,
    ]
  })
}
