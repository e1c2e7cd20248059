import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type ErrorCode, GatewayError } from './errors.js'

/** A write takes milliseconds; a lock this old is left over from a process that died. */
const staleMs = 5_000
const maxWaitMs = 10_000
const retryMs = 15

/**
 * Runs `work` while no other process of ours writes the file at `path`: `<path>.lock` keeps our own writers apart. Editors
 * that know nothing of it are for `work` to notice.
 * @throws GatewayError `busy` when the lock does not come free in 10 s.
 */
export async function withFileLock<T>(path: string, busy: ErrorCode, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const deadline = performance.now() + maxWaitMs
  while (!(await take(lock))) {
    if (performance.now() > deadline)
      throw new GatewayError(busy, { message: `Another process is writing ${path}. If none is, remove ${lock}.` })
    await clearStale(lock)
    await wait(retryMs)
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function clearStale(lock: string): Promise<void> {
  const found = await stat(lock).catch(() => undefined)
  if (!found || Date.now() - found.mtimeMs < staleMs) return
  // Renaming first: of two processes that see the same stale lock only one gets it.
  const aside = `${lock}.${randomBytes(4).toString('hex')}`
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  )
  if (moved) await rm(aside, { force: true })
}
