import { lstatSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Host } from './types.js'

const othersMayWrite = 0o022
/** As /tmp is: anybody may make something in it, and only its owner may take it away. */
const sharedTmp = 0o1002

/**
 * Folder of the log files: `/tmp/openclaw`, or `<tmp>/openclaw-<uid>` when that one is not ours (spec/config.md 2.2),
 * or `<state>/logs` when neither is safe. Made by the log writer, 0700.
 */
export function logDir(host: Host, state: string, shared = '/tmp/openclaw'): string {
  if (host.uid === undefined) return join(host.tmpDir, 'openclaw')
  const candidates = [shared, join(host.tmpDir, `openclaw-${host.uid}`)]
  return candidates.find((path) => isSafe(path, host.uid)) ?? join(state, 'logs')
}

/**
 * Asked again when the folder is there: between the choice and the first line, somebody may have made it where anybody
 * can. Elsewhere its mode is the user's own affair.
 */
export function isStillSafe(folder: string, uid = process.getuid?.()): boolean {
  if (uid === undefined) return true
  const parent = statSync(dirname(folder), { throwIfNoEntry: false })
  return !parent || (parent.mode & sharedTmp) !== sharedTmp || isSafe(folder, uid)
}

/** Anybody may make a folder in /tmp: ours is a real folder of our user that nobody else may write. */
function isSafe(path: string, uid: number | undefined): boolean {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats === undefined || (stats.isDirectory() && stats.uid === uid && (stats.mode & othersMayWrite) === 0)
  } catch {
    return false
  }
}
