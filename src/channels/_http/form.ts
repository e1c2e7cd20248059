import { readFile, stat } from 'node:fs/promises'
import { FormData } from 'undici'
import { ChannelFailure, type OutboundMedia } from '../port.js'

/** Throws `refused` for a file that the platform would not take. */
export async function checkSize({ path, name }: OutboundMedia, maxBytes: number, platform: string): Promise<number> {
  const { size } = await stat(path)
  if (size <= maxBytes) return size
  const mb = maxBytes / 1024 ** 2
  throw new ChannelFailure('refused', `${name} is too large: ${platform} takes files of ${mb} MB at most`)
}

/** A form with a file in it, and with fields in front of it. */
export async function formOf(
  fields: Readonly<Record<string, string>>,
  name: string,
  media: OutboundMedia,
): Promise<FormData> {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.set(key, value)
  form.set(name, new Blob([await readFile(media.path)], { type: media.mime }), media.name)
  return form
}
