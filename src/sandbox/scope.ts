import { createHash } from 'node:crypto'
import type { ToolCaller } from '../tools/_types.js'
import type { SandboxSettings } from './settings.js'

export interface SandboxOwner {
  readonly agent: string
  /** Undefined: a turn that stands alone. */
  readonly sessionKey: string | undefined
  /** Who writes, as `<channel>:direct:<id>`, when that is not the owner; see `guestOf`. */
  readonly guest?: string | undefined
}

/**
 * Names a sender who is not the owner. What he writes directly may be part of the main session (`session.dmScope`), and
 * he is not the person at this machine for that (spec/runtime.md 1.5).
 */
export function guestOf({ owner, origin, sender }: ToolCaller): string | undefined {
  return owner || sender === undefined ? undefined : `${origin}:direct:${sender}`
}

/** True when a turn runs in a sandbox. The main session is `agent:<id>:main`, and it is that of the owner alone. */
export function isSandboxed(
  { mode }: Pick<SandboxSettings, 'mode'>,
  { agent, sessionKey, guest }: SandboxOwner,
): boolean {
  if (mode === 'off') return false
  return mode === 'all' || guest !== undefined || sessionKey !== mainSessionKey(agent)
}

export function mainSessionKey(agent: string): string {
  return `agent:${agent}:main`
}

/** What shares one sandbox: a session, an agent, or all of them. Guests of the main session have each their own. */
export function scopeKeyOf({ scope }: Pick<SandboxSettings, 'scope'>, owner: SandboxOwner): string {
  if (scope === 'shared') return 'shared'
  return (scope === 'session' ? apartKey(owner) : undefined) ?? `agent:${owner.agent}`
}

/** The session, or the part of the main session that is one guest's. Undefined for a turn that stands alone. */
export function apartKey({ agent, sessionKey, guest }: SandboxOwner): string | undefined {
  return guest !== undefined && sessionKey === mainSessionKey(agent) ? `agent:${agent}:${guest}` : sessionKey
}

export interface SandboxPlace {
  readonly state: string
  readonly workspace: string
  readonly scopeKey: string
}

/**
 * A name that no other gateway on this machine has: it carries a hash of the state directory, the workspace and the
 * scope. Only lower case, digits and hyphens: it is a container name, a folder and a host name.
 */
export function sandboxName(prefix: string, { state, workspace, scopeKey }: SandboxPlace): string {
  const slug = scopeKey
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 32)
  return `${prefix}${slug}-${hashOf([state, workspace, scopeKey]).slice(0, 12)}`
}

/** Short hash of a state directory, for labels. */
export function stateHash(state: string): string {
  return hashOf([state]).slice(0, 16)
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
