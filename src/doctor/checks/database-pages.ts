import { existsSync } from 'node:fs'
import { loadLibsql } from '../../kernel/libsql.js'
import type { DoctorCheck } from '../types.js'

const check: DoctorCheck = {
  title: 'Every page of the database',
  deep: true,
  run({ instance: { paths } }) {
    if (!existsSync(paths.database)) return []
    const Driver = loadLibsql()
    const database = new Driver(paths.database, { readonly: true, timeout: 1_000 })
    try {
      const rows = database.prepare('PRAGMA quick_check(5)').all() as { quick_check: string }[]
      const problems = rows.map((row) => row.quick_check).filter((text) => text !== 'ok')
      if (problems.length === 0) return []
      const message = `The database is damaged: ${problems.join('; ')}. Stop the gateway and restore a backup.`
      return [{ severity: 'error', message, path: paths.database, next: 'backup restore <archive>' }]
    } finally {
      database.close()
    }
  },
}

export default check
