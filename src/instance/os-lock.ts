import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type Libsql from 'libsql'
import { loadLibsql } from '../kernel/libsql.js'

/** A lock that the operating system holds for this process. It must stay referenced: collected means released. */
export interface OsLock {
  /** Gives the lock back. Calling it again does nothing. */
  release(): void
}

/**
 * Tries to lock a file, without waiting. Undefined when another process, or another gateway in this process, has it.
 *
 * An open `BEGIN EXCLUSIVE` on an empty SQLite database is a lock by the kernel: it ends with the process, whatever
 * kills it, and no PID is guessed, which is what fails in containers (PAINS 12). The file stays empty and is never
 * deleted. Nothing in this process may open it by `node:fs`: POSIX drops all locks of a process on a file when it
 * closes any descriptor of that file.
 */
export async function tryLock(path: string): Promise<OsLock | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const Driver = loadLibsql()
  const database: Libsql.Database = new Driver(path, { timeout: 0 })
  try {
    // Without a journal in memory, each lock would leave a journal file behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { release: () => database.open && database.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}
