import { open, rename } from 'node:fs/promises'
import { loadLibsql } from '../../kernel/libsql.js'
import { besideDatabase } from '../../storage/database-files.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

/** sqlite.org/fileformat.html 1.3 */
const magic = 'SQLite format 3\0'

const check: DoctorCheck = {
  title: 'Database',
  async run({ instance: { paths }, now }) {
    const head = await readHead(paths.database)
    if (head === undefined || head === '') return []
    const damaged = (what: string): DoctorFinding => ({
      severity: 'error',
      message: `The database is damaged: ${what}. Stop the gateway and restore a backup.`,
      path: paths.database,
    })
    if (head !== magic) {
      const aside = `${paths.database}.damaged-${now}`
      const apply = async () => {
        await rename(paths.database, aside)
        // What belongs to the damaged file must not be taken for the journal of a new one.
        for (const end of besideDatabase) await rename(paths.database + end, aside + end).catch(unlessMissing)
      }
      const fix = { summary: `move it aside to ${aside}; the next start begins with an empty one`, apply }
      return [{ ...damaged('it is no SQLite file'), next: 'backup restore <archive>', fix }]
    }
    const problem = look(paths.database)
    return problem === undefined ? [] : [{ ...damaged(problem), next: 'backup restore <archive>' }]
  },
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

async function readHead(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return undefined
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Reads what every start reads. The whole file is read with --deep (database-pages). */
function look(path: string): string | undefined {
  const Driver = loadLibsql()
  try {
    const database = new Driver(path, { readonly: true, timeout: 1_000 })
    try {
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return undefined
    } finally {
      database.close()
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return /locked|busy/i.test(text) ? undefined : text
  }
}

export default check
