import { chown, realpath, stat } from 'node:fs/promises'
import { writeAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'
import { keepBackup } from './backups.js'
import { readText } from './read-text.js'
import type { ConfigFile } from './types.js'

/**
 * Replaces one config file: backup ring, then temporary file, then rename, mode 0600. `basis` are all files that the
 * new text was made from; when one of them has changed meanwhile, nothing is written and `config_conflict` is thrown.
 * Gives the path of the backup, if there was something to back up and it is to be kept.
 */
export async function replaceFile(
  file: string,
  text: string,
  basis: readonly ConfigFile[],
  keeps = { backup: true },
): Promise<string | undefined> {
  // A link, e.g. into a dotfiles folder, keeps pointing at the file.
  const target = await realpath(file).catch(() => file)
  const unchanged = () => assertUnchanged(file, basis)
  await unchanged()
  const before = basis.find((one) => one.path === file)
  const owner = await stat(target).catch(() => undefined)
  const backup = before && keeps.backup ? await keepBackup(file, before.text) : undefined
  await writeAtomic(target, text, unchanged)
  // Written by root, the file must still be readable by the user who runs the gateway.
  if (owner && owner.uid !== process.getuid?.()) await chown(target, owner.uid, owner.gid).catch(() => {})
  return backup
}

async function assertUnchanged(file: string, basis: readonly ConfigFile[]): Promise<void> {
  const expected = basis.length > 0 ? basis : [{ path: file, text: undefined }]
  for (const { path, text } of expected) {
    const now = await readText(path)
    const current = now.kind === 'text' ? now.text : undefined
    if (current !== text || now.kind === 'unreadable')
      throw new GatewayError('config_conflict', { details: { file: path } })
  }
}
