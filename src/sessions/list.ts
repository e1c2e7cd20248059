import type { SessionRow as WireRow } from '../../schemas/ws/rows/session.js'
import type { SessionFilter, SessionPage } from '../storage/types.js'
import type { SessionsContext } from './context.js'
import { type RowOptions, wireRow } from './row.js'

const defaultLimit = 100
/** Rows of one page; a longer list comes in pages. */
const maxLimit = 1_000

export interface ListQuery extends RowOptions, Omit<SessionFilter, 'since'> {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly activeMinutes?: number | undefined
  readonly order?: SessionPage['order']
}

export interface SessionList {
  readonly ts: number
  readonly count: number
  readonly totalCount: number
  readonly limitApplied: number
  readonly nextOffset: number | null
  readonly hasMore: boolean
  readonly defaults: ModelDefaults
  readonly sessions: WireRow[]
}

export interface ModelDefaults {
  readonly modelProvider: string
  readonly model: string
  /** Tokens; null when the config does not say. */
  readonly contextTokens: number | null
}

/** The model of an agent, as lists and histories tell it. */
export function modelDefaults(context: SessionsContext, agent: string): ModelDefaults {
  const { provider, model, contextWindow } = context.modelFacts(agent)
  return { modelProvider: provider, model, contextTokens: contextWindow ?? null }
}

/** One page of sessions, newest first, and how many there are. */
export async function listSessions(context: SessionsContext, query: ListQuery): Promise<SessionList> {
  const { titles, previews, activeMinutes, limit = defaultLimit, offset = 0, order, ...rest } = query
  const ts = context.now()
  const search = rest.search?.trim() || undefined
  const since = activeMinutes === undefined ? undefined : ts - activeMinutes * 60_000
  const parent = rest.parent === undefined ? undefined : context.name(rest.parent).key
  const filter: SessionFilter = { ...rest, search, since, parent }
  const limitApplied = Math.min(limit, maxLimit)
  const [rows, totalCount] = await Promise.all([
    context.store.sessions.list({ ...filter, limit: limitApplied, offset, order }),
    context.store.sessions.count(filter),
  ])
  const source = context.rowSource()
  const next = offset + rows.length
  const hasMore = rows.length > 0 && next < totalCount
  return {
    ts,
    count: rows.length,
    totalCount,
    limitApplied,
    nextOffset: hasMore ? next : null,
    hasMore,
    defaults: modelDefaults(context, rest.agent ?? source.rules.roster.defaultId),
    sessions: rows.map((row) => wireRow(source, row, { titles, previews })),
  }
}
