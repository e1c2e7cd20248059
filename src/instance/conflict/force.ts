import { type Clock, sleep, systemClock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { stopLimitMs } from '../../kernel/stop-times.js'
import { stayAlive } from '../stay-alive.js'
import type { Instance } from '../types.js'
import { findHolder, isConfirmed } from './holder.js'
import { portTaken } from './port-taken.js'
import { processAge } from './process-age.js'

const pollMs = 50
/** Nobody is signalled without an answer, so a busy gateway gets time for it. */
const probeMs = 2_000
const killLimitMs = 2_000

export interface ForceOptions {
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** How long the other gateway may take to end by itself. */
  readonly termLimitMs?: number
}

/**
 * `--force`: ends the gateway of ours that has a port, so that its port and locks are free. SIGTERM to the pid of its
 * run-file, when the live answer on the port has the same instance id; SIGKILL when its time to
 * stop is over. Gives the pid, or undefined
 * when nobody had the port. Throws `port_taken` for a port of anybody else.
 */
export async function freePort(
  instance: Instance,
  host: string,
  port: number,
  options: ForceOptions = {},
): Promise<number | undefined> {
  const holder = await findHolder(instance.paths, host, port, probeMs)
  if (holder.kind === 'other' && holder.closed && !holder.owner) return undefined
  const pid = holder.kind === 'gateway' ? holder.record?.pid : undefined
  const age = pid === undefined ? undefined : await processAge(pid)
  if (pid === undefined || age === undefined || !(await isConfirmed(holder, port))) {
    throw portTaken(instance, host, port, holder)
  }
  const isAlive = async () => (await processAge(pid)) === age
  const limits = { SIGTERM: options.termLimitMs ?? stopLimitMs, SIGKILL: killLimitMs }
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    if (await isAlive()) send(pid, name)
    if (await stayAlive(ended(isAlive, limits[name], options))) return pid
  }
  throw portTaken(instance, host, port, holder)
}

async function ended(isAlive: () => Promise<boolean>, limitMs: number, options: ForceOptions): Promise<boolean> {
  const clock = options.clock ?? systemClock
  const end = clock.monotonic() + limitMs
  while (await isAlive()) {
    if (clock.monotonic() >= end) return false
    await sleep(clock, pollMs, options.signal)
  }
  return true
}

function send(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ESRCH') return
    const message = `Cannot end the gateway with pid ${pid} (${code}). It belongs to another user; stop it there.`
    throw new GatewayError('port_taken', { message, cause })
  }
}
