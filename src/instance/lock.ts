import { constants } from 'node:fs'
import { access, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, sleep, systemClock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { configLock, realConfig } from './config-locks.js'
import { type OsLock, tryLock } from './os-lock.js'
import { commandFor } from './profile.js'
import { type RunRecord, readRunFile, readRunFiles } from './run-file.js'
import { stayAlive } from './stay-alive.js'
import { recoverSwaps } from './swap.js'
import type { Instance } from './types.js'

/** Keep it as long as the gateway runs. */
export interface Held extends OsLock {
  /** Folders of an interrupted restore that was taken back. */
  readonly recovered: readonly string[]
}

export interface LockOptions {
  /** How long to wait for a holder that is about to end; 0 fails at once. */
  readonly waitMs?: number
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

const pollMs = 50

/**
 * Takes the lock of the state directory, then the one of the config file (spec/config.md 3.8), so that neither two
 * configs on one state nor two states on one config run at once. `OPENCLAW_ALLOW_MULTI_GATEWAY` skips the second.
 * What a restore left that a crash ended is taken back before anybody reads it: a database of one half must never meet
 * the journal of the other.
 * Throws `lock_held` with the holder's profile, pid and port, or `state_unusable`.
 */
export async function acquireLocks(instance: Instance, options: LockOptions = {}): Promise<Held> {
  const locks = await takeLocks(instance, options)
  try {
    const recovered = await recoverSwaps(instance.paths.state)
    return { recovered, release: () => locks.release() }
  } catch (error) {
    locks.release()
    throw error
  }
}

async function takeLocks(instance: Instance, options: LockOptions): Promise<OsLock> {
  const state = await take(instance, options, {
    what: 'state directory',
    path: instance.paths.state,
    lock: () => lockState(instance),
    holder: () => readRunFile(instance.paths.runFile),
  })
  try {
    // Whoever wrote it is gone; a second starter must not read it as ours before we are bound.
    await rm(instance.paths.runFile, { force: true })
    if (instance.settings.allowMultiGateway) return state
    const path = await realConfig(instance.paths.config)
    const config = await take(instance, options, {
      what: 'config file',
      path,
      lock: () => lockConfig(path),
      holder: () => holderOfConfig(instance, path),
    })
    return both(state, config)
  } catch (error) {
    state.release()
    throw error
  }
}

interface Lockable {
  readonly what: string
  readonly path: string
  readonly lock: () => Promise<OsLock | undefined>
  readonly holder: () => Promise<RunRecord | undefined>
}

async function take(instance: Instance, options: LockOptions, wanted: Lockable): Promise<OsLock> {
  const lock = await waitFor(wanted.lock, options)
  if (!lock) throw held(instance, wanted.what, wanted.path, await wanted.holder())
  return lock
}

function both(state: OsLock, config: OsLock): OsLock {
  return {
    release() {
      config.release()
      state.release()
    },
  }
}

async function waitFor(
  attempt: () => Promise<OsLock | undefined>,
  { waitMs = 0, clock = systemClock, signal }: LockOptions,
): Promise<OsLock | undefined> {
  const end = clock.monotonic() + waitMs
  for (;;) {
    const lock = await attempt()
    if (lock || clock.monotonic() >= end) return lock
    await stayAlive(sleep(clock, pollMs, signal))
  }
}

async function lockState({ paths }: Instance): Promise<OsLock | undefined> {
  try {
    return await tryLock(join(paths.locks, 'state.lock'))
  } catch (cause) {
    const advice = 'Check its owner, its permissions and the free space.'
    throw new GatewayError('state_unusable', {
      message: `Cannot lock the state directory ${paths.state}. ${advice}`,
      cause,
    })
  }
}

async function lockConfig(path: string): Promise<OsLock | undefined> {
  try {
    return await tryLock(configLock(path))
  } catch (cause) {
    // A mounted, read-only config: nobody can write it, so two gateways cannot spoil it for each other.
    if (!(await isWritable(dirname(path)))) return { release() {} }
    throw new GatewayError('state_unusable', { message: `Cannot lock the config file ${path}.`, cause })
  }
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}

async function holderOfConfig({ paths }: Instance, path: string): Promise<RunRecord | undefined> {
  const records = await readRunFiles(paths)
  const configs = await Promise.all(records.map((record) => realConfig(record.configPath)))
  return records.find((_, index) => configs[index] === path)
}

function held(instance: Instance, what: string, path: string, holder: RunRecord | undefined): GatewayError {
  const message = holder
    ? `another gateway instance is already listening on ${urlOf(holder)} (profile "${holder.profile}", ` +
      `pid ${holder.pid}); it has the ${what} ${path}. Stop it with "${commandFor(holder, 'gateway stop')}", ` +
      'or start this one under another --profile.'
    : `Another gateway is starting or running on the ${what} ${path}. Wait for it, ` +
      `ask "${commandFor(instance, 'gateway status')}", or start this one under another --profile.`
  const details = holder && {
    profile: holder.profile,
    pid: holder.pid,
    port: holder.port,
    instanceId: holder.instanceId,
  }
  return new GatewayError('lock_held', { message, details: { path, ...details } })
}

function urlOf({ scheme, port }: RunRecord): string {
  return `${scheme === 'https' ? 'wss' : 'ws'}://127.0.0.1:${port}`
}
