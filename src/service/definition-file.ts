import { readFile } from 'node:fs/promises'
import { writeAtomic } from '../kernel/atomic-file.js'
import type { ServiceFile } from './types.js'

const byteOrderMark = '\uFEFF'

/** Text of a definition; undefined when there is none that can be read. */
export async function readDefinition(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return undefined
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return isUtf16 ? bytes.subarray(2).toString('utf16le') : bytes.toString('utf8')
}

/** Writes one file of a definition, 0600, in a folder that is made when it is missing. */
export async function writeDefinition({ path, text, encoding }: ServiceFile): Promise<void> {
  await writeAtomic(path, encoding === 'utf16le' ? Buffer.from(byteOrderMark + text, 'utf16le') : text)
}
