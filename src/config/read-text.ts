import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Largest config or include file, in bytes (spec/config.md section 1.3). */
export const maxConfigBytes = 2 * 1024 * 1024

export type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string }

/** Reads a config file as UTF-8 text. Never throws: what is wrong comes back in words. */
export async function readText(path: string): Promise<ReadText> {
  try {
    // Without O_NONBLOCK the open of a named pipe would wait for a writer.
    const file = await open(path, openFlags)
    try {
      const stat = await file.stat()
      if (!stat.isFile()) return unreadable('It is not a regular file. Put a file there.')
      if (stat.size > maxConfigBytes) return unreadable(`It is larger than ${maxConfigBytes} bytes.`)
      return decode(await file.readFile())
    } finally {
      await file.close()
    }
  } catch (error) {
    return failure(error)
  }
}

const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

function decode(bytes: Buffer): ReadText {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return unreadable('It is not UTF-8 text. Save it as UTF-8.')
  }
}

function failure(error: unknown): ReadText {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' }
  if (code === 'EACCES' || code === 'EPERM') return unreadable('This user may not read it. Check its owner and mode.')
  if (code === 'ELOOP') return unreadable('Its symbolic links form a loop.')
  return unreadable(`It could not be read (${String(code ?? error)}).`)
}

const unreadable = (message: string): ReadText => ({ kind: 'unreadable', message })
