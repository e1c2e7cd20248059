import { existsSync } from 'node:fs'
import { loadLibsql } from '../../kernel/libsql.js'
import type { CooldownRow } from '../model-types.js'
import { cooldownRow, cooldownsSql } from './models.js'

/**
 * What a gateway holds against its models, read from its database while it runs or not. Empty when there is none, or
 * when it cannot be read.
 */
export function peekCooldowns(path: string): CooldownRow[] {
  if (!existsSync(path)) return []
  const Driver = loadLibsql()
  try {
    const database = new Driver(path, { readonly: true, timeout: 1_000 })
    try {
      return database.prepare(cooldownsSql).all().map(cooldownRow)
    } finally {
      database.close()
    }
  } catch {
    return []
  }
}
