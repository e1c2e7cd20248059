import type { proto } from 'baileys'
import type { InboundMedia } from '../port.js'
import type { MediaFacts, MediaKind } from './library.js'

type Content = proto.IMessage

const wrappers = [
  'ephemeralMessage',
  'viewOnceMessage',
  'viewOnceMessageV2',
  'viewOnceMessageV2Extension',
  'documentWithCaptionMessage',
] as const
const deepest = 5

/** What is in the envelopes of a message: vanishing, to be seen once, a file with a caption. */
export function unwrapped(content: Content | null | undefined): Content | undefined {
  let inner = content ?? undefined
  for (let depth = 0; inner && depth < deepest; depth += 1) {
    const outer: Content = inner
    const wrapper = wrappers.find((name) => outer[name]?.message)
    const next = wrapper === undefined ? outer.deviceSentMessage?.message : outer[wrapper]?.message
    if (!next) return inner
    inner = next
  }
  return inner
}

const files = {
  imageMessage: 'image',
  stickerMessage: 'sticker',
  audioMessage: 'audio',
  videoMessage: 'video',
  ptvMessage: 'video',
  documentMessage: 'document',
} as const satisfies Partial<Record<keyof Content, MediaKind>>
const fileNames = Object.keys(files) as (keyof typeof files)[]

/** The words of a message; captions are words too. */
export function textOf(content: Content): string {
  return (
    content.conversation ||
    content.extendedTextMessage?.text ||
    content.imageMessage?.caption ||
    content.videoMessage?.caption ||
    content.documentMessage?.caption ||
    placeText(content) ||
    contactText(content) ||
    ''
  )
}

function placeText({ locationMessage: place }: Content): string | undefined {
  if (typeof place?.degreesLatitude !== 'number') return undefined
  return ['Location:', `${place.degreesLatitude}, ${place.degreesLongitude}`, place.name, place.address]
    .filter(Boolean)
    .join(' ')
}

function contactText({ contactMessage: contact }: Content): string | undefined {
  return contact?.displayName ? `Contact: ${contact.displayName}\n${contact.vcard ?? ''}`.trim() : undefined
}

/** What a message says of those around it: whom it names, and what it answers. */
export function contextOf(content: Content): proto.IContextInfo | undefined {
  const parts = [content.extendedTextMessage, ...fileNames.map((name) => content[name])]
  return parts.find((part) => part?.contextInfo)?.contextInfo ?? undefined
}

export function mediaOf(content: Content): InboundMedia[] {
  for (const name of fileNames) {
    const file = content[name]
    if (!file?.mediaKey || !file.directPath) continue
    const kind = files[name]
    const title = name === 'documentMessage' ? content.documentMessage?.fileName : undefined
    return [
      {
        kind,
        ref: mediaRef({ mediaKey: file.mediaKey, directPath: file.directPath }),
        ...(file.fileLength && { bytes: Number(file.fileLength) }),
        ...(file.mimetype && { mime: file.mimetype }),
        ...(title && { name: title }),
      },
    ]
  }
  return []
}

function mediaRef({ mediaKey, directPath }: MediaFacts): string {
  return JSON.stringify({ key: Buffer.from(mediaKey).toString('base64'), path: directPath })
}

/** The other way round; undefined for what leads to another host than WhatsApp's. */
export function mediaFacts(ref: string): MediaFacts | undefined {
  const { key, path } = JSON.parse(ref) as { readonly key: string; readonly path: string }
  // It is put behind the name of a host.
  return /^\/[^/]/.test(path) ? { mediaKey: Buffer.from(key, 'base64'), directPath: path } : undefined
}
