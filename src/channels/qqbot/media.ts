import { readFile } from 'node:fs/promises'
import { checkSize } from '../_http/form.js'
import { ChannelFailure, type OutboundMedia, type Place } from '../port.js'
import type { QqApi } from './api.js'
import { pathOf } from './events.js'

/** Larger ones have to be uploaded in pieces, which is not built. */
const maxBytes = 5 * 1024 ** 2
/** QQ's numbers of what is uploaded. */
const types = { image: 1, video: 2, voice: 3, file: 4 }
const shownImages = new Set(['image/jpeg', 'image/png', 'image/gif'])

/** The part of a message that shows a file. */
export interface QqMedia {
  readonly msg_type: 7
  readonly media: { readonly file_info: string }
}

/** Uploads a file to where it is to be shown. Rejects with `refused` for what QQ does not take there. */
export async function uploaded(api: QqApi, place: Place, media: OutboundMedia, signal: AbortSignal): Promise<QqMedia> {
  if (place.kind === 'channel' || place.guild !== undefined) {
    throw new ChannelFailure('refused', 'files can be sent to people and groups, not to rooms of servers')
  }
  await checkSize(media, maxBytes, 'QQ')
  const file_data = (await readFile(media.path)).toString('base64')
  const file = { file_type: typeOf(media), file_data, file_name: media.name, srv_send_msg: false }
  const answer = await api.call(pathOf(place).replace(/messages$/, 'files'), signal, file).catch((error: unknown) => {
    // Nobody sees what was uploaded: it is done again.
    if (error instanceof ChannelFailure && error.kind === 'ambiguous')
      throw new ChannelFailure('network', error.message)
    throw error
  })
  if (typeof answer?.file_info !== 'string') throw new ChannelFailure('refused', 'QQ did not take the file')
  return { msg_type: 7, media: { file_info: answer.file_info } }
}

/** Voice is in a format of its own there; other sounds are files. */
function typeOf({ kind, mime }: OutboundMedia): number {
  if (kind === 'image' && shownImages.has(mime)) return types.image
  if (kind === 'video' && mime === 'video/mp4') return types.video
  return mime === 'audio/silk' ? types.voice : types.file
}
