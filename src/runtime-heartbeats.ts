import { beatingAgents, type HeartbeatSettings } from './automation/heartbeat/settings.js'
import type { ConfigView } from './config/view.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { lazy } from './kernel/lazy.js'
import type { Logger } from './kernel/logger.js'
import type { StopSignal } from './kernel/stop.js'
import type { Undo } from './kernel/unwind.js'
import type { OpenedHeartbeats } from './live/heartbeats.js'
import type { Hub } from './live/hub.js'
import type { Mail } from './live/letters.js'
import type { Secrets } from './secrets/secrets.js'
import type { Sessions } from './sessions/sessions.js'
import type { Spending } from './spending/spending.js'
import type { HeartbeatReport, Store } from './storage/types.js'

interface Parts {
  readonly instance: Pick<Instance, 'settings'>
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'onChange'>
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly hub: Hub
  readonly sessions: Sessions
  readonly spending: Pick<Spending, 'check'>
  /** How heartbeats write to chats. */
  readonly mail: Mail
  readonly stopping: StopSignal
  readonly workspaceOf: (agent: string) => string
}

/** The heartbeats of a gateway: nothing of them is loaded while it starts. */
export interface RuntimeHeartbeats {
  /** The switch over all of them, until the next start. */
  enabled: boolean
  /** How the last one ended, also before this start. */
  last(): Promise<HeartbeatReport | undefined>
  /** The settings as they are while the switch is where it is. */
  apply(settings: HeartbeatSettings): HeartbeatSettings
  /** Something has happened in a session of the agent, and waits there to be told. */
  wake(agent: string, sessionKey: string): void
}

/** A start has other things to do first. */
const afterStartMs = 10_000

export function openRuntimeHeartbeats(parts: Parts, undo: Undo): RuntimeHeartbeats {
  const { instance, config, secrets, store, clock, log, hub, mail, spending } = parts
  let on = true
  let opened: OpenedHeartbeats | undefined
  const allowed = () => !instance.settings.skipCron && config.current.cron?.enabled !== false
  const open = lazy(async () => {
    const { openHeartbeats } = await import('./live/heartbeats.js')
    opened = openHeartbeats({
      ...parts,
      mayCall: (agent) => spending.check({ agent, origin: 'heartbeat', caller: undefined, job: undefined }),
      ...mail,
      enabled: () => on && allowed(),
      told: (report, messages) => {
        hub.broadcast('heartbeat', report)
        mail.sent(messages)
      },
    })
    return opened
  })
  const begin = () => {
    open().catch((err: unknown) => log.error({ err }, 'the heartbeats could not be started'))
  }
  let started = false
  const follow = () => {
    if (opened) opened.reconcile()
    else if (started && beatingAgents(config.current).length > 0) begin()
  }
  const start = async () => {
    started = true
    follow()
    // What woke an agent before the last end waits for it.
    if ((await store.systemEvents.woken()).length > 0) begin()
  }
  undo.push(
    clock.after(afterStartMs, () => {
      start().catch((err: unknown) => log.error({ err }, 'the heartbeats could not be started'))
    }),
    config.onChange(follow),
    secrets.onChange(follow),
    async () => (await open.begun?.catch(() => undefined))?.close(),
  )
  return {
    get enabled() {
      return on
    },
    set enabled(value) {
      on = value
      started = true
      if (on) follow()
    },
    last: () => store.heartbeats.last(),
    apply: (settings) => (on && allowed() ? settings : { ...settings, enabled: false, everyMs: null }),
    wake(agent, sessionKey) {
      if (!on || !allowed()) return
      open()
        .then((all) => all.wake(agent, sessionKey))
        .catch((err: unknown) => log.error({ err, agent }, 'an agent could not be woken'))
    },
  }
}
