import type { ConfigView } from './config/view.js'
import { lateEgress } from './egress/late.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { lazy } from './kernel/lazy.js'
import type { Logger } from './kernel/logger.js'
import type { StopSignal } from './kernel/stop.js'
import { ChatRoutes } from './live/chat-routes.js'
import type { CronInput, OpenedCron } from './live/cron.js'
import type { Hub } from './live/hub.js'
import type { Mail } from './live/letters.js'
import type { RuntimeChannels } from './runtime-channels.js'
import { fillSecrets } from './secrets/fill.js'
import type { Secrets } from './secrets/secrets.js'
import type { Sessions } from './sessions/sessions.js'
import type { CronStore, Store } from './storage/types.js'

interface Parts {
  readonly instance: Pick<Instance, 'settings'>
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'lookup'>
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly hub: Hub
  readonly bus: CronInput['bus']
  readonly sessions: Sessions
  readonly channels: Pick<RuntimeChannels, 'open'>
  readonly stopping: StopSignal
  /** The agent of a session is to look at what waits there. */
  readonly wake: (sessionKey: string) => void
}

/** The scheduled jobs of a gateway: nothing of them is loaded before there is one. */
export interface RuntimeCron {
  /** They run when they are due, and not only by hand. */
  readonly enabled: boolean
  /** Loads them, to be read and changed. */
  open(): Promise<OpenedCron>
  readonly store: CronStore
  /** How jobs write to chats, and who else writes as they do. */
  readonly mail: Mail
  close(): Promise<void>
}

export async function openRuntimeCron(parts: Parts): Promise<RuntimeCron> {
  const { instance, config, secrets, store, log, channels } = parts
  let opened: OpenedCron | undefined
  const routes = new ChatRoutes(store.channels)
  const open = lazy(async () => {
    const { openCron } = await import('./live/cron.js')
    opened = await openCron(input)
    return opened
  })
  const stopFollowing = config.onChange(() => opened?.runner.look())
  const enabled = () => !instance.settings.skipCron && config.current.cron?.enabled !== false
  const mail: Mail = {
    config: () => config.current,
    lastRoute: (sessionKey) => routes.get(sessionKey),
    channels: () => channels.open(),
    sent: (messages) => {
      if (messages.length === 0) return
      channels
        .open()
        .then(({ outbox }) => outbox.sent(messages))
        .catch((err: unknown) => log.error({ err }, 'messages of a job or a hook wait for the next start'))
    },
  }
  const input: CronInput = {
    ...parts,
    ...mail,
    enabled,
    egress: lateEgress({ clock: parts.clock, log }),
    webhookToken: () => fillSecrets(config.current, secrets.lookup).cron?.webhookToken,
  }
  if (await store.cron.awaited()) {
    open().catch((err: unknown) => log.error({ err }, 'the scheduled jobs could not be started'))
  }
  return {
    open,
    get enabled() {
      return enabled()
    },
    store: store.cron,
    mail,
    close: async () => {
      stopFollowing()
      await (await open.begun?.catch(() => undefined))?.close()
    },
  }
}
