import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ValidConfig } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import { databaseFiles } from '../../storage/database-files.js'

export interface AuditedFile {
  readonly path: string
  readonly kind:
    | 'state_dir'
    | 'config'
    | 'config_include'
    | 'credentials_dir'
    | 'auth_profiles'
    | 'sessions_store'
    | 'log_file'
  /** Of what it points to. */
  readonly mode: number
  readonly isLink: boolean
  readonly isFolder: boolean
}

/** The files of a profile that hold secrets or decide what it does, as far as they are there. */
export async function auditedFiles({ paths }: Instance, loaded: ValidConfig): Promise<AuditedFile[]> {
  const agents = join(paths.state, 'agents')
  const agentFiles = (await readdir(agents).catch(() => [])).map((name) =>
    join(agents, name, 'agent', 'auth-profiles.json'),
  )
  const credentials = (await readdir(paths.credentials).catch(() => [])).map((name) => join(paths.credentials, name))
  const logs = (await readdir(paths.logDir).catch(() => [])).filter((name) => name.startsWith(paths.logPrefix))
  const wanted: [AuditedFile['kind'], string][] = [
    ['state_dir', paths.state],
    ['config', paths.config],
    ...loaded.files.slice(1).map(({ path }): [AuditedFile['kind'], string] => ['config_include', path]),
    ['credentials_dir', paths.credentials],
    ...credentials.map((path): [AuditedFile['kind'], string] => ['credentials_dir', path]),
    ...agentFiles.map((path): [AuditedFile['kind'], string] => ['auth_profiles', path]),
    ...databaseFiles(paths.database).map((path): [AuditedFile['kind'], string] => ['sessions_store', path]),
    ...logs.map((name): [AuditedFile['kind'], string] => ['log_file', join(paths.logDir, name)]),
  ]
  const found = await Promise.all(wanted.map(([kind, path]) => lookAt(kind, path)))
  return found.filter((one) => one !== undefined)
}

async function lookAt(kind: AuditedFile['kind'], path: string): Promise<AuditedFile | undefined> {
  const [own, target] = await Promise.all([lstat(path).catch(() => undefined), stat(path).catch(() => undefined)])
  if (!own || !target) return undefined
  return { path, kind, mode: target.mode, isLink: own.isSymbolicLink(), isFolder: target.isDirectory() }
}
