import { createHash } from 'node:crypto'
import type { ConfigFile } from './types.js'

/** SHA-256 over the bytes of all files; of a single file simply that of its bytes. Empty when there is none. */
export function hashFiles(files: readonly ConfigFile[]): string {
  if (files.length === 0) return ''
  const hash = createHash('sha256')
  files.forEach((file, index) => {
    if (index > 0) hash.update(`\0${file.path}\0`)
    hash.update(file.text)
  })
  return hash.digest('hex')
}
