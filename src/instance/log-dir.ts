import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from './types.js'

const othersMayWrite = 0o022

/**
 * Folder of the log files: `/tmp/openclaw`, or `<tmp>/openclaw-<uid>` when that one is not ours (spec/config.md 2.2),
 * or `<state>/logs` when neither is safe. Made by the log writer, 0700.
 */
export function logDir(host: Host, state: string, shared = '/tmp/openclaw'): string {
  if (host.uid === undefined) return join(host.tmpDir, 'openclaw')
  const candidates = [shared, join(host.tmpDir, `openclaw-${host.uid}`)]
  return candidates.find((path) => isSafe(path, host.uid)) ?? join(state, 'logs')
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
