import type { HeartbeatSettings } from './heartbeat-settings.js'

/** How a heartbeat ended; the `heartbeat` event and `last-heartbeat` tell it. */
export interface HeartbeatReport {
  /** Milliseconds since the epoch. */
  readonly ts: number
  readonly status: string
  readonly reason?: string
  readonly durationMs?: number
  readonly message?: string
}

/** The switch over all heartbeats of a gateway, until its next start, and how the last one ended. */
export class Heartbeats {
  enabled = true
  last: HeartbeatReport | undefined

  /** The settings as they are while the switch is where it is. */
  apply(settings: HeartbeatSettings): HeartbeatSettings {
    return this.enabled ? settings : { ...settings, enabled: false, everyMs: null }
  }
}
