import { readdirSync, readlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseFileName } from '../instance/profile.js'

/** Looking through /proc stops here. */
const limitMs = 500

/**
 * A process that still has the database of this state directory open although nothing of it is there any more. Linux
 * only, and only processes of this user; elsewhere nothing is found.
 */
export async function findStray(state: string): Promise<number | undefined> {
  const end = performance.now() + limitMs
  const wanted = `${join(state, databaseFileName)} (deleted)`
  for (const name of await readdir('/proc').catch(() => [])) {
    if (performance.now() > end) return undefined
    if (/^\d+$/.test(name) && links(`/proc/${name}/fd`).includes(wanted)) return Number(name)
  }
  return undefined
}

/** Synchronous on purpose: thousands of small reads through the thread pool take ten times as long. */
function links(folder: string): string[] {
  try {
    return readdirSync(folder).map((fd) => readlinkSync(join(folder, fd)))
  } catch {
    // Of another user, or gone meanwhile.
    return []
  }
}
