import { readAnswer } from './answers.js'
import { listBranches } from './branches.js'
import { type CompactQuery, compact } from './compact.js'
import { SessionsContext, type SessionsOptions } from './context.js'
import { SessionEditor } from './edit.js'
import { Exchanges } from './exchange.js'
import { type HistoryQuery, readHistory, readMessage } from './history.js'
import { type InjectedWords, injectMessage } from './inject.js'
import { type ListQuery, listSessions } from './list.js'
import { previewSessions } from './preview.js'
import { type ResolveQuery, resolveSession } from './resolve.js'
import { Subagents } from './subagents/subagents.js'
import { Turns } from './turns.js'
import { sessionsUsage, type UsageQuery } from './usage.js'

export type Sessions = ReturnType<typeof createSessions>

/** Everything that doors do with sessions. */
export function createSessions(options: SessionsOptions) {
  const context = new SessionsContext(options)
  const edit = new SessionEditor(context)
  const turns = new Turns(context, edit)
  return {
    context,
    edit,
    turns,
    exchanges: new Exchanges(context, turns),
    subagents: new Subagents(context, edit, turns),
    /** What a run brought; undefined while it has not ended, and when it is not known. */
    async answer(runId: string) {
      const run = await context.store.runs.get(runId)
      return run && readAnswer(context, run)
    },
    compact: (query: CompactQuery) => compact(context, query),
    inject: (words: InjectedWords) => injectMessage(context, words),
    branches: (sessionKey: string, agentId?: string) => listBranches(context, sessionKey, agentId),
    list: (query: ListQuery) => listSessions(context, query),
    resolve: (query: ResolveQuery) => resolveSession(context, query),
    preview: (keys: readonly string[], limit?: number, maxChars?: number) =>
      previewSessions(context, keys, limit, maxChars),
    usage: (query: UsageQuery) => sessionsUsage(context, query),
    history: (query: HistoryQuery) => readHistory(context, query),
    message: (query: Parameters<typeof readMessage>[1], maxChars: number) => readMessage(context, query, maxChars),
  }
}
