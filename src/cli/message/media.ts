import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { CommandContext } from '../context.js'
import { usageError } from '../usage.js'

/** One frame of the control plane holds so much; in base64 it is a third more. */
const maxBytes = 18 * 1024 ** 2

/** A file of this machine as `send` takes it: the gateway may be on another one. Throws `usage`. */
export async function readMedia(
  { t }: CommandContext,
  path: string,
): Promise<{ readonly buffer: string; readonly filename: string }> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw usageError(t('message.noFile', { path }))
  if (found.size === 0 || found.size > maxBytes) {
    throw usageError(t('message.fileSize', { path, mb: maxBytes / 1024 ** 2 }))
  }
  return { buffer: (await readFile(path)).toString('base64'), filename: basename(path) }
}
