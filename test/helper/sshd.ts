import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from '../cli/gateways.js'
import { accepts } from '../instance/sockets.js'
import { until } from './calls.js'
import { testFolder } from './folder.js'

const programs = ['/usr/sbin/sshd', '/usr/bin/ssh', '/usr/bin/ssh-keygen']

/** Why tests with a real sshd cannot run here; undefined when they can. */
export function withoutSshd(): string | false {
  if (!existsSync('/proc/self/stat')) return 'there is no /proc to find its connections in'
  const missing = programs.find((path) => !existsSync(path))
  if (missing !== undefined) return `${missing} is not here (Debian: openssh-server)`
  // sshd of root insists on its own folder, which a package or a service makes.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) {
    try {
      mkdirSync('/run/sshd', { mode: 0o755 })
    } catch {
      return '/run/sshd cannot be made'
    }
  }
  return false
}

export interface TestSshd {
  readonly port: number
  /** `user@127.0.0.1:port` */
  readonly target: string
  /** Has an `ssh` that reads this test's config and none of the machine's. */
  readonly path: string
  readonly folder: string
  readonly identity: string
  /** Ends the server and all of its connections. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Lines of the ssh config of this test. */
  configure(lines: readonly string[]): void
  /** Known host keys of this test's ssh. */
  readonly knownHosts: string
  /** Command lines of the ssh that were started. */
  readonly calls: string
}

/** A real sshd on loopback with keys, config and accounts of its own, for the user that runs the test. */
export async function startSshd(t: Pick<Test, 'teardown'>, more: readonly string[] = []): Promise<TestSshd> {
  const folder = testFolder(t)
  const port = await freePort()
  const file = (name: string) => join(folder, name)
  const key = (name: string) => execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)])
  key('host_key')
  key('user_key')
  const publicKey = (name: string) => readFileSync(file(`${name}.pub`), 'utf8').trim()
  writeFileSync(file('authorized_keys'), `${publicKey('user_key')}\n`, { mode: 0o600 })
  const knownHosts = file('known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${publicKey('host_key').split(' ').slice(0, 2).join(' ')}\n`)
  const server = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host_key')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    ...more,
  ]
  writeFileSync(file('sshd_config'), `${server.join('\n')}\n`)
  const configure = (lines: readonly string[]) =>
    writeFileSync(
      file('ssh_config'),
      ['Host *', `UserKnownHostsFile ${knownHosts}`, 'GlobalKnownHostsFile /dev/null', ...lines, ''].join('\n'),
    )
  configure([`IdentityFile ${file('user_key')}`, 'IdentitiesOnly yes'])
  mkdirSync(file('bin'))
  const wrapper = `#!/bin/sh\necho "$@" >> '${file('calls')}'\nexec /usr/bin/ssh -F '${file('ssh_config')}' "$@"\n`
  writeFileSync(join(file('bin'), 'ssh'), wrapper)
  chmodSync(join(file('bin'), 'ssh'), 0o755)
  writeFileSync(file('calls'), '')

  let child: ChildProcess | undefined
  const start = async () => {
    // Its own group: connections are children, and end with it here.
    child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], { stdio: 'ignore', detached: true })
    await until(() => accepts(port))
  }
  const stop = async () => {
    const { pid } = child ?? {}
    child = undefined
    if (pid === undefined) return
    for (const one of [...childrenOf(pid), pid]) end(one)
    await until(async () => !(await accepts(port)))
  }
  t.teardown(stop)
  await start()
  const target = `${userInfo().username}@127.0.0.1:${port}`
  const identity = file('user_key')
  const path = `${file('bin')}:/usr/bin:/bin`
  return { port, target, path, folder, identity, stop, start, configure, knownHosts, calls: file('calls') }
}

/** Every process below one; sshd puts each connection into a session of its own. */
function childrenOf(pid: number): number[] {
  const rows = processes().map(({ pid: one, stat }) => [one, Number(stat.split(') ').at(-1)?.split(' ')[1])] as const)
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

/** What the kernel has of every process; proc(5). */
function processes(): { pid: number; stat: string; commandLine: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8')
        return [{ pid: Number(name), stat: read('stat'), commandLine: read('cmdline').replaceAll('\0', ' ') }]
      } catch {
        return []
      }
    })
}

/** True while an ssh of this test runs. */
export function sshRuns({ folder }: TestSshd): boolean {
  return processes().some(({ commandLine }) => commandLine.includes(`${folder}/ssh_config`))
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
