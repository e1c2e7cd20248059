import { type FileHandle, open } from 'node:fs/promises'
import { besideDatabase } from '../storage/database-files.js'

/** sqlite.org/fileformat.html 1.3 */
const header = Buffer.from('SQLite format 3\0', 'latin1')

export async function isDatabase(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(header.length), 0, header.length, 0)
  return bytesRead === header.length && buffer.equals(header)
}

/**
 * True for the journal of a database. A copy that SQLite made has all of it already; beside that copy the journal would
 * be applied a second time, to pages that it does not fit.
 */
export async function isJournal(path: string): Promise<boolean> {
  const end = besideDatabase.find((one) => path.endsWith(one))
  if (end === undefined) return false
  const file = await open(path.slice(0, -end.length), 'r').catch(() => undefined)
  if (!file) return false
  try {
    return await isDatabase(file).catch(() => false)
  } finally {
    await file.close()
  }
}
