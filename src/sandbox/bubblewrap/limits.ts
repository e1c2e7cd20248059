import { release } from 'node:os'
import { bytesOf } from '../bytes.js'
import { findProgram, run } from '../program.js'
import type { DockerConfig } from '../settings.js'

/** How a command in bubblewrap is kept in bounds on this machine. */
export interface LimitMeans {
  readonly prlimit: string | undefined
  /** Ends the pid namespace around the sandbox with the gateway; bwrap itself only looks at its own parent. */
  readonly setpriv: string | undefined
  /** Processes are counted by a pid namespace around the sandbox: needs unshare(1) and Linux 6.14. */
  readonly unshare: string | undefined
  /** Processes are counted by RLIMIT_NPROC: not for root, and per user namespace only since Linux 5.14. */
  readonly nproc: boolean
}

const defaultPids = 256
const defaultMemory = '1g'
const maxOpenFiles = 4_096
/** Ids below this one are given only once in a namespace; the limit counts from it (Linux kernel/pid.c). */
const reservedPids = 300
const limitPids = 'echo "$1" > /proc/sys/kernel/pid_max && shift && exec "$@"'

/** Finds out what this machine can do. */
export async function limitMeans(path: string | undefined): Promise<LimitMeans> {
  const root = process.getuid?.() === 0
  const unshare = findProgram('unshare', path)
  const counted = unshare !== undefined && (await pidsCanBeCounted(unshare))
  return {
    prlimit: findProgram('prlimit', path),
    setpriv: findProgram('setpriv', path),
    unshare: counted ? unshare : undefined,
    nproc: !counted && !root && isAtLeast(release(), 5, 14),
  }
}

/** What goes in front of bwrap. */
export function limitedBy(means: LimitMeans, docker: DockerConfig): readonly string[] {
  const pids = docker.pidsLimit ?? defaultPids
  const memory = bytesOf(docker.memory ?? defaultMemory)
  const rlimits = means.prlimit
    ? [
        means.prlimit,
        '--core=0',
        `--nofile=${maxOpenFiles}`,
        // Per process: what it can write to of its own memory. Address space would also count what is only reserved.
        ...(memory === undefined ? [] : [`--data=${memory}`]),
        ...(means.nproc ? [`--nproc=${pids}`] : []),
      ]
    : []
  if (means.unshare === undefined) return rlimits
  const tied = means.setpriv ? [means.setpriv, '--pdeathsig', 'KILL', '--'] : []
  return [
    ...rlimits,
    ...tied,
    ...unshared(means.unshare),
    '/bin/sh',
    '-c',
    limitPids,
    'sh',
    String(reservedPids + pids),
  ]
}

/** What stays without a limit, in words. */
export function unlimited({ prlimit, setpriv, unshare, nproc }: LimitMeans): readonly string[] {
  return [
    ...(unshare === undefined && !(nproc && prlimit)
      ? [
          'The number of processes is not limited here: that needs Linux 6.14 and unshare(1), or a gateway that is not root.',
        ]
      : []),
    prlimit
      ? 'Memory is limited per process, not for the sandbox as a whole.'
      : 'Memory is not limited: prlimit(1) is missing.',
    ...(unshare !== undefined && setpriv === undefined
      ? ['Commands outlive a gateway that crashes: setpriv(1) is missing.']
      : []),
    'The share of the CPU is not limited.',
  ]
}

function unshared(unshare: string): readonly string[] {
  return [unshare, '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc']
}

async function pidsCanBeCounted(unshare: string): Promise<boolean> {
  const script = 'echo 400 > /proc/sys/kernel/pid_max && test "$(/bin/cat /proc/sys/kernel/pid_max)" = 400'
  // Before Linux 6.14 the number is one for the whole machine: never write it there.
  if (!isAtLeast(release(), 6, 14)) return false
  const [file = '', ...args] = [...unshared(unshare), '/bin/sh', '-c', script]
  return (await run(file, args)).code === 0
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [, a, b] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return Number(a) > major || (Number(a) === major && Number(b) >= minor)
}
