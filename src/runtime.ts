import { createAgents } from './agents/agents.js'
import { agentRoster } from './agents/select.js'
import { workspaceOf } from './agents/workspace/folder.js'
import { Approvals } from './approvals/approvals.js'
import { Grants } from './approvals/grants.js'
import { Limiter } from './auth/limiter.js'
import { SystemEvents } from './automation/system-events.js'
import { openDevices } from './devices/open.js'
import type { Instance } from './instance/types.js'
import { systemClock } from './kernel/clock.js'
import { GatewayError, toGatewayError } from './kernel/errors.js'
import { EventBus } from './kernel/events.js'
import { lazy } from './kernel/lazy.js'
import { Stop } from './kernel/stop.js'
import { type Undo, unwind } from './kernel/unwind.js'
import { announceApprovals, hasApprover } from './live/approvers.js'
import { announceConfig } from './live/config-events.js'
import { closeOutdated, followDevices } from './live/device-events.js'
import type { GatewayEvents } from './live/events.js'
import { HealthSnapshots } from './live/health.js'
import { Hub } from './live/hub.js'
import { selfFacts } from './live/machine.js'
import { Once } from './live/once.js'
import { Presence } from './live/presence.js'
import { Replays } from './live/replays.js'
import { Restarts } from './live/restarts.js'
import { RunFeed } from './live/run-feed.js'
import { SessionFeed } from './live/session-events.js'
import { Talk } from './live/talk.js'
import { WriteLimit } from './live/write-limit.js'
import { Metrics } from './metrics/metrics.js'
import { Cooldowns } from './models/cooldowns.js'
import { openProviders } from './providers/registry.js'
import { ResponseJobs } from './responses/jobs.js'
import { openRuntimeChannels } from './runtime-channels.js'
import { openRuntimeCron } from './runtime-cron.js'
import { openRuntimeEventHooks } from './runtime-event-hooks.js'
import { openRuntimeHeartbeats } from './runtime-heartbeats.js'
import { openRuntimeHooks } from './runtime-hooks.js'
import { openCredentials, openInstanceLogs, ownConfig, programHost } from './runtime-inputs.js'
import { openRuntimeTools } from './runtime-tools.js'
import type { Runtime, RuntimeOptions } from './runtime-types.js'
import { keyRules, mainSessionKey } from './sessions/canonical.js'
import { createSessions } from './sessions/sessions.js'
import { Spending } from './spending/spending.js'
import { openSqliteStore } from './storage/sqlite.js'
import type { Appended } from './storage/types.js'

export type { Runtime, RuntimeOptions } from './runtime-types.js'

/** How long turns that were aborted may take to write down how they ended. */
const settleMs = 2_000

/** Opens the services of one instance. Throws `config_invalid` or what refuses a start for auth. */
export async function openRuntime(instance: Instance, options: RuntimeOptions = {}): Promise<Runtime> {
  const undo: Undo = []
  try {
    return await open(instance, options, undo)
  } catch (error) {
    await unwind(undo).catch(() => {})
    throw error
  }
}

