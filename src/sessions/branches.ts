import type { SessionsContext } from './context.js'
import { entryId } from './entry-id.js'

export interface Branch {
  readonly leafEntryId: string
  readonly headline: string
  readonly messageCount: number
  readonly updatedAt: string
  readonly active: boolean
}

/** A transcript is one line of entries: a session has one branch, and none before anything is said. */
export async function listBranches(context: SessionsContext, sessionKey: string, agentId?: string): Promise<Branch[]> {
  const row = await context.store.sessions.get(context.name(sessionKey, agentId).key)
  if (!row || row.entries === 0) return []
  const { total } = await context.store.transcripts.page(row.id, { limit: 0, offset: 0 })
  return [
    {
      leafEntryId: entryId(row.id, row.entries - 1),
      headline: row.title ?? '',
      messageCount: total,
      updatedAt: new Date(row.updatedAt).toISOString(),
      active: true,
    },
  ]
}
