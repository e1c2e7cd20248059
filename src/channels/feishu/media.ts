import { checkSize, formOf } from '../_http/form.js'
import type { OutboundMedia } from '../port.js'
import type { FeishuApi } from './api.js'

/** Open platform, "Upload image" and "Upload file". */
const imageBytes = 10 * 1024 ** 2
const fileBytes = 30 * 1024 ** 2
/** Pictures that are shown; others go as files. */
const shownImages = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp', 'image/tiff'])
const documents: Readonly<Record<string, string>> = { 'application/pdf': 'pdf', 'video/mp4': 'mp4' }

interface Uploaded {
  readonly msg_type: 'image' | 'file' | 'audio' | 'media'
  readonly content: string
}

/** Uploads a file; gives the message that shows it. Rejects with `refused` for one that is too large. */
export async function uploaded(api: FeishuApi, media: OutboundMedia, signal: AbortSignal): Promise<Uploaded> {
  const size = await checkSize(media, fileBytes, 'Feishu')
  if (media.kind === 'image' && size <= imageBytes && shownImages.has(media.mime)) {
    const form = await formOf({ image_type: 'message' }, 'image', media)
    const { data } = await api.upload('image', '/open-apis/im/v1/images', form, signal)
    return { msg_type: 'image', content: JSON.stringify({ image_key: data?.image_key }) }
  }
  // A voice message there is opus; other sounds are files.
  const voice = media.voice === true && media.mime === 'audio/ogg'
  const file_type = voice ? 'opus' : (documents[media.mime] ?? 'stream')
  const form = await formOf({ file_type, file_name: media.name }, 'file', media)
  const { data } = await api.upload('file', '/open-apis/im/v1/files', form, signal)
  const msg_type = voice ? 'audio' : media.kind === 'video' && file_type === 'mp4' ? 'media' : 'file'
  return { msg_type, content: JSON.stringify({ file_key: data?.file_key }) }
}
