import type { Config } from '../../schemas/config/index.js'
import type { AccountKind } from '../../schemas/spending.js'

export interface Limit {
  /** US dollars. */
  readonly usd?: number | undefined
  readonly tokens?: number | undefined
}

export interface Account {
  readonly kind: AccountKind
  /** Empty for those that there is one of. */
  readonly name: string
}

/** Who spends something. */
export interface Spender {
  readonly agent: string
  readonly origin: string
  /** `api`, `user:<name>`, `device:<id>`, `hooks`, `<channel>:<sender>`; undefined where nobody asked. */
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
export function limitOf(config: Config, account: Account): Limit | undefined {
  const { kind, name } = account
  return hasOwnLimit(config, account) ? ownLimits(config, kind)?.[name] : config.budgets?.[kind]
}

/** The key of the config that sets it. */
export function keyOf(config: Config, account: Account): string {
  const { kind, name } = account
  return hasOwnLimit(config, account) ? `budgets.${kind}s["${name}"]` : `budgets.${kind}`
}

/** The config names this very account. */
export function hasOwnLimit(config: Config, { kind, name }: Account): boolean {
  return Object.hasOwn(ownLimits(config, kind) ?? {}, name)
}

function ownLimits({ budgets }: Config, kind: AccountKind): Readonly<Record<string, Limit>> | undefined {
  return kind === 'total' || kind === 'automation' ? undefined : budgets?.[`${kind}s`]
}