async function open(instance: Instance, options: RuntimeOptions, undo: Undo): Promise<Runtime> {
  const clock = options.clock ?? systemClock
  const logs = options.logs ?? openInstanceLogs(instance, clock, {})
  if (!options.logs) undo.push(() => logs.close())
  const config = options.config ?? (await ownConfig(instance, logs, clock, undo))
  let listening = {
    bindAddresses: options.addresses ?? ['127.0.0.1', '::1'],
    port: options.port ?? config.current.gateway?.port ?? instance.fallbackPort.port,
  }
  const credentials = await openCredentials(instance, config, logs, clock, undo)
  const { accounts, secrets, hideSecrets, catalogOf } = credentials
  const newest = () => ({ config: config.current, env: config.env })
  // A config that was refused is the current one; who may come in is still what the last one that was taken says.
  let inForce = newest()
  const readAuth = (of = inForce) => credentials.authOn(listening, of)
  const readCatalog = () => catalogOf(config.current)

  let auth = readAuth()
  let catalog = readCatalog()
  const redact = (text: string) => logs.redact(text)
  let refusal: string | undefined
  let secretChanged = () => {}
  const takeAuth = (from = inForce) => {
    try {
      auth = readAuth(from)
      inForce = from
      secretChanged()
      return undefined
    } catch (thrown) {
      const error = toGatewayError(thrown)
      logs.logger.error({ err: error }, 'the new auth settings were refused; the old ones stay')
      return error.message
    }
  }
  const takeSecrets = () => {
    catalog = readCatalog()
    hideSecrets()
  }
  const stopChanges = config.onChange(({ plan }) => {
    takeSecrets()
    logs.apply(config.current.logging ?? {})
    // Who may come in and where the gateway listens change together or not at all, with a rebuild.
    if (!options.rebuilds) refusal = takeAuth(newest())
    else if (plan.kind === 'restart') refusal = undefined
  })
  const stopSecrets = secrets.onChange(() => {
    takeSecrets()
    takeAuth()
  })
  undo.push(stopChanges, stopSecrets)

  const bus = new EventBus<GatewayEvents>((error) => logs.logger.error({ err: error }, 'an event listener failed'))
  const appended = (written: Appended) => bus.emit('transcript.appended', written)
  const store = options.store ?? (await openSqliteStore(instance.paths.database, appended))
  if (!options.store) undo.push(() => store.close())
  const providers = openProviders({ log: logs.logger, clock, programs: programHost(instance, config, store, clock) })
  undo.push(() => providers.close())
  const metrics = new Metrics()
  bus.on('run.finished', (run) => metrics.run(run))
  const stopping = new Stop()
  const responses = new ResponseJobs(stopping, logs.logger)
  const cooldowns = new Cooldowns(store.models, clock, logs.logger)
  const lookForKeys = () => {
    if (accounts.refresh()) catalog = readCatalog()
  }
  const tools = openRuntimeTools(() => {
    const { logger: log } = logs
    const provider = (api: string) => providers.get(api)
    const parts = { instance, config, secrets, clock, log, store, agents, sessions, exec, redact, catalogOf, provider }
    return { ...parts, restarts, channels, cron }
  })
  const spending = new Spending({ store: store.spending, clock, log: logs.logger, config: () => config.current })
  undo.push(() => spending.flush())
  const agents = createAgents({
    log: logs.logger,
    clock,
    store,
    bus,
    config: () => config.current,
    catalog: () => catalog,
    provider: (api) => providers.get(api),
    cooldowns,
    keysFailed: lookForKeys,
    toolbox: tools.toolbox,
    redact,
    spending,
    home: (current, agent) => ({
      folder: workspaceOf(instance.paths, current, agent),
      mainSessionKey: mainSessionKey(keyRules(current, agentRoster(current)), agent),
    }),
  })
  const sessions = createSessions({
    log: logs.logger,
    store,
    clock,
    bus,
    agents,
    config: () => config.current,
    catalog: () => catalog,
    stopping,
  })

  const hub = new Hub(clock)
  undo.push(new RunFeed(hub, clock).follow(bus))
  undo.push(new SessionFeed({ hub, clock, log: logs.logger, sessions }).follow(bus))
  undo.push(announceConfig(config, instance.paths.config, hub, clock))
  undo.push(announceApprovals(bus, hub))
  const approvals = new Approvals({
    store: store.approvals,
    clock,
    log: logs.logger,
    bus,
    approvers: ({ askedBy }) => hasApprover(hub, askedBy),
  })
  undo.push(() => approvals.close())
  await approvals.recover()
  const grants = new Grants(store.grants, clock)
  const exec = lazy(async () => {
    const { openWalls } = await import('./sandbox/open-walls.js')
    return openWalls({
      ...{ instance, approvals, grants, clock, log: logs.logger, bus },
      config: () => config.current,
      workspaceOf: (agent) => workspaceOf(instance.paths, config.current, agent),
    })
  })
  undo.push(async () => (await exec.begun?.catch(() => undefined))?.close())
  const systemEvents = new SystemEvents({
    ...{ store, clock, config: () => config.current },
    wake: (agent, sessionKey) => heartbeats.wake(agent, sessionKey),
  })
  bus.on('process.finished', ({ agent, sessionKey, text }) => {
    systemEvents.queue({ text, wake: 'now', sessionKey, agentId: agent }).catch((error: unknown) => {
      logs.logger.warn({ err: error, sessionKey }, 'the end of a background command could not be told')
    })
  })
  const wake = (key: string) => heartbeats.wake(sessions.context.name(key).agent, key)
  const presence = new Presence(hub, clock, selfFacts(instance))
  undo.push(() => presence.close())
  const current = () => config.current
  const devices = openDevices({
    store,
    clock,
    bus,
    log: logs.logger,
    config: current,
    credentials: instance.paths.credentials,
    connected: (deviceId, role) => hub.connected(deviceId, role),
  })
  undo.push(followDevices(bus, hub, devices))
  // The sockets exist only now; until then a change of the secret concerns nobody.
  secretChanged = () => {
    closeOutdated(hub, devices, auth).catch((err: unknown) => logs.logger.error({ err }, 'old sockets stay open'))
  }

  const restarts = new Restarts({
    instance,
    clock,
    log: logs.logger,
    sessions,
    way: options.restart,
    tellChat: (...told) => channels.tell(...told),
  })
  const startedAt = clock.now()
  const talk = new Talk({
    config: current,
    sessions,
    agents,
    open: async () => {
      const { openCommands } = await import('./live/open-commands.js')
      const { profile, version } = instance
      return openCommands({
        sessions,
        config: current,
        catalog: () => catalog,
        clock,
        approvals,
        gateway: () => ({ profile, port: listening.port, version, startedAt }),
        walls: (await exec()).walls,
        restarts,
        instance,
        view: config,
      })
    },
  })

  // Those that the last end lost are told of, which begins turns: everything is there now.
  undo.push(await sessions.subagents.open(), () => sessions.exchanges.close())
  const answerFiles = async () => (await tools.open()).answerFiles
  const channels = openRuntimeChannels(
    { instance, config, secrets, store, clock, log: logs.logger, bus, sessions, talk, stopping, answerFiles },
    undo,
    options,
  )
  undo.push(() => channels.close(), restarts.open())
  const cron = await openRuntimeCron({
    ...{ instance, config, secrets, store, clock, log: logs.logger, hub, bus, sessions, channels, stopping },
    wake,
  })
  undo.push(() => cron.close())
  const heartbeats = openRuntimeHeartbeats(
    {
      ...{
        instance,
        config,
        secrets,
        store,
        clock,
        log: logs.logger,
        hub,
        sessions,
        stopping,
        spending,
        mail: cron.mail,
      },
      workspaceOf: (agent) => workspaceOf(instance.paths, config.current, agent),
    },
    undo,
  )
  const limiter = new Limiter(clock)
  const hooks = await openRuntimeHooks({
    ...{ instance, config, secrets, store, clock, log: logs.logger, sessions, stopping, limiter, mail: cron.mail },
    auth: () => auth,
    wake,
  })
  undo.push(() => hooks.close())
  const eventHooks = openRuntimeEventHooks({ instance, config, secrets, bus, clock, log: logs.logger, metrics })
  undo.push(() => eventHooks.close())

  return {
    instance,
    clock,
    startedAt,
    get port() {
      return listening.port
    },
    log: logs.logger,
    get logPath() {
      return logs.filePath
    },
    onLogWritten: (listener) => logs.onWritten(listener),
    config,
    secrets,
    store,
    agents,
    catalog: () => catalog,
    cooldowns,
    lookForKeys,
    sessions,
    metrics,
    limiter,
    bus,
    hub,
    presence,
    systemEvents,
    heartbeats,
    spending,
    approvals,
    grants,
    exec,
    health: new HealthSnapshots({
      ...{ clock, store, agents, config: current, heartbeats, channels, path: instance.paths.database },
      env: () => config.env,
    }),
    devices,
    writes: new WriteLimit(clock),
    once: new Once(clock),
    replays: new Replays(clock),
    responses,
    restarts,
    channels,
    cron,
    hooks,
    chatPairing: channels.pairing,
    directTools: async () => (await tools.open()).direct,
    talk,
    memory: async () => (await tools.open()).memory,
    auth: () => auth,
    stopping,
    get refusal() {
      return refusal
    },
    refuse(message) {
      refusal = message
    },
    checkAuth: (bindAddresses, port) => void credentials.authOn({ bindAddresses, port }, newest()),
    listensOn(addresses, port) {
      listening = { bindAddresses: addresses, port }
      inForce = newest()
      refusal = undefined
      auth = readAuth()
      secretChanged()
    },
    stop: () => stopping.abort(new GatewayError('draining')),
    async close() {
      stopping.abort(new GatewayError('draining'))
      await Promise.all([agents.settled(settleMs), responses.close()])
      await unwind(undo)
    },
  }
}
