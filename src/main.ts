import { loadConfig } from './config/load.js'
import { configSource } from './config/source.js'
import { type RunFlags, withFlags } from './flags.js'
import { explainWith } from './instance/conflict/explain.js'
import { freePort } from './instance/conflict/force.js'
import { type Listener, openListener } from './instance/listener.js'
import { acquireLocks } from './instance/lock.js'
import { removeRunFile, writeRunFile } from './instance/run-file.js'
import type { Instance } from './instance/types.js'
import { unusableState } from './instance/unusable-state.js'
import { type Clock, systemClock } from './kernel/clock.js'
import { type Undo, unwind } from './kernel/unwind.js'
import { type Prepared, portsFor, prepare } from './prepare.js'
import type { Serving } from './serve.js'

export type { RunFlags } from './flags.js'

export interface RunOptions {
  readonly clock?: Clock
  /** Where readable log lines go; absent: nowhere. */
  readonly console?: { write(line: string): void; readonly isTTY?: boolean }
  /** Called once with a token that was made by this start, as soon as it is stored: also when the start is refused. */
  readonly onNewToken?: (token: string) => void
  /** The caller begins the next run when `closed` says so; without it agents and clients cannot restart the gateway. */
  readonly restarts?: boolean
}

export interface RunningGateway {
  readonly port: number
  /** `http://127.0.0.1:<port>`, with TLS `https://` */
  readonly url: string
  /** Stops: no new connections, running turns may finish, everything is closed. Safe to call twice. */
  close(reason?: string): Promise<void>
  /**
   * Asks for a restart: `closed` then says so, and its caller begins the next run. Resolves when it is planned, or was
   * refused, which is in the log.
   */
  restart(reason: string): Promise<void>
  /** Resolves when the gateway has closed, whoever asked for it, with what the caller is to do now. */
  readonly closed: Promise<'end' | 'restart'>
}

/** What clients are told of how long a restart takes, besides the turns that still run. */
const restartMs = 1_000
/** How long the locks of a gateway that was just ended may take to come free. */
export const releaseMs = 2_000

/**
 * Starts the gateway of an instance: lock, then listen, then the rest (DESIGN.md decision 7). Resolves when it
 * answers. Throws the refusals of spec/config.md section 3.7; then nothing is left behind.
 */
export async function runGateway(
  instance: Instance,
  flags: RunFlags = {},
  options: RunOptions = {},
): Promise<RunningGateway> {
  const clock = options.clock ?? systemClock
  if (flags.force) await takeOver(instance, flags, clock)
  const locks = await acquireLocks(instance, flags.force ? { waitMs: releaseMs, clock } : {})
  const undo: Undo = [() => locks.release()]
  try {
    const prepared = await prepare(instance, flags, options.onNewToken)
    const listener = await bind(instance, prepared, clock)
    undo.push(() => listener.close(0))
    const startedAt = clock.now()
    const record = () => {
      const { port, addresses, tls } = listener
      const secure = tls && ({ scheme: 'https', tlsFingerprint: tls.fingerprint } as const)
      return writeRunFile(instance, { port, addresses, startedAt, ...secure })
    }
    // Only now, with the port ours, is the weight of the gateway loaded: while the disk is busy with the run file.
    const loading = import('./serve.js')
    loading.catch(() => {})
    await record()
    undo.push(() => removeRunFile(instance))
    const { serve } = await loading
    const input = { instance, flags, prepared, listener, clock, console: options.console, record }
    let perform: (reason: string) => void = () => {}
    // A restart cannot be asked for before there is somebody to ask.
    const late = options.restarts && { perform: (reason: string) => perform(reason) }
    const serving = await serve({ ...input, ...late })
    const { gateway, end } = running(listener, serving, undo)
    perform = (reason) => void end(reason, 'restart').catch(() => {})
    return gateway
  } catch (error) {
    // What went wrong first is what the caller should read.
    await unwind(undo).catch(() => {})
    throw unusableState(error, instance.paths.state) ?? error
  }
}

/** `--force`: ends the gateway of ours that has the port, before its locks are asked for. */
export async function takeOver(instance: Instance, flags: RunFlags, clock: Clock = systemClock): Promise<void> {
  const loaded = await loadConfig(configSource(instance))
  const { base } = portsFor(instance, withFlags(loaded.ok ? loaded.config : {}, flags), flags)
  await freePort(instance, '127.0.0.1', base, { clock })
}

function bind(instance: Instance, { ports, bind: plan, tls }: Prepared, clock: Clock): Promise<Listener> {
  return openListener({
    addresses: plan.addresses,
    port: ports.base,
    tls,
    instanceId: instance.id,
    clock,
    explain: explainWith(instance),
  })
}

type Next = 'end' | 'restart'

function running(listener: Listener, serving: Serving, undo: Undo) {
  let { port } = listener
  /** A change of the config may have moved it; after the end it is the last one. */
  const currentPort = () => {
    port = listener.port || port
    return port
  }
  let closing: Promise<void> | undefined
  let settle: (next: Next) => void = () => {}
  const closed = new Promise<Next>((resolve) => {
    settle = resolve
  })
  const stop = async (reason: string, next: Next) => {
    currentPort()
    serving.log.info({ reason }, 'stopping')
    try {
      await (next === 'end' ? serving.close('gateway stopping') : serving.close('gateway restarting', restartMs))
    } catch (err) {
      serving.log.error({ err, reason }, 'the gateway did not close as it should')
      throw err
    } finally {
      await unwind(undo)
      settle(next)
    }
  }
  const end = (reason: string, next: Next) => {
    closing ??= stop(reason, next)
    return closing
  }
  const gateway: RunningGateway = {
    get port() {
      return currentPort()
    },
    get url() {
      return `${listener.tls ? 'https' : 'http'}://127.0.0.1:${currentPort()}`
    },
    closed,
    close: (reason = 'asked to') => end(reason, 'end'),
    restart: (reason) => serving.restart(reason),
  }
  return { gateway, end }
}
