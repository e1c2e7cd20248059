import { type ChildProcess, spawn } from 'node:child_process'
import type { Env } from '../../instance/types.js'
import { type Clock, systemClock } from '../../kernel/clock.js'
import type { GatewayError } from '../../kernel/errors.js'
import { readFailure, tunnelFailure } from './failures.js'
import { LineTail } from './line-tail.js'
import type { TunnelPlan } from './plan.js'
import { sshArguments } from './ssh-args.js'

export interface TunnelOptions {
  readonly env: Env
  /** Ends the attempt, and the tunnel once it stands. */
  readonly signal: AbortSignal
  readonly clock?: Clock
  /** Until the tunnel has to stand, in milliseconds. */
  readonly limitMs?: number
}

/** A tunnel that stands; close it. */
export interface OpenTunnel {
  readonly localPort: number
  readonly pid: number
  /** Resolves with the reason when it ended; an orderly `close` is none. */
  readonly ended: Promise<GatewayError | undefined>
  /** What ssh said of connections through it that failed, newest last. */
  readonly troubles: () => readonly string[]
  /** Ends ssh and waits for its end. Safe to call twice. */
  close(): Promise<void>
}

export const tunnelLimitMs = 15_000
const killAfterMs = 2_000
/** All that ssh gets of our environment: what finds its home, its agent and its programs. */
const passedOn = [
  'PATH',
  'Path',
  'HOME',
  'USER',
  'LOGNAME',
  'SSH_AUTH_SOCK',
  'USERPROFILE',
  'SystemRoot',
  'TMPDIR',
  'TEMP',
]
/** ssh says this when it has logged in and every port is open; without a port it ends before. */
const standing = /^debug1: Entering interactive session/

/**
 * Starts ssh and resolves when the tunnel stands. Throws `tunnel_failed`, whose `details.kind` says why; then nothing
 * is left running. Rejects with the signal's reason when that aborts first.
 */
export async function openTunnel(plan: TunnelPlan, options: TunnelOptions): Promise<OpenTunnel> {
  const { env, signal, clock = systemClock, limitMs = tunnelLimitMs } = options
  signal.throwIfAborted()
  const kept = Object.fromEntries(passedOn.map((name) => [name, env[name]]))
  const child = spawn('ssh', sshArguments(plan, { verbose: true }), {
    env: { ...kept, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  })
  const tail = new LineTail()
  const facts = { target: plan.target, port: plan.localPort }
  let asked = false
  const gone = new Promise<'missing' | 'exit'>((resolve) => {
    child.once('error', () => resolve('missing'))
    child.once('close', () => resolve('exit'))
  })
  const ended = gone.then((how) => {
    if (asked) return undefined
    const { kind, detail } = readFailure(tail.lines)
    return how === 'missing' ? tunnelFailure('ssh_missing', facts) : tunnelFailure(kind, { ...facts, detail })
  })
  const close = async () => {
    asked = true
    const cancel = clock.after(killAfterMs, () => child.kill('SIGKILL'))
    if (isAlive(child)) child.kill('SIGTERM')
    await gone
    cancel()
    signal.removeEventListener('abort', stop)
  }
  const stop = () => void close()
  signal.addEventListener('abort', stop, { once: true })
  gone.then(() => signal.removeEventListener('abort', stop))

  let cancelLimit = () => {}
  const stands = new Promise<'stands'>((resolve) => {
    tail.follow(child.stderr, (line) => {
      if (standing.test(line)) resolve('stands')
    })
  })
  const late = new Promise<'late'>((resolve) => {
    cancelLimit = clock.after(limitMs, () => resolve('late'))
  })
  try {
    const first = await Promise.race([stands, late, ended])
    // ssh is content with ::1 when somebody else has 127.0.0.1, and whoever comes here would talk to him.
    const shared = tail.lines.some((line) => /Address already in use/.test(line))
    if (first === 'stands' && shared) {
      await close()
      throw tunnelFailure('port_in_use', facts)
    }
    if (first === 'stands') {
      return { localPort: plan.localPort, pid: child.pid ?? 0, ended, troubles: () => tail.lines, close }
    }
    signal.throwIfAborted()
    if (first !== 'late' && first !== undefined) throw first
    await close()
    throw tunnelFailure('timeout', facts)
  } finally {
    cancelLimit()
  }
}

function isAlive({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}
