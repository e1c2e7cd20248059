/** Bytes of the length that stands before the numbers. */
const HEAD = 4
const MAX = 127

/**
 * A vector for the disk: its length as a 32-bit float, then a byte for each number. Only its direction counts, and a
 * byte is precise enough for that at a quarter of the size.
 */
export function packVector(vector: readonly number[]): Buffer {
  const largest = vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const packed = Buffer.alloc(HEAD + vector.length)
  let squares = 0
  for (const [index, x] of vector.entries()) {
    const level = largest > 0 ? Math.round((x / largest) * MAX) : 0
    packed.writeInt8(level, HEAD + index)
    squares += level * level
  }
  packed.writeFloatLE(Math.sqrt(squares))
  return packed
}

/** The same direction gives 1, nothing in common 0. Vectors of different lengths have nothing in common. */
export function similarity(query: Float32Array, packed: Buffer): number {
  const length = packed.length - HEAD
  if (length !== query.length) return 0
  const norm = packed.readFloatLE()
  if (norm === 0) return 0
  const levels = new Int8Array(packed.buffer, packed.byteOffset + HEAD, length)
  let sum = 0
  for (let at = 0; at < length; at += 1) sum += (query[at] ?? 0) * (levels[at] ?? 0)
  return Math.max(0, sum / norm)
}

/** Of length 1. */
export function unitVector(vector: readonly number[]): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
  return Float32Array.from(vector, (x) => (norm > 0 ? x / norm : 0))
}
