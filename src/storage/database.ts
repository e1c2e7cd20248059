import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type Libsql from 'libsql'
import { loadLibsql } from '../kernel/libsql.js'
import { migrations } from './migrations.js'

export type Database = Libsql.Database

/**
 * Opens the profile's database in WAL mode and brings its schema up to date.
 * `synchronous=NORMAL` because `GroupCommit` makes the WAL durable itself, off the main thread.
 * Throws when the file was written by a newer version.
 */
export async function openDatabase(path: string): Promise<Database> {
  await makePrivate(path)
  const Driver = loadLibsql()
  const database = new Driver(path)
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('busy_timeout = 2000')
    database.pragma('foreign_keys = ON')
    migrate(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Conversations are nobody else's business. SQLite gives its WAL the permissions of the database. */
async function makePrivate(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a', 0o600)
  await file.close()
  await chmod(path, 0o600)
}

function migrate(database: Database, path: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) {
    throw new Error(`${path} was written by a newer version of openclaw (schema ${version}). Update openclaw.`)
  }
  for (let step = version; step < migrations.length; step += 1) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[step]} PRAGMA user_version = ${step + 1}; COMMIT;`)
  }
}
