import type { HeartbeatReport, HeartbeatState, NewOutboxRow } from '../../storage/types.js'

/** How one heartbeat went. */
export interface Beaten {
  readonly report: HeartbeatReport
  /** What people are sent. */
  readonly messages?: readonly NewOutboxRow[]
  /** Of the alert that was said. */
  readonly hash?: string
  /** It will fail again until somebody acts. */
  readonly stops?: string
}

/** The same alert is not said again for so long. */
const sameAlertMs = 24 * 3_600_000
const mostAlerts = 20

/** True when this was said a short while ago. */
export function isRepeated({ alerts = {} }: HeartbeatState, hash: string, now: number): boolean {
  const at = alerts[hash]
  return at !== undefined && Math.abs(now - at) < sameAlertMs
}

/** What is kept after a heartbeat. `lastAt`: the time from which the next is counted. */
export function afterBeat(
  { running: _, stopped: __, ...before }: HeartbeatState,
  { report, hash, stops }: Beaten,
  lastAt: number,
): HeartbeatState {
  const { status, reason, ts } = report
  const nothing = status === 'ok-empty' || status === 'ok-token' || reason === 'duplicate'
  return {
    ...before,
    lastAt,
    // A heartbeat that did not take place says nothing about the agent.
    ...(status === 'failed'
      ? reason !== 'run_aborted' && { failures: (before.failures ?? 0) + 1 }
      : (nothing || status === 'sent') && { failures: 0, idle: nothing ? (before.idle ?? 0) + 1 : 0 }),
    ...(hash !== undefined && (status === 'sent' || stops !== undefined) && { alerts: said(before, hash, ts) }),
    ...(stops !== undefined && { stopped: { reason: stops, at: ts } }),
    last: report,
  }
}

/** The newest of what was said. */
function said({ alerts = {} }: HeartbeatState, hash: string, at: number): HeartbeatState['alerts'] {
  const { [hash]: _, ...others } = alerts
  const newest = Object.entries(others).sort(([, a], [, b]) => b - a)
  return Object.fromEntries([[hash, at] as const, ...newest].slice(0, mostAlerts))
}
