import { lstat, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { expandHome } from '../../kernel/expand-home.js'
import { SecretFault } from '../failure.js'
import type { ExecProvider } from '../types.js'
import { unverifiable } from './file.js'

/**
 * The program of a provider, when nobody but its owner or root can change what it does (spec/config.md 5.3): absolute, a
 * regular file, no link unless that is allowed, inside `trustedDirs`, not writable by others, owned by this user or root.
 * Looked at when the config is checked, when it is written and before each run.
 * @throws SecretFault
 */
export async function trustedCommand(alias: string, provider: ExecProvider, home: string): Promise<string> {
  const setting = `secrets.providers.${alias}.command`
  if (provider.pluginIntegration !== undefined && provider.command === undefined) {
    throw new SecretFault(
      'SECRET_PROVIDER_UNAVAILABLE',
      `secrets.providers.${alias}: providers of plugins are not part of this version. Set command to a program.`,
    )
  }
  const command = expandHome(provider.command ?? '', home)
  if (command === '') throw new SecretFault('SECRET_PROVIDER_INVALID', `${setting} is missing: name the program.`)
  if (!isAbsolute(command)) throw new SecretFault('SECRET_PROVIDER_INVALID', `${setting} is not an absolute path.`)
  if (process.platform === 'win32') throw unverifiable(setting)
  const link = await facts(command, setting, lstat)
  if (link.isSymbolicLink() && provider.allowSymlinkCommand !== true) {
    throw denied(
      setting,
      'is a symbolic link. Name the program itself, or set allowSymlinkCommand and list the folder of its target in trustedDirs',
    )
  }
  if (link.isSymbolicLink() && provider.trustedDirs === undefined) {
    throw denied(setting, 'is a symbolic link: allowSymlinkCommand needs trustedDirs with the folder of its target')
  }
  const file = await realpath(command)
  await checkProgram(file, setting)
  if (provider.trustedDirs) await checkPlace(file, provider.trustedDirs, home, setting)
  return file
}

async function facts(path: string, setting: string, look: typeof stat) {
  try {
    return await look(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'there is no such program' : `the program cannot be looked at (${code})`
    throw new SecretFault('SECRET_PROVIDER_UNAVAILABLE', `${setting}: ${what}. Install it, or correct the path.`)
  }
}

async function checkProgram(file: string, setting: string): Promise<void> {
  const program = await facts(file, setting, stat)
  if (!program.isFile()) throw denied(setting, 'is not a regular file')
  if ((program.mode & 0o111) === 0) throw denied(setting, 'is not executable')
  if ((program.mode & 0o022) !== 0) throw denied(setting, 'can be changed by other users. Run: chmod go-w on it')
  const uid = process.getuid?.()
  if (uid !== undefined && program.uid !== uid && program.uid !== 0) {
    throw denied(setting, 'belongs to another user than this gateway and root')
  }
  const folder = await facts(dirname(file), setting, stat)
  // Whoever may rename files there may put another program in its place; /tmp forbids that with its sticky bit.
  if ((folder.mode & 0o1002) === 0o002) throw denied(setting, 'lies in a folder that every user may change')
}

async function checkPlace(file: string, dirs: readonly string[], home: string, setting: string): Promise<void> {
  for (const dir of dirs) {
    const real = await realpath(expandHome(dir, home)).catch(() => undefined)
    if (real !== undefined && isInside(file, real)) return
  }
  throw denied(setting, 'lies in none of its trustedDirs')
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file)
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

const denied = (setting: string, what: string) => new SecretFault('SECRET_REF_POLICY_DENIED', `${setting} ${what}.`)
