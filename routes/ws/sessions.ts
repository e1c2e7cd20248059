import { Nullable } from '../../schemas/primitives.js'
import { type Static, Type } from '../../schemas/type.js'
import { SessionRow } from '../../schemas/ws/rows/session.js'
import {
  SessionsDescribeParams,
  SessionsListParams,
  SessionsListResult,
  SessionsPreviewParams,
  SessionsPreviewResult,
  SessionsResolveParams,
  SessionsResolveResult,
  SessionsUsageParams,
  SessionsUsageResult,
} from '../../schemas/ws/sessions.js'
import type { ListQuery } from '../../src/sessions/list.js'
import { family, method } from './_method.js'

export default family({
  'sessions.list': method({
    summary: 'Sessions, newest first, page by page',
    scope: 'operator.read',
    params: SessionsListParams,
    result: SessionsListResult,
    async handler({ runtime }, params) {
      const list = await runtime.sessions.list(listQuery(params))
      return { path: runtime.instance.paths.database, owners: [], ...list }
    },
  }),
  'sessions.preview': method({
    summary: 'The last words of several sessions',
    scope: 'operator.read',
    params: SessionsPreviewParams,
    result: SessionsPreviewResult,
    async handler({ runtime }, { keys, limit, maxChars }) {
      return { ts: runtime.clock.now(), previews: await runtime.sessions.preview(keys, limit, maxChars) }
    },
  }),
  'sessions.describe': method({
    summary: 'One session; null when there is none by that key',
    scope: 'operator.read',
    params: SessionsDescribeParams,
    result: Type.Object({ session: Nullable(SessionRow) }),
    async handler({ runtime }, { key, agentId, includeDerivedTitles, includeLastMessage }) {
      const { context } = runtime.sessions
      const row = await context.store.sessions.get(context.name(key, agentId).key)
      const shown = { titles: includeDerivedTitles, previews: includeLastMessage }
      return { session: row ? context.row(row, shown) : null }
    },
  }),
  'sessions.resolve': method({
    summary: 'Which session a key, an id or a label means',
    scope: 'operator.read',
    advertised: false,
    params: SessionsResolveParams,
    result: SessionsResolveResult,
    handler: ({ runtime }, params) => runtime.sessions.resolve(params),
  }),
  'sessions.usage': method({
    summary: 'Tokens and money by session, model, agent and day',
    scope: 'operator.read',
    advertised: false,
    params: SessionsUsageParams,
    result: SessionsUsageResult,
    handler: ({ runtime }, params) => runtime.sessions.usage(params),
  }),
})

/** The wire's words for a list. */
export function listQuery(params: Static<typeof SessionsListParams>): ListQuery {
  const { limit, offset, activeMinutes, label, category, search, archived } = params
  return {
    limit,
    offset,
    activeMinutes,
    label,
    category,
    search,
    archived,
    agent: params.agentId,
    parent: params.spawnedBy,
    order: params.sortBy === 'lastInteractionAt' ? 'interacted' : 'updated',
    titles: params.includeDerivedTitles,
    previews: params.includeLastMessage,
  }
}
