import type { RunFinal } from '../agents/types.js'
import type { RunRow, RunStatus } from '../storage/types.js'

/** How a run ended, in the protocol's words. */
export interface RunOutcome {
  readonly runId: string
  readonly status: 'ok' | 'error' | 'timeout'
  readonly startedAt: number
  readonly endedAt: number
  /** Code of the error. */
  readonly error?: string
  /** `aborted`: somebody ended it. `interrupted`: the gateway went down. */
  readonly stopReason?: 'aborted' | 'interrupted'
}

/** Undefined while the run has not ended. */
export function runOutcome({ id: runId, status, at: startedAt, endedAt, error }: RunRow): RunOutcome | undefined {
  if (status === 'queued' || status === 'running') return undefined
  const times = { runId, startedAt, endedAt: endedAt ?? startedAt }
  if (status === 'ok') return { ...times, status: 'ok' }
  if (status === 'error')
    return { ...times, status: error === 'run_timeout' ? 'timeout' : 'error', error: error ?? 'internal_error' }
  return { ...times, status: 'error', error: status, stopReason: status }
}

/** What the store says of a run that ended so. */
export function endedStatus(final: RunFinal): Exclude<RunStatus, 'queued' | 'running'> {
  return final.type === 'end' ? 'ok' : final.type
}
