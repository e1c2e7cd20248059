import type { ConfigView } from './config/view.js'
import { lateEgress } from './egress/late.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import type { Bus } from './kernel/events.js'
import { lazy } from './kernel/lazy.js'
import type { Logger } from './kernel/logger.js'
import type { GatewayEvents } from './live/events.js'
import type { Metrics } from './metrics/metrics.js'
import { readSecret } from './secrets/read.js'
import type { Secrets } from './secrets/secrets.js'

interface Parts {
  readonly instance: Instance
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'lookup'>
  readonly bus: Bus<GatewayEvents>
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'eventHook'>
}

/** Commands and URLs that are told what happens: nothing of them is loaded before the config turns them on. */
export function openRuntimeEventHooks(parts: Parts): { close(): Promise<void> } {
  const { instance, config, secrets, bus, clock, log, metrics } = parts
  const { profile, version, paths } = instance
  const open = lazy(async () => {
    const { openEventHooks } = await import('./live/event-hooks/open.js')
    return openEventHooks({
      ...{ bus, clock, log, profile, version, home: paths.home, folder: paths.state },
      config: () => config.current,
      env: () => config.env,
      egress: lateEgress({ clock, log }),
      secret: (input, path) => readSecret(input, path, config.env, secrets.lookup),
      count: (hook, outcome) => metrics.eventHook(hook, outcome),
    })
  })
  const isOn = () => config.current.hooks?.internal?.enabled === true
  const follow = (then: 'started' | 'reconcile') => {
    if (!open.begun && !isOn()) return
    open()
      .then((hooks) => hooks[then]())
      .catch((err: unknown) => log.error({ err }, 'the hooks for events could not be started'))
  }
  follow('started')
  const stopFollowing = config.onChange(() => follow('reconcile'))
  return {
    close: async () => {
      stopFollowing()
      await (await open.begun?.catch(() => undefined))?.close()
    },
  }
}
