import { existsSync } from 'node:fs'
import { loadLibsql } from '../../kernel/libsql.js'
import type { ChatPairingRow } from '../chat-pairing-types.js'
import { pairingRow, pendingSql, type RawPairing } from './chat-pairing.js'

/** Requests that wait, read while a gateway uses the database or not. Empty when there is none, or it cannot be read. */
export function peekPairing(path: string, since: number): ChatPairingRow[] {
  if (!existsSync(path)) return []
  const Driver = loadLibsql()
  try {
    const database = new Driver(path, { readonly: true, timeout: 1_000 })
    try {
      return (database.prepare(pendingSql).all(since) as RawPairing[]).map(pairingRow)
    } finally {
      database.close()
    }
  } catch {
    return []
  }
}
