import type { Config } from '../../schemas/config/index.js'

export interface Limit {
  /** US dollars. */
  readonly usd?: number | undefined
  readonly tokens?: number | undefined
}

/** What is counted on its own: all, what nobody asked for, an agent, who asked, a job. */
export const accountKinds = ['total', 'automation', 'agent', 'caller', 'job'] as const
export type AccountKind = (typeof accountKinds)[number]

export interface Account {
  readonly kind: AccountKind
  /** Empty for those that there is one of. */
  readonly name: string
}

/** Who spends something. */
export interface Spender {
  readonly agent: string
  readonly origin: string
  /** `api`, `user:<name>`, `device:<id>`, `<channel>:<sender>`; undefined where nobody asked. */
  readonly caller: string | undefined
  readonly job: string | undefined
}

const byItself = new Set(['cron', 'heartbeat', 'hook'])

/** The accounts that something counts against. */
export function accountsOf({ agent, origin, caller, job }: Spender): readonly Account[] {
  const accounts: Account[] = [
    { kind: 'total', name: '' },
    { kind: 'agent', name: agent },
  ]
  if (byItself.has(origin)) accounts.push({ kind: 'automation', name: '' })
  if (caller !== undefined) accounts.push({ kind: 'caller', name: caller })
  if (job !== undefined) accounts.push({ kind: 'job', name: job })
  return accounts
}

/** What an account may spend in a day; undefined: as much as it likes. */
export function limitOf({ budgets }: Config, { kind, name }: Account): Limit | undefined {
  if (!budgets) return undefined
  if (kind === 'total' || kind === 'automation') return budgets[kind]
  const own = budgets[`${kind}s`]
  return own && Object.hasOwn(own, name) ? own[name] : budgets[kind]
}

/** The key of the config that sets it. */
export function keyOf({ budgets }: Config, { kind, name }: Account): string {
  if (kind === 'total' || kind === 'automation') return `budgets.${kind}`
  const own = budgets?.[`${kind}s`]
  return own && Object.hasOwn(own, name) ? `budgets.${kind}s["${name}"]` : `budgets.${kind}`
}
