import type { FileHandle } from 'node:fs/promises'

const CHUNK = 64 * 1024

/** All of a file, or undefined when it has more than `maxBytes`. Its size is not believed: some files grow, some lie. */
export async function readUpTo(handle: FileHandle, maxBytes: number): Promise<Buffer | undefined> {
  const { size } = await handle.stat()
  if (size > maxBytes) return undefined
  const chunks: Buffer[] = []
  let total = 0
  let next = Math.min(size + 1, maxBytes + 1)
  for (;;) {
    const chunk = Buffer.allocUnsafe(next)
    const { bytesRead } = await handle.read(chunk, 0, next, total)
    if (bytesRead === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    total += bytesRead
    if (total > maxBytes) return undefined
    chunks.push(chunk.subarray(0, bytesRead))
    next = Math.min(CHUNK, maxBytes + 1 - total)
  }
}
