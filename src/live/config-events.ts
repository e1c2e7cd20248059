import type { ConfigView } from '../config/view.js'
import type { Clock } from '../kernel/clock.js'
import type { Hub } from './hub.js'

/** Tells connected clients of every change of the config, whoever made it. The returned function stops. */
export function announceConfig(config: ConfigView, path: string, hub: Hub, clock: Clock): () => void {
  return config.onChange(() => {
    hub.broadcast('config.changed', { path, hash: config.status.appliedHash, ts: clock.now() })
  })
}
