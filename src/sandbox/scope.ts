import { createHash } from 'node:crypto'
import type { SandboxSettings } from './settings.js'

export interface SandboxOwner {
  readonly agent: string
  /** Undefined: a turn that stands alone. */
  readonly sessionKey: string | undefined
}

/** True when the session runs in a sandbox. Its main session is `agent:<id>:main`; all others are not main. */
export function isSandboxed({ mode }: Pick<SandboxSettings, 'mode'>, { agent, sessionKey }: SandboxOwner): boolean {
  if (mode === 'off') return false
  return mode === 'all' || sessionKey !== mainSessionKey(agent)
}

export function mainSessionKey(agent: string): string {
  return `agent:${agent}:main`
}

/** What shares one sandbox: a session, an agent, or all of them. */
export function scopeKeyOf({ scope }: Pick<SandboxSettings, 'scope'>, { agent, sessionKey }: SandboxOwner): string {
  if (scope === 'shared') return 'shared'
  return scope === 'session' && sessionKey !== undefined ? sessionKey : `agent:${agent}`
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
