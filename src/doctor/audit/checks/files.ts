import { type AuditedFile, auditedFiles } from '../files.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const synced =
  /(?:^|\/)(?:Dropbox|OneDrive|Google Drive|GoogleDrive|iCloud Drive|Mobile Documents|pCloud|Nextcloud)(?:\/|$)/i

const check: AuditCheck = async ({ instance, loaded }) => {
  // Windows has no such bits.
  if (process.platform === 'win32') return []
  const files = await auditedFiles(instance, loaded)
  const { state } = instance.paths
  const found = files.flatMap(judge)
  if (!synced.test(state)) return found
  const detail = `${state} is copied to other machines and a provider, with every key in it.`
  return [
    ...found,
    finding(
      'fs.synced_dir',
      'warn',
      'The state lies in a synced folder',
      detail,
      'Set OPENCLAW_STATE_DIR to a local folder.',
    ),
  ]
}

function judge({ path, kind, mode, isLink, isFolder }: AuditedFile): AuditFinding[] {
  const name = names[kind]
  const octal = (mode & 0o777).toString(8)
  const fix = `Run: openclaw security audit --fix (chmod ${isFolder ? '700' : '600'} ${path})`
  const id = (what: string) => `fs.${kind}.${what}`
  const link = isLink
    ? [finding(id('symlink'), 'warn', `${name} is a link`, `${path} points elsewhere; the rights of that place count.`)]
    : []
  const row = (what: string, severity: AuditFinding['severity'], title: string) => [
    ...link,
    finding(id(what), severity, title, `${path} has mode ${octal}.`, fix),
  ]
  if (kind === 'state_dir') {
    if (mode & 0o002) return row('perms_world_writable', 'critical', 'Every user may change the state')
    if (mode & 0o020) return row('perms_group_writable', 'warn', 'A group may change the state')
    return mode & 0o055 ? row('perms_readable', 'warn', 'Others may look into the state') : link
  }
  if (mode & 0o022) return row('perms_writable', 'critical', `Others may change ${name}`)
  if (kind === 'config' || kind === 'config_include') {
    if (mode & 0o004) return row('perms_world_readable', 'critical', `Every user may read ${name}`)
    return mode & 0o040 ? row('perms_group_readable', 'warn', `A group may read ${name}`) : link
  }
  return mode & 0o044 ? row('perms_readable', 'warn', `Others may read ${name}`) : link
}

const names: Readonly<Record<AuditedFile['kind'], string>> = {
  state_dir: 'the state',
  config: 'the config',
  config_include: 'an included config',
  credentials_dir: 'the credentials',
  auth_profiles: 'the accounts of an agent',
  sessions_store: 'the database',
  log_file: 'the log',
}

export default check
