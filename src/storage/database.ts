import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type Libsql from 'libsql'
import { GatewayError } from '../kernel/errors.js'
import { loadLibsql } from '../kernel/libsql.js'
import { migrations } from './migrations.js'

export type Database = Libsql.Database

/**
 * Opens the profile's database in WAL mode and brings its schema up to date.
 * `synchronous=NORMAL` because `GroupCommit` makes the WAL durable itself, off the main thread.
 * Throws `state_unusable` when the file cannot be used: no permission, no database, written by a newer version.
 */
export async function openDatabase(path: string): Promise<Database> {
  try {
    await makePrivate(path)
    return openMigrated(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('state_unusable', { message: `The database ${path} cannot be used: ${reason}.`, cause })
  }
}

function openMigrated(path: string): Database {
  const Driver = loadLibsql()
  const database = new Driver(path)
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('busy_timeout = 2000')
    database.pragma('foreign_keys = ON')
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Brings everything from the WAL into the file first, so that a copy of the file alone is whole: libsql keeps the
 * connection until the last statement is collected, and SQLite would do it only then.
 */
export function closeDatabase(database: Database): void {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}

/** Conversations are nobody else's business. SQLite gives its WAL the permissions of the database. */
async function makePrivate(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a', 0o600)
  await file.close()
  await chmod(path, 0o600)
}

function migrate(database: Database): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) {
    throw new Error(`it was written by a newer version of openclaw (schema ${version}); update openclaw`)
  }
  for (let step = version; step < migrations.length; step += 1) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[step]} PRAGMA user_version = ${step + 1}; COMMIT;`)
  }
}
