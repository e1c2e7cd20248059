import type { ContentPart } from '../../schemas/message.js'
import { GatewayError } from '../kernel/errors.js'

const mebibyte = 1024 * 1024

/** Limits on the images of one message (spec/http.md section 5.2). */
export interface ImageLimits {
  readonly maxImages: number
  /** Bytes of one image. */
  readonly maxBytes: number
  /** Bytes of all images of a message. */
  readonly maxTotalBytes: number
}

export const defaultImageLimits: ImageLimits = { maxImages: 8, maxBytes: 10 * mebibyte, maxTotalBytes: 20 * mebibyte }

/** How each accepted format begins. What an image claims to be is checked against what it is. */
const signatures: readonly { readonly type: string; readonly test: (head: Buffer) => boolean }[] = [
  { type: 'image/jpeg', test: (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { type: 'image/png', test: (head) => head.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47])) },
  { type: 'image/gif', test: (head) => head.toString('latin1', 0, 4) === 'GIF8' },
  {
    type: 'image/webp',
    test: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  },
  { type: 'image/heic', test: (head) => /^ftyp(heic|heix|hevc|hevx)/.test(head.toString('latin1', 4, 12)) },
  { type: 'image/heif', test: (head) => /^ftyp(mif1|msf1|heif)/.test(head.toString('latin1', 4, 12)) },
]

/**
 * Checks an image in base64. Throws `invalid_base64_image`, `image_too_large` or `invalid_image_format` with `param`.
 */
export function readBase64Image(data: string, param: string, { maxBytes }: ImageLimits): ContentPart {
  if (data === '' || data.length % 4 === 1 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    throw new GatewayError('invalid_base64_image', { param })
  }
  if (decodedBytes(data) > maxBytes) {
    throw new GatewayError('image_too_large', {
      message: `An image is larger than ${maxBytes} bytes. Send a smaller one.`,
      param,
    })
  }
  const head = Buffer.from(data.slice(0, 24), 'base64')
  const format = signatures.find(({ test }) => test(head))
  if (!format) throw new GatewayError('invalid_image_format', { param })
  return { type: 'image', mediaType: format.type, data }
}

/** Throws `too_many_images` or `image_too_large` when the images of one message are too much together. */
export function checkImageTotal(
  content: readonly ContentPart[],
  param: string,
  { maxImages, maxTotalBytes }: ImageLimits,
): void {
  const images = content.filter((part) => part.type === 'image')
  if (images.length > maxImages) {
    throw new GatewayError('too_many_images', {
      message: `A message holds more than ${maxImages} images. Send fewer.`,
      param,
    })
  }
  if (images.reduce((total, { data }) => total + decodedBytes(data), 0) > maxTotalBytes) {
    throw new GatewayError('image_too_large', {
      message: `The images together are larger than ${maxTotalBytes} bytes.`,
      param,
    })
  }
}

function decodedBytes(base64: string): number {
  return Math.floor((base64.length * 3) / 4)
}
