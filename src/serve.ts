import type { FastifyInstance } from 'fastify'
import { buildGateway } from './app.js'
import { configSource } from './config/source.js'
import { overlaid } from './config/view.js'
import { type ConfigChange, openConfig } from './config/watch.js'
import { type RunFlags, withFlags } from './flags.js'
import type { Attachment } from './instance/listener/attachment.js'
import type { Listener } from './instance/listener.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { toGatewayError } from './kernel/errors.js'
import { drainMs, farewellMs } from './kernel/stop-times.js'
import { type Undo, unwind } from './kernel/unwind.js'
import type { Logs } from './logs/open.js'
import { startRefusal } from './preflight.js'
import { bindFor, type Prepared, portsFor, tlsFor } from './prepare.js'
import { tailscaleNotices } from './remote/tailscale/notices.js'
import { tlsFiles } from './remote/tls/files.js'
import { TlsRenewal } from './remote/tls/renewal.js'
import { openRuntime, type Runtime } from './runtime.js'
import { openInstanceLogs } from './runtime-inputs.js'

export interface ServeInput {
  readonly instance: Instance
  readonly flags: RunFlags
  readonly prepared: Prepared
  readonly listener: Listener
  readonly clock: Clock
  readonly console: { write(line: string): void; readonly isTTY?: boolean } | undefined
  /** Writes the run-file anew after the port or an address changed. */
  readonly record: () => Promise<unknown>
  /** Ends this run of the gateway and begins the next. */
  readonly perform?: (reason: string) => void
}

export interface Serving {
  readonly log: Logs['logger']
  /** Asks for a restart, as a client may. Never rejects: why there is none is in the log. */
  restart(reason: string): Promise<void>
  /** Says `reason` to clients; with `expectedMs`, that the gateway is back after about so long. */
  close(reason: string, expectedMs?: number): Promise<void>
}

/** Requests under way get this long on the old app after a rebuild; then the turn is theirs to lose. */
const handoverMs = 60_000

/** Everything behind the bound port: opens the runtime, attaches the app, and rebuilds it when the config says so. */
export async function serve(input: ServeInput): Promise<Serving> {
  const undo: Undo = []
  try {
    return await open(input, undo)
  } catch (error) {
    await unwind(undo).catch(() => {})
    throw error
  }
}

async function open(input: ServeInput, undo: Undo): Promise<Serving> {
  const { instance, flags, prepared, listener, clock, perform } = input
  const logs = openInstanceLogs(
    instance,
    clock,
    { ...(input.console ? { console: input.console } : {}), ...(flags.verbose ? { verbose: true } : {}) },
    prepared.config,
  )
  undo.push(() => logs.close())
  const handle = await openConfig(configSource(instance), { log: logs.logger, clock, initial: prepared.loaded })
  undo.push(() => handle.close())
  const config = overlaid(handle, (authored) => withFlags(authored, flags))
  const runtime = await openRuntime(instance, {
    clock,
    logs,
    config,
    addresses: listener.addresses,
    port: listener.port,
    rebuilds: true,
    ...(perform && { restart: { perform, refusal: (loaded) => startRefusal(instance, loaded, flags) } }),
  })
  undo.push(() => runtime.close())

  const renewal = new TlsRenewal({
    clock,
    log: runtime.log,
    current: () => listener.tls?.fingerprint,
    async apply(next) {
      listener.renew(next)
      await input.record()
    },
  })
  undo.push(() => renewal.close())
  const followTls = () => renewal.follow(listener.tls && tlsFiles(config.current, instance.paths))
  await followTls()

  // One app after the other; what changes while one is built is in the config that the next one reads.
  let current = attach(instance, runtime, listener)
  const leaving = new Set<Promise<void>>()
  const stopWatching = config.onChange((change) => {
    // After a refusal any change may be the one that was asked for.
    if (change.plan.kind !== 'restart' && runtime.refusal === undefined) return
    current = current.then(async (old) => {
      const next = await rebuild(input, runtime, change)
      if (!next) return old
      await followTls()
      // Who is connected was let in under other rules.
      old.app.closeControlSockets()
      const left = leave(old, clock)
      leaving.add(left)
      left.finally(() => leaving.delete(left))
      return next
    })
    // Who waits for the first app hears of its failure.
    current.catch(() => {})
  })
  undo.push(stopWatching)
  await current
  await announce(runtime, logs, input)

  return {
    log: logs.logger,
    async restart(reason) {
      await runtime.restarts.request({ reason, delayMs: 0 }).catch((err: unknown) => {
        runtime.log.warn({ err, reason }, 'not restarted')
      })
    },
    async close(reason, restartExpectedMs) {
      stopWatching()
      const { app } = await current
      runtime.hub.broadcast('shutdown', { reason, ...(restartExpectedMs !== undefined && { restartExpectedMs }) })
      const drained = await Promise.all([listener.drain(drainMs), runtime.agents.settled(drainMs)])
      if (!drained.every(Boolean)) {
        runtime.log.warn({ drainMs }, 'turns that did not finish in time are aborted')
        runtime.stop()
      }
      app.closeControlSockets()
      await listener.close(farewellMs)
      listener.detach()
      await Promise.all([...leaving, app.close()])
      undo.splice(1, 0, () => logs.logger.info({}, 'stopped'))
      await unwind(undo)
    },
  }
}

