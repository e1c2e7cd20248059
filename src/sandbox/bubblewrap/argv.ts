import { lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxSpec } from '../types.js'

/** What this machine's bwrap understands. */
export interface BwrapFeatures {
  /** --size, since 0.7. */
  readonly size: boolean
  /** --disable-userns, since 0.8. */
  readonly disableUserns: boolean
}

/** Parts of the system that programs need to run; of /etc only what holds no secret. */
const systemFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']
const etc = [
  'alternatives',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'ssl/certs',
  'pki/tls/certs',
  'ca-certificates',
  'fonts',
]
/**
 * Where the kernel takes orders. Inside, a gateway that is root is still root to the checks of these files, whatever its
 * id and capabilities: they are mounted over themselves to be read only. bwrap itself covers a few of them, sometimes.
 */
const kernelOrders = ['sys', 'irq', 'bus', 'mtrr', 'pressure', 'scsi', 'acpi', 'fs', 'sysrq-trigger']
const tmpfsBytes = 268_435_456
export const sandboxHome = '/home/agent'

/**
 * The arguments of bwrap for one command: namespaces of its own, no network, no capabilities, a root that holds the
 * system read-only and nothing of the user, and the mounts of the sandbox. The environment goes through it unchanged.
 */
export function bwrapArgs(
  { name, settings, layout }: SandboxSpec,
  {
    cwd,
    command,
    features,
  }: { readonly cwd: string; readonly command: readonly string[]; readonly features: BwrapFeatures },
): readonly string[] {
  const [uid = '1000', gid = uid] = (settings.docker.user ?? '1000:1000').split(':')
  const size = features.size ? ['--size', String(tmpfsBytes)] : []
  const tmpfs = settings.docker.tmpfs ?? ['/tmp', '/var/tmp', '/run']
  // A mount that lies in another one has to come after it.
  const mounts = layout.mounts.toReversed()
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...(features.disableUserns ? ['--disable-userns'] : []),
    ...['--uid', uid, '--gid', gid, '--hostname', name.slice(0, 63)],
    ...['--ro-bind', '/usr', '/usr', ...systemFolders.flatMap(systemFolder)],
    ...etc.flatMap((path) => ['--ro-bind-try', `/etc/${path}`, `/etc/${path}`]),
    ...['--ro-bind', join(layout.folder, 'etc', 'passwd'), '/etc/passwd'],
    ...['--ro-bind', join(layout.folder, 'etc', 'group'), '/etc/group'],
    ...['--ro-bind', join(layout.folder, 'etc', 'hosts'), '/etc/hosts'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...kernelOrders.flatMap((name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`]),
    // /dev itself is a file system in memory without a bound.
    ...[...tmpfs, '/dev/shm'].flatMap((path) => [...size, '--tmpfs', path]),
    ...['--remount-ro', '/dev'],
    ...['--bind', join(layout.folder, 'home'), sandboxHome],
    ...mounts.flatMap(({ at, folder, writable }) => [writable ? '--bind' : '--ro-bind', folder, at]),
    ...(settings.docker.readOnlyRoot === false ? [] : ['--remount-ro', '/']),
    ...['--chdir', cwd, '--', ...command],
  ]
}

/** /bin is a link to usr/bin on most systems, and a folder on others. */
function systemFolder(path: string): readonly string[] {
  const facts = lstatSync(path, { throwIfNoEntry: false })
  if (!facts) return []
  return facts.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}
