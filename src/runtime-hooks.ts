import type { ConfigView } from './config/view.js'
import type { Instance } from './instance/types.js'
import { lazy } from './kernel/lazy.js'
import type { HooksInput, OpenedHooks } from './live/hooks/open.js'
import type { Mail } from './live/letters.js'
import { readSecret } from './secrets/read.js'
import type { Secrets } from './secrets/secrets.js'
import type { Store } from './storage/types.js'

/** What is given on as it is. */
type Given = 'clock' | 'log' | 'sessions' | 'stopping' | 'auth' | 'limiter' | 'wake'

interface Parts extends Pick<HooksInput, Given> {
  readonly instance: Instance
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'lookup'>
  readonly store: Store
  readonly mail: Mail
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