interface Attached {
  readonly app: FastifyInstance
  readonly attachment: Attachment
}

async function attach(instance: Instance, runtime: Runtime, listener: Listener): Promise<Attached> {
  const app = await buildGateway(instance, { runtime })
  const attachment = listener.attach({
    request: (request, response) => app.routing(request, response),
    // Without a taker the socket would stay open and unanswered.
    ...(app.server.listenerCount('upgrade') > 0 && {
      upgrade: (request, socket, head) => app.server.emit('upgrade', request, socket, head),
    }),
  })
  return { app, attachment }
}

/** Requests under way finish where they began; then the old app is closed. */
async function leave({ app, attachment }: Attached, clock: Clock): Promise<void> {
  await attachment.drained(handoverMs, clock)
  await app.close()
}

/**
 * A change of `gateway.*` in the same process: the new address is bound and the new app built before the old one lets
 * go. Gives nothing when the new settings are refused; then everything stays as it was.
 */
async function rebuild(
  { instance, flags, listener, record }: ServeInput,
  runtime: Runtime,
  change: ConfigChange,
): Promise<Attached | undefined> {
  try {
    const { current, env } = runtime.config
    const bind = bindFor(instance, current, env, flags)
    const { base } = portsFor(instance, current, flags)
    const hosts = bind.addresses.map(({ host }) => host)
    runtime.checkAuth(hosts, base)
    // Port 0 asked for any port; the one that the system chose stays.
    const tls = await tlsFor(instance, current, bind)
    await listener.rebind(bind.addresses, base === 0 ? listener.port : base, tls)
    runtime.listensOn(listener.addresses, listener.port)
    await record()
    const attached = await attach(instance, runtime, listener)
    runtime.log.info({ paths: change.paths, port: listener.port }, 'rebuilt after a config change')
    return attached
  } catch (thrown) {
    const error = toGatewayError(thrown)
    runtime.refuse(error.message)
    runtime.log.error({ err: error }, 'the changed gateway settings were refused; the old ones stay')
    return undefined
  }
}

async function announce(
  runtime: Runtime,
  logs: Logs,
  { listener, prepared, instance, clock }: ServeInput,
): Promise<void> {
  const { log, config } = runtime
  for (const notice of instance.notices) log.warn({}, notice)
  for (const { path, message } of prepared.loaded.warnings) log.warn({ path }, message)
  const mode = config.current.gateway?.tailscale?.mode ?? 'off'
  for (const notice of await tailscaleNotices({ mode, auth: runtime.auth(), port: listener.port, env: instance.env })) {
    log.warn({ tailscale: mode }, notice)
  }
  const { tls } = prepared
  if (tls?.generated) log.info({ fingerprint: tls.fingerprint }, 'made a self-signed TLS certificate')
  if (tls && tls.expiresAt.getTime() <= clock.now()) {
    log.warn({ expiresAt: tls.expiresAt.toISOString() }, 'the TLS certificate has run out; clients will refuse it')
  }
  const model = config.current.agents?.defaults?.model
  log.info(
    {
      addresses: listener.addresses,
      port: listener.port,
      portFrom: prepared.ports.source,
      ...(model === undefined ? {} : { model }),
      ...(listener.tls && { tlsFingerprint: listener.tls.fingerprint }),
      log: logs.filePath,
    },
    `listening on ${listener.tls ? 'https' : 'http'}://127.0.0.1:${listener.port}`,
  )
}
