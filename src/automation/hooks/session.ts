import { randomUUID } from 'node:crypto'
import { requireAgent } from '../../agents/select.js'
import type { Config } from '../../config/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { canonicalKey, type KeyRules, mainSessionKey } from '../../sessions/canonical.js'

/** Whose turn, and in which session. */
export interface HookSession {
  readonly agent: string
  readonly sessionKey: string
  /** Calls that named the same session are done one after the other. */
  readonly lane: string
  /** The session is made for this call alone. */
  readonly own: boolean
}

export interface SessionWish {
  readonly agentId?: string | undefined
  readonly sessionKey?: string | undefined
  /** The session comes from the caller, and not from the config alone. */
  readonly named: boolean
  readonly mode?: 'isolated' | 'persistent' | undefined
}

type HookRules = NonNullable<Config['hooks']>

/**
 * Who answers a hook, and in which session (spec/runtime.md section 7): the one that is named and may be, else
 * `hooks.defaultSessionKey`, else one of its own. Throws `invalid_request`, `agent_not_found`.
 */
export function hookSession(rules: KeyRules, hooks: HookRules, wish: SessionWish): HookSession {
  const { sessionKey = hooks.defaultSessionKey, named, mode } = wish
  const agent = hookAgent(rules, hooks, wish.agentId)
  const uuid = randomUUID()
  if (sessionKey === undefined) {
    const { key } = canonicalKey(rules, `hook:${uuid}`, agent)
    return { agent, sessionKey: key, lane: key, own: true }
  }
  if (named && wish.sessionKey !== undefined) checkPrefix(hooks, wish.sessionKey)
  const name = canonicalKey(rules, sessionKey, wish.agentId === undefined ? undefined : agent)
  // The key may name an agent of its own.
  if (name.agent !== agent) hookAgent(rules, hooks, name.agent)
  const apart = mode === 'isolated'
  const key = apart ? canonicalKey(rules, `${restOf(name.key)}:${uuid}`, name.agent).key : name.key
  return { agent: name.agent, sessionKey: key, lane: name.key, own: apart }
}

/** The session that words are for: the one that is named and may be, else the main one. */
export function wordsSession(rules: KeyRules, hooks: HookRules, wish: SessionWish): HookSession {
  if (wish.sessionKey !== undefined) return hookSession(rules, hooks, { ...wish, mode: 'persistent' })
  const agent = hookAgent(rules, hooks, wish.agentId)
  const key = mainSessionKey(rules, agent)
  return { agent, sessionKey: key, lane: key, own: false }
}

/** Throws `agent_not_found`, and `invalid_request` for one that callers may not name. */
function hookAgent({ roster }: KeyRules, { allowedAgentIds }: HookRules, id: string | undefined): string {
  if (id === undefined) return roster.defaultId
  requireAgent(roster, id)
  if (!allowedAgentIds || allowedAgentIds.includes('*') || allowedAgentIds.includes(id)) return id
  throw new GatewayError('invalid_request', {
    message: `Hooks may not name the agent "${id}". Add it to hooks.allowedAgentIds, or leave agentId out.`,
    param: 'agentId',
  })
}

/** Without a list: the conversations of people are not for who holds the token of hooks. */
const ownPrefixes = ['hook:']

function checkPrefix({ allowRequestSessionKey, allowedSessionKeyPrefixes: prefixes }: HookRules, key: string): void {
  const param = 'sessionKey'
  if (allowRequestSessionKey !== true) {
    const message =
      'Callers of hooks may not choose the session. Leave sessionKey out, or set hooks.allowRequestSessionKey.'
    throw new GatewayError('invalid_request', { message, param })
  }
  const allowed = prefixes?.length ? prefixes : ownPrefixes
  if (allowed.some((prefix) => key.trim().startsWith(prefix))) return
  const message = `This session key begins with none of hooks.allowedSessionKeyPrefixes: ${allowed.join(', ')}.`
  throw new GatewayError('invalid_request', { message, param })
}

/** A key of an agent without the agent. */
const restOf = (key: string) => /^agent:[^:]+:(.+)$/s.exec(key)?.[1] ?? key
