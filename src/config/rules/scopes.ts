import type { Config } from '../../../schemas/config/index.js'

type Agents = NonNullable<Config['agents']>
type Entry = NonNullable<Agents['entries']>[string]
type Scope = Pick<Entry, 'sandbox' | 'groupChat' | 'tools'>

/** `agents.defaults` and every agent, with their paths. */
export function agentScopes({ agents }: Config): [string[], Scope][] {
  const entries = Object.entries(agents?.entries ?? {})
  const scopes: [string[], Scope][] = entries.map(([id, entry]) => [['agents', 'entries', id], entry])
  if (agents?.defaults) scopes.unshift([['agents', 'defaults'], { sandbox: agents.defaults.sandbox }])
  return scopes
}
