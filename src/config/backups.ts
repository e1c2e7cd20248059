import { chmod, rename } from 'node:fs/promises'
import { writeAtomic } from '../kernel/atomic-file.js'
import { readText } from './read-text.js'
import { redacted } from './redact.js'

/** Newest first (spec/config.md section 1.7). */
const ring = ['.bak', '.bak.1', '.bak.2', '.bak.3', '.bak.4'] as const

/** Keeps `text`, which is about to be replaced, as the newest backup of `path` and gives the name of the backup. */
export async function keepBackup(path: string, text: string): Promise<string> {
  for (let index = ring.length - 1; index > 0; index--) {
    const older = path + ring[index]
    const moved = await rename(path + ring[index - 1], older).then(
      () => true,
      () => false,
    )
    if (moved) await chmod(older, 0o600)
  }
  await writeAtomic(path + ring[0], text)
  return path + ring[0]
}

/** Keeps a text that a guard refused, so that nothing is lost, and gives its path. `at` is in ms since the epoch. */
export async function keepRejected(path: string, text: string, at: number): Promise<string> {
  const rejected = `${path}.rejected.${new Date(at).toISOString().replace(/[:.]/g, '-')}`
  await writeAtomic(rejected, text)
  return rejected
}

export const lastGoodPath = (path: string) => `${path}.last-good`

/** Keeps a text that a gateway runs with. A text with redacted values would be no use and is not kept. */
export async function keepLastGood(path: string, text: string): Promise<void> {
  if (text.includes(redacted)) return
  const before = await readText(lastGoodPath(path))
  if (before.kind === 'text' && before.text === text) return
  await writeAtomic(lastGoodPath(path), text)
}
