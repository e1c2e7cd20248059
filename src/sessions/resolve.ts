import { GatewayError } from '../kernel/errors.js'
import type { SessionRow } from '../storage/types.js'
import { mainSessionKey } from './canonical.js'
import type { SessionsContext } from './context.js'

/** Sessions named as candidates when a word fits several. */
const maxCandidates = 10

/** Exactly one of the first four. */
export interface ResolveQuery {
  readonly key?: string | undefined
  readonly sessionId?: string | undefined
  readonly label?: string | undefined
  /** Beginning of the session id. */
  readonly shortId?: string | undefined
  readonly agentId?: string | undefined
  readonly allowMissing?: boolean | undefined
}

export interface Candidate {
  readonly key: string
  readonly agentId: string
  readonly displayName?: string
}

export type Resolution = ({ readonly ok: true } & Candidate) | { readonly ok: false; readonly candidates?: Candidate[] }

/**
 * Which session a word means. `{ok: false}` with candidates when it fits several. Throws `invalid_request` when it fits
 * none, unless the caller allows that. Main sessions are known before anybody has talked in them.
 */
export async function resolveSession(context: SessionsContext, query: ResolveQuery): Promise<Resolution> {
  const { key, sessionId, label, shortId, agentId, allowMissing } = query
  if ([key, sessionId, label, shortId].filter((word) => word !== undefined).length !== 1) {
    throw new GatewayError('invalid_request', { message: 'Provide exactly one of key, sessionId, label, shortId.' })
  }
  const found = await candidates(context, query)
  const [only] = found
  if (found.length > 1) return { ok: false, candidates: found.slice(0, maxCandidates) }
  if (only) return { ok: true, ...only }
  if (allowMissing) return { ok: false }
  const word = key ?? sessionId ?? label ?? shortId
  const where = agentId === undefined ? '' : ` of agent ${agentId}`
  throw new GatewayError('invalid_request', { message: `No session found: ${word}${where}` })
}

async function candidates(context: SessionsContext, query: ResolveQuery): Promise<Candidate[]> {
  const { key, sessionId, label, shortId = '', agentId } = query
  const { sessions } = context.store
  if (key !== undefined) {
    const name = context.name(key, agentId)
    const row = await sessions.get(name.key)
    if (row) return [candidate(row)]
    return name.key === mainSessionKey(context.rules(), name.agent) ? [{ key: name.key, agentId: name.agent }] : []
  }
  const limit = maxCandidates + 1
  const rows =
    label !== undefined
      ? await sessions.list({ label, agent: agentId, archived: 'all', limit })
      : sessionId !== undefined
        ? [await sessions.byId(sessionId)]
        : await sessions.byIdPrefix(shortId.toLowerCase(), limit)
  return rows.flatMap((row) => (row && (agentId === undefined || row.agent === agentId) ? [candidate(row)] : []))
}

function candidate({ key, agent, entry }: SessionRow): Candidate {
  const displayName = entry.displayName ?? entry.label
  return { key, agentId: agent, ...(displayName !== undefined && { displayName }) }
}
