import type { SessionRow as WireRow } from '../../schemas/ws/rows/session.js'
import type { LiveRun } from '../agents/live-runs.js'
import type { SessionRow } from '../storage/types.js'
import { type KeyRules, kindOf, mainSessionKey } from './canonical.js'
import { entryId } from './entry-id.js'
import type { ModelFacts } from './model-facts.js'

/** What a row shows that the store does not hold. */
export interface RowSource {
  readonly rules: KeyRules
  model(agent: string, override: string | undefined): ModelFacts
  live(key: string): readonly LiveRun[]
}

export interface RowOptions {
  readonly titles?: boolean | undefined
  readonly previews?: boolean | undefined
}

/** A session as clients see it. Costs no reading beyond the row itself. */
export function wireRow(source: RowSource, row: SessionRow, { titles, previews }: RowOptions = {}): WireRow {
  const { entry, spent, lastRun } = row
  const kind = kindOf(row.key)
  const runs = source.live(row.key)
  const { provider, model, contextWindow } = source.model(row.agent, entry.model)
  const { archivedAt, pinnedAt, lastReadAt, markedUnreadAt, model: override, toolOverrides: _tools, ...shown } = entry
  return {
    ...shown,
    key: row.key,
    kind,
    sessionId: row.id,
    ...(row.previousId !== undefined && { previousSessionId: row.previousId }),
    agentId: row.agent,
    isMain: row.key === mainSessionKey(source.rules, row.agent),
    chatType: kind === 'group' ? (row.key.includes(':channel:') ? 'channel' : 'group') : 'direct',
    ...(titles && row.title !== undefined && { derivedTitle: row.title }),
    ...(previews && row.preview !== undefined && { lastMessagePreview: row.preview }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    lastActivityAt: row.updatedAt,
    lastInteractionAt: row.interactedAt,
    archived: archivedAt !== undefined,
    ...(archivedAt !== undefined && { archivedAt }),
    pinned: pinnedAt !== undefined,
    ...(pinnedAt !== undefined && { pinnedAt }),
    unread: markedUnreadAt !== undefined || (lastReadAt !== undefined && lastReadAt < row.updatedAt),
    ...(lastReadAt !== undefined && { lastReadAt }),
    ...(markedUnreadAt !== undefined && { markedUnreadAt }),
    ...runState(runs, lastRun),
    activeLeafEntryId: row.entries === 0 ? null : entryId(row.id, row.entries - 1),
    inputTokens: spent.input,
    outputTokens: spent.output,
    ...(spent.context !== undefined && { totalTokens: spent.context }),
    totalTokensFresh: spent.context !== undefined,
    ...(contextWindow !== undefined && { contextTokens: contextWindow }),
    ...(row.compactions > 0 && { compactionCount: row.compactions }),
    ...(spent.cost !== undefined && { estimatedCostUsd: spent.cost }),
    modelProvider: provider,
    model,
    ...(override !== undefined && { modelOverrideSource: 'user' as const }),
  }
}

function runState(runs: readonly LiveRun[], last: SessionRow['lastRun']): Partial<WireRow> {
  const live = { hasActiveRun: runs.length > 0, activeRunIds: runs.map(({ runId }) => runId) }
  if (!last) return { ...live, ...(runs.length > 0 && { status: 'queued' as const }) }
  const { id, startedAt, endedAt, error } = last
  return {
    ...live,
    status: statusOf(runs, last),
    lastRunId: id,
    abortedLastRun: last.status === 'aborted',
    startedAt,
    ...(endedAt !== undefined && { endedAt, runtimeMs: Math.max(endedAt - startedAt, 0) }),
    ...(error !== undefined && { lastRunError: error }),
  }
}

function statusOf(runs: readonly LiveRun[], { status, error }: NonNullable<SessionRow['lastRun']>): WireRow['status'] {
  if (runs.some(({ running }) => running)) return 'running'
  if (runs.length > 0) return 'queued'
  if (status === 'ok') return 'done'
  if (status === 'aborted') return 'killed'
  return error === 'run_timeout' ? 'timeout' : 'failed'
}
