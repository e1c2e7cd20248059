import type { Config } from '../../schemas/config/index.js'
import type { AgentRoster } from '../agents/select.js'
import { GatewayError } from '../kernel/errors.js'

/** What a session's name depends on in the config. */
export interface KeyRules {
  readonly roster: AgentRoster
  /** Last part of the key of every agent's main session. */
  readonly mainKey: string
  /** One main session for everybody (`session.scope: "global"`). */
  readonly global: boolean
}

export interface SessionName {
  readonly key: string
  readonly agent: string
}

const defaultMainKey = 'main'
export const globalKey = 'global'
const maxKeyLength = 512
/** Control characters, and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Surrogate}]/u

export function keyRules({ session }: Config, roster: AgentRoster): KeyRules {
  return { roster, mainKey: session?.mainKey?.trim() || defaultMainKey, global: session?.scope === 'global' }
}

/** The key of an agent's main session. */
export function mainSessionKey({ mainKey, global }: KeyRules, agent: string): string {
  return global ? globalKey : `agent:${agent}:${mainKey}`
}

/**
 * The one name of a session, whatever a caller calls it: `main` is the main session of the agent, a bare key one of the
 * agent's, `agent:<id>:<rest>` stays. Case is kept, since keys that HTTP callers choose differ by it. Throws
 * `invalid_request` for what cannot be a key and for a key of another agent than `agentId`.
 */
export function canonicalKey(rules: KeyRules, given: string, agentId?: string): SessionName {
  const raw = given.trim()
  if (raw === '' || raw.length > maxKeyLength || unprintable.test(raw)) {
    throw new GatewayError('invalid_request', {
      message: `A session key has 1 to ${maxKeyLength} characters and no control characters.`,
    })
  }
  const named = agentId === undefined ? undefined : agentNamed(rules, agentId)
  const [, owner, rest] = /^agent:([^:]+):(.+)$/s.exec(raw) ?? []
  if (owner === undefined || rest === undefined) {
    const agent = named ?? rules.roster.defaultId
    if (raw === globalKey) return { key: globalKey, agent }
    return nameOf(rules, agent, raw)
  }
  const agent = agentNamed(rules, owner)
  if (named !== undefined && named !== agent) {
    throw new GatewayError('invalid_request', {
      message: `agentId "${agentId}" does not match the agent of session key "${raw}".`,
    })
  }
  return nameOf(rules, agent, rest)
}

function nameOf(rules: KeyRules, agent: string, rest: string): SessionName {
  const word = rest.toLowerCase()
  const isMain = word === defaultMainKey || word === rules.mainKey.toLowerCase()
  return { key: isMain ? mainSessionKey(rules, agent) : `agent:${agent}:${rest}`, agent }
}

/** As the config spells it; one that is gone from the config keeps its name, and its sessions with it. */
function agentNamed({ roster }: KeyRules, id: string): string {
  const wanted = id.trim().toLowerCase()
  return roster.ids.find((known) => known.toLowerCase() === wanted) ?? id.trim()
}

/** Throws `agent_not_found` when nobody would answer. */
export function checkAgent({ roster }: KeyRules, agent: string): void {
  if (roster.ids.includes(agent)) return
  throw new GatewayError('agent_not_found', { message: `unknown agent id "${agent.slice(0, 100)}"` })
}

export type SessionKind = 'direct' | 'group' | 'global' | 'unknown'

/** What sort of conversation a key names. */
export function kindOf(key: string): SessionKind {
  if (key === globalKey) return 'global'
  if (key === 'unknown') return 'unknown'
  return /:(?:group|channel):/.test(key) ? 'group' : 'direct'
}
