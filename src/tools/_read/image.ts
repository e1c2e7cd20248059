/** Largest image that is shown to a model, in bytes; providers refuse more. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024

const signatures: readonly (readonly [mediaType: string, at: number, bytes: string])[] = [
  ['image/png', 0, '89504e470d0a1a0a'],
  ['image/jpeg', 0, 'ffd8ff'],
  ['image/gif', 0, '47494638'],
  ['image/webp', 8, '57454250'],
]

/** The media type of an image that models take, by what it holds and not by its name. */
export function imageType(data: Buffer): string | undefined {
  return signatures.find(([, at, bytes]) => data.subarray(at, at + bytes.length / 2).toString('hex') === bytes)?.[0]
}
