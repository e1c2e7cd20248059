import type { ConfigHandle } from './config/watch.js'
import { type RunFlags, withFlags } from './flags.js'
import { explainTaken, freePort } from './instance/conflict/index.js'
import { type Listener, openListener } from './instance/listener.js'
import { acquireLocks } from './instance/lock.js'
import { removeRunFile, writeRunFile } from './instance/run-file.js'
import type { Instance } from './instance/types.js'
import { type Clock, systemClock } from './kernel/clock.js'
import type { Logs } from './logs/open.js'
import { bindFor, type Prepared, portsFor, prepare } from './prepare.js'
import type { Serving } from './serve.js'

export type { RunFlags } from './flags.js'

export interface RunOptions {
  readonly clock?: Clock
  /** Where readable log lines go; absent: nowhere. */
  readonly console?: { write(line: string): void; readonly isTTY?: boolean }
  /** Called once with a token that was made by this start. */
  readonly onNewToken?: (token: string) => void
}

export interface RunningGateway {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Stops: no new connections, running turns may finish, everything is closed. Safe to call twice. */
  close(reason?: string): Promise<void>
  /** Resolves when the gateway has closed, whoever asked for it. */
  readonly closed: Promise<void>
}

/** How long running turns may take to finish after a stop was asked for; below every service manager's limit. */
const drainMs = 10_000

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
  const locks = await acquireLocks(instance)
  const undo: (() => unknown)[] = [() => locks.release()]
  try {
    const prepared = await prepare(instance, flags)
    const listener = await bind(instance, prepared, flags, clock)
    undo.push(() => listener.close(0))
    const record = () =>
      writeRunFile(instance, { port: listener.port, addresses: listener.addresses, startedAt: clock.now() })
    await record()
    undo.push(() => removeRunFile(instance))
    // Only now, with the port ours, is the weight of the gateway loaded.
    const { serve } = await import('./serve.js')
    const serving = await serve({ instance, flags, prepared, listener, clock, console: options.console, record })
    if (prepared.newToken !== undefined) options.onNewToken?.(prepared.newToken)
    return running(listener, serving, undo)
  } catch (error) {
    await unwind(undo)
    throw error
  }
}

async function bind(
  instance: Instance,
  { ports, bind: plan }: Prepared,
  flags: RunFlags,
  clock: Clock,
): Promise<Listener> {
  if (flags.force && ports.base !== 0) await freePort(instance, ports.base, { clock })
  return openListener({
    addresses: plan.addresses,
    port: ports.base,
    instanceId: instance.id,
    clock,
    explain: explainTaken(instance),
  })
}

function running(listener: Listener, serving: Serving, undo: (() => unknown)[]): RunningGateway {
  const { port } = listener
  let closing: Promise<void> | undefined
  let settle = () => {}
  const closed = new Promise<void>((resolve) => {
    settle = resolve
  })
  const stop = async (reason: string) => {
    serving.log.info({ reason }, 'stopping')
    const finished = await listener.drain(drainMs)
    if (!finished) serving.log.warn({ drainMs }, 'turns that did not finish in time are aborted')
    await serving.close()
    await unwind(undo)
    settle()
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    closed,
    close(reason = 'asked to') {
      closing ??= stop(reason)
      return closing
    },
  }
}

async function unwind(undo: (() => unknown)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step()
}
