import { join } from 'node:path'
import { type Clock, sleep, systemClock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { stopLimitMs } from '../../kernel/stop-times.js'
import { tryLock } from '../os-lock.js'
import { stayAlive } from '../stay-alive.js'
import type { Instance } from '../types.js'
import { findHolder, type Holder, isConfirmed } from './holder.js'
import { ownsPort } from './port-owner.js'
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
 * run-file, when the live answer on the port has the same instance id, or when it hangs and the kernel knows it; SIGKILL
 * when its time to stop is over. Gives the pid, or undefined when nobody had the port. Throws `port_taken` for a port
 * of anybody else.
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
  if (pid === undefined || age === undefined) throw portTaken(instance, host, port, holder)
  const hangs = isSilentOwn(holder, instance)
  const sure = hangs ? await isKnown(instance, pid, port) : await isConfirmed(holder, port)
  if (!sure) throw hangs ? notCertain(pid, port) : portTaken(instance, host, port, holder)
  const isAlive = async () => (await processAge(pid)) === age
  const limits = { SIGTERM: options.termLimitMs ?? stopLimitMs, SIGKILL: killLimitMs }
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    if (await isAlive()) send(pid, name)
    if (await stayAlive(ended(isAlive, limits[name], options))) return pid
  }
  throw portTaken(instance, host, port, holder)
}

/** It has the port of the run-file of this profile, and says nothing. */
function isSilentOwn(holder: Holder, { paths }: Instance): boolean {
  return holder.kind === 'gateway' && holder.instanceId === undefined && holder.record?.stateDir === paths.state
}

/** What a live answer proves otherwise: the pid has the port, and somebody has the lock of this state directory. */
async function isKnown({ paths }: Instance, pid: number, port: number): Promise<boolean> {
  if ((await ownsPort(pid, port)) !== true) return false
  const lock = await tryLock(join(paths.locks, 'state.lock'))
  lock?.release()
  return lock === undefined
}

function notCertain(pid: number, port: number): GatewayError {
  const message =
    `The process ${pid} has port ${port} and does not answer; it is not certain that it is the gateway. ` +
    `Look at it (ps -p ${pid}), and end it by hand: kill ${pid}`
  return new GatewayError('port_taken', { message, details: { port, pid } })
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
