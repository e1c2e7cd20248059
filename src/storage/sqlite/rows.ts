import type { ModelMessage } from '../../../schemas/message.js'
import type { SessionEntry } from '../../../schemas/session.js'
import type {
  PastTranscript,
  PendingRun,
  RunRow,
  RunStatus,
  SessionRow,
  TranscriptBody,
  TranscriptEntry,
} from '../types.js'

/** The columns that `sessionRow` reads. */
export const sessionColumns =
  'key, id, agent, created_at, started_at, updated_at, interacted_at, next_seq, previous_id, entry, title, preview, ' +
  'input_tokens, output_tokens, context_tokens, cost, compactions, run_id, run_status, run_started_at, run_ended_at, run_error'

interface RawSession {
  key: string
  id: string
  agent: string
  created_at: number
  started_at: number
  updated_at: number
  interacted_at: number
  next_seq: number
  previous_id: string | null
  entry: string
  title: string | null
  preview: string | null
  input_tokens: number
  output_tokens: number
  context_tokens: number | null
  cost: number | null
  compactions: number
  run_id: string | null
  run_status: RunStatus | null
  run_started_at: number | null
  run_ended_at: number | null
  run_error: string | null
}

export function sessionRow(raw: unknown): SessionRow | undefined {
  if (raw === undefined) return undefined
  const row = raw as RawSession
  return {
    key: row.key,
    id: row.id,
    agent: row.agent,
    createdAt: row.created_at,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    interactedAt: row.interacted_at,
    entry: JSON.parse(row.entry) as SessionEntry,
    title: row.title ?? undefined,
    preview: row.preview ?? undefined,
    entries: row.next_seq,
    previousId: row.previous_id ?? undefined,
    compactions: row.compactions,
    spent: {
      input: row.input_tokens,
      output: row.output_tokens,
      context: row.context_tokens ?? undefined,
      cost: row.cost ?? undefined,
    },
    lastRun: lastRun(row),
  }
}

function lastRun(row: RawSession): SessionRow['lastRun'] {
  if (row.run_id === null || row.run_status === null) return undefined
  return {
    id: row.run_id,
    status: row.run_status,
    startedAt: row.run_started_at ?? row.updated_at,
    endedAt: row.run_ended_at ?? undefined,
    error: row.run_error ?? undefined,
  }
}

export function transcriptEntry(raw: unknown): TranscriptEntry {
  const { seq, run_id: runId, at, body } = raw as { seq: number; run_id: string; at: number; body: string }
  return { seq, runId, at, body: JSON.parse(body) as TranscriptBody }
}

export function pastTranscript(raw: unknown): PastTranscript {
  const row = raw as Omit<PastTranscript, 'startedAt' | 'endedAt'> & { started_at: number; ended_at: number }
  const { id, key, agent, reason, entries } = row
  return { id, key, agent, reason, entries, startedAt: row.started_at, endedAt: row.ended_at }
}

interface RawRun {
  id: string
  session_key: string
  agent: string
  origin: string
  model: string
  status: RunStatus
  started_at: number
  ended_at: number | null
  error: string | null
  joined: string | null
}

export function runRow(raw: unknown): RunRow | undefined {
  if (raw === undefined) return undefined
  const row = raw as RawRun
  return {
    id: row.id,
    sessionKey: row.session_key,
    agent: row.agent,
    origin: row.origin,
    model: row.model,
    status: row.status,
    joined: row.joined ?? undefined,
    at: row.started_at,
    endedAt: row.ended_at ?? undefined,
    error: row.error ?? undefined,
  }
}

export function pendingRun(raw: unknown): PendingRun {
  const {
    id,
    started_at: at,
    status,
    input,
  } = raw as {
    id: string
    started_at: number
    status: RunStatus
    input: string
  }
  return { id, at, status, input: JSON.parse(input) as ModelMessage }
}
