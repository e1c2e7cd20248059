import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BackupFile } from '../../schemas/backup.js'
import { GatewayError } from '../kernel/errors.js'
import { loadLibsql } from '../kernel/libsql.js'
import type { Source } from './collect.js'
import { isDatabase } from './database-file.js'

const chunkBytes = 1024 * 1024

interface Hashed {
  readonly size: number
  readonly sha256: string
}

/**
 * Copies one file into the staging folder and says what the copy is. Undefined when it went away meanwhile. A file of a
 * workspace, whatever is wrong with it, keeps no backup from being made; without one of the profile's own it is none.
 */
export async function stageFile(source: Source, staging: string): Promise<BackupFile | 'unreadable' | undefined> {
  const target = join(staging, ...source.name.split('/'))
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const input = await open(source.path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    if (!source.secret && (error.code === 'EACCES' || error.code === 'EPERM')) return 'unreadable' as const
    throw new GatewayError('backup_refused', {
      message: `${source.path} cannot be read (${error.code}).`,
      cause: error,
    })
  })
  if (!input || input === 'unreadable') return input
  try {
    const { mode, size: expected } = await input.stat()
    const database = (await isDatabase(input)) && (await copyDatabase(source, target))
    const { size, sha256 } = database ? await hashOf(target) : await copyBytes(input, target, expected)
    const permissions = mode & 0o777
    return { path: source.name, size, sha256, mode: permissions, ...(source.secret && { secret: true }) }
  } finally {
    await input.close()
  }
}

/**
 * SQLite writes a whole, consistent copy of its own, whoever writes to the original meanwhile. False for a file of a
 * workspace that is damaged, or only begins like a database: its bytes are what can be saved.
 */
async function copyDatabase({ path, secret }: Source, target: string): Promise<boolean> {
  try {
    vacuumInto(path, target)
    return true
  } catch (cause) {
    if (!secret) {
      await rm(target, { force: true })
      return false
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('backup_refused', { message: `The database ${path} cannot be copied: ${reason}.`, cause })
  }
}

function vacuumInto(path: string, target: string): void {
  const Driver = loadLibsql()
  const database = new Driver(path, { timeout: 10_000 })
  try {
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
}

/** What is hashed is what is written: the file may change while it is read. */
async function copyBytes(input: FileHandle, target: string, expected: number): Promise<Hashed> {
  const output = await open(target, 'wx', 0o600)
  const hash = createHash('sha256')
  let size = 0
  try {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(expected + 1, 4096)))
    for (;;) {
      const { bytesRead } = await input.read(buffer, 0, buffer.length, size)
      if (bytesRead === 0) break
      const part = buffer.subarray(0, bytesRead)
      hash.update(part)
      await output.writeFile(part)
      size += bytesRead
    }
    return { size, sha256: hash.digest('hex') }
  } finally {
    await output.close()
  }
}

async function hashOf(path: string): Promise<Hashed> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { size, sha256: hash.digest('hex') }
}
