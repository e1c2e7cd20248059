import type { Limiter } from './auth/limiter.js'
import type { AuthSettings } from './auth/settings.js'
import type { SystemEventRequest } from './automation/system-events.js'
import type { ConfigView } from './config/view.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { lazy } from './kernel/lazy.js'
import type { Logger } from './kernel/logger.js'
import type { StopSignal } from './kernel/stop.js'
import type { OpenedHooks } from './live/hooks/open.js'
import type { Mail } from './live/letters.js'
import { readSecret } from './secrets/read.js'
import type { Secrets } from './secrets/secrets.js'
import type { Sessions } from './sessions/sessions.js'
import type { Store } from './storage/types.js'

interface Parts {
  readonly instance: Instance
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'lookup'>
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly sessions: Sessions
  readonly stopping: StopSignal
  readonly auth: () => AuthSettings
  readonly limiter: Limiter
  readonly mail: Mail
  /** Tells a session something, and wakes its agent. Resolves when it is on disk. */
  readonly wake: (words: SystemEventRequest) => Promise<void>
}

/** The hooks of a gateway: nothing of them is loaded before somebody calls one. */
export interface RuntimeHooks {
  open(): Promise<OpenedHooks>
  close(): Promise<void>
}

export async function openRuntimeHooks(parts: Parts): Promise<RuntimeHooks> {
  const { instance, config, secrets, store, log, mail } = parts
  const open = lazy(async () => {
    const { openHooks } = await import('./live/hooks/open.js')
    return openHooks({
      ...{ ...parts, ...mail, state: instance.paths.state },
      secret: (input, path) => readSecret(input, path, config.env, secrets.lookup),
    })
  })
  if (await store.hooks.awaited()) {
    open().catch((err: unknown) => log.error({ err }, 'calls of hooks wait for the next start'))
  }
  return {
    open,
    close: async () => {
      await (await open.begun?.catch(() => undefined))?.close()
    },
  }
}
