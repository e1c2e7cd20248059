import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContentPart } from '../../schemas/message.js'
import { writeAtomic } from '../kernel/atomic-file.js'
import { fenceUntrusted } from '../tools/_untrusted.js'
import { isCommand } from './burst.js'
import { type Account, type Connection, type Inbound, type InboundMedia, ownWords } from './port.js'
import { sniffMedia } from './sniff.js'

const defaultMaxMb = 20
const fetchLimitMs = 60_000
/** Files of people are kept for a week. */
const keepMs = 7 * 86_400_000
const maxImages = 8

export interface ContentOptions {
  /** `<state>/media/inbound` */
  readonly folder: string
  readonly now: () => number
  readonly connection: (account: Account) => Pick<Connection, 'fetchMedia'> | undefined
}

/** A message as a model reads it: its text, what it answers, and its files. Never rejects. */
export async function contentOf(
  options: ContentOptions,
  account: Account,
  message: Inbound,
  /** `images`: the model that answers takes them; to another they are files. `prefix` stands in front of the words. */
  { images, prefix = '' }: { readonly images: boolean; readonly prefix?: string | undefined },
  signal: AbortSignal,
): Promise<ContentPart[]> {
  const notes: string[] = []
  const shown: ContentPart[] = []
  for (const media of message.media ?? []) {
    const { note, image } = await read(options, account, media, signal)
    notes.push(note)
    if (image && images && shown.length < maxImages) shown.push(image)
  }
  const quoted = message.replyTo?.text
  const quote =
    quoted === undefined
      ? []
      : [
          fenceUntrusted(
            quoted.slice(0, 2_000),
            `the message of ${message.replyTo?.sender ?? 'somebody'} that is answered`,
          ),
        ]
  const who =
    message.place.kind === 'direct' ? '' : `${message.sender.name ?? message.sender.username ?? message.sender.id}: `
  const front = prefix === '' || isCommand(ownWords(message)) ? '' : `${prefix} `
  const text = [...quote, ...notes, message.text === '' ? '' : `${front}${who}${message.text}`]
    .filter((part) => part !== '')
    .join('\n')
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...shown]
}

async function read(
  { folder, connection }: ContentOptions,
  account: Account,
  media: InboundMedia,
  signal: AbortSignal,
): Promise<{ readonly note: string; readonly image?: ContentPart }> {
  const maxMb = typeof account.keys.mediaMaxMb === 'number' ? account.keys.mediaMaxMb : defaultMaxMb
  const maxBytes = maxMb * 1024 ** 2
  const gone = (why: string) => ({ note: `[media unavailable: ${media.kind}, ${why}]` })
  if ((media.bytes ?? 0) > maxBytes) return gone(`larger than ${maxMb} MB`)
  const line = connection(account)
  if (!line?.fetchMedia) return gone('this channel hands over no files')
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(fetchLimitMs)])
    const bytes = await line.fetchMedia(media, maxBytes, limit)
    // What a sender says of a file is not believed.
    const { mime, extension } = sniffMedia(bytes)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${randomUUID()}.${extension}`)
    await writeAtomic(path, bytes)
    const name = media.name === undefined ? '' : ` ${media.name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 80)}`
    const note = `<media:${media.kind}${name} ${mime} ${bytes.byteLength} bytes, kept at ${path}>`
    const image = { type: 'image' as const, mediaType: mime, data: Buffer.from(bytes).toString('base64') }
    return mime.startsWith('image/') ? { note, image } : { note }
  } catch (error) {
    return gone(error instanceof Error ? error.message : 'it could not be read')
  }
}

/** Deletes files that are older than a week. */
export async function sweepMedia({ folder, now }: Pick<ContentOptions, 'folder' | 'now'>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && found.mtimeMs < now() - keepMs) await rm(path, { force: true })
  }
}
