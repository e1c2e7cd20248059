import { randomId } from '../kernel/random-id.js'
import { checkAgent } from './canonical.js'
import type { SessionsContext } from './context.js'

export interface CompactQuery {
  readonly key: string
  readonly agentId?: string | undefined
  /** Newest messages that stay, without a summary of the others. */
  readonly maxLines?: number | undefined
  /** What the summary must hold besides. */
  readonly focus?: string | undefined
}

/** Sums up a session in its place in the lane; `ok` is false when it was tried and did not work. */
export async function compact(context: SessionsContext, { key: given, agentId, maxLines, focus }: CompactQuery) {
  const { key, agent } = context.name(given, agentId)
  checkAgent(context.rules(), agent)
  const row = await context.store.sessions.get(key)
  if (!row || row.entries === 0) return { ok: true, key, compacted: false, reason: 'nothing to compact' }
  const { agents, stopping, bus } = context.options
  const request = {
    agent,
    sessionKey: key,
    runId: `compact_${randomId()}`,
    maxMessages: maxLines,
    focus,
    signal: stopping,
  }
  const outcome = await agents.compact(request)
  if (outcome.kept === undefined) {
    return { ok: outcome.reason === 'nothing to compact', key, compacted: false, reason: outcome.reason }
  }
  bus.emit('session.changed', { sessionKey: key, agent, reason: 'compact' })
  return { ok: true, key, compacted: true, kept: outcome.kept }
}
