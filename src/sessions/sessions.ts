import { SessionsContext, type SessionsOptions } from './context.js'
import { SessionEditor } from './edit.js'
import { type HistoryQuery, readHistory, readMessage } from './history.js'
import { type ListQuery, listSessions } from './list.js'
import { previewSessions } from './preview.js'
import { type ResolveQuery, resolveSession } from './resolve.js'
import { sessionsUsage, type UsageQuery } from './usage.js'

export type Sessions = ReturnType<typeof createSessions>

/** Everything that doors do with sessions. */
export function createSessions(options: SessionsOptions) {
  const context = new SessionsContext(options)
  return {
    context,
    edit: new SessionEditor(context),
    list: (query: ListQuery) => listSessions(context, query),
    resolve: (query: ResolveQuery) => resolveSession(context, query),
    preview: (keys: readonly string[], limit?: number, maxChars?: number) =>
      previewSessions(context, keys, limit, maxChars),
    usage: (query: UsageQuery) => sessionsUsage(context, query),
    history: (query: HistoryQuery) => readHistory(context, query),
    message: (query: Parameters<typeof readMessage>[1], maxChars: number) => readMessage(context, query, maxChars),
  }
}
