import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Capabilities, OutboundMedia } from '../channels/port.js'
import { sniffMedia } from '../channels/sniff.js'
import { writeAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'
import { unsupported } from './chat-abilities.js'
import type { ChatRoute } from './chat-routes.js'

const maxMediaBytes = 50 * 1024 ** 2

export interface FileToSend {
  /** What people see; folders in front of it are left out. */
  readonly name: string
  readonly bytes: Uint8Array
  /** Shown as a file, also when it is a picture. */
  readonly asDocument?: boolean | undefined
  readonly asVoice?: boolean | undefined
}

/** Where files go out. */
export interface Outgoing {
  readonly capabilities: (channel: string) => Capabilities | undefined
  /** Where files lie until they are sent. */
  readonly outboundFolder: string
}

/**
 * A copy of a file that stays as it is until its message is sent; what it is, its first bytes say. Throws
 * `channel_unsupported` where no files can be sent, and `invalid_request` for one that is empty or too large.
 */
export async function outboundFile(
  channels: Outgoing,
  to: Pick<ChatRoute, 'channel'>,
  file: FileToSend,
): Promise<OutboundMedia> {
  const { name, bytes, asDocument, asVoice } = file
  if (!channels.capabilities(to.channel)?.media) throw await unsupported(to.channel, 'media')
  if (bytes.byteLength === 0 || bytes.byteLength > maxMediaBytes) {
    const why = bytes.byteLength === 0 ? 'is empty' : 'is too large to be sent (50 MB at most)'
    throw new GatewayError('invalid_request', { message: `${basename(name)} ${why}.` })
  }
  const { mime, extension } = sniffMedia(bytes)
  await mkdir(channels.outboundFolder, { recursive: true, mode: 0o700 })
  const path = join(channels.outboundFolder, `${randomUUID()}.${extension}`)
  await writeAtomic(path, bytes)
  const [top = ''] = mime.split('/')
  const kind = (['image', 'audio', 'video'] as const).find((one) => one === top && !asDocument) ?? 'document'
  return { kind, name: basename(name), mime, path, ...(asVoice && kind === 'audio' && { voice: true }) }
}
