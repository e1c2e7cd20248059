import type { Config } from '../config/types.js'
import { knownChannels } from './known.js'

export interface AccountStatus {
  readonly accountId: string
  readonly name?: string
  readonly enabled: boolean
  /** What it needs to start is in the config. */
  readonly configured: boolean
  readonly running: boolean
}

export interface ChannelStatus {
  readonly id: string
  readonly label: string
  readonly defaultAccountId: string
  readonly accounts: readonly AccountStatus[]
}

/** The account whose keys stand in the channel's section itself. */
const mainAccount = 'default'
type Section = Readonly<Record<string, unknown>>

type Env = Readonly<Record<string, string | undefined>>

/** Every channel that the config mentions, in its order. `env`: variables that stand in for keys of default accounts. */
export function channelStatuses(config: Config, env: Env): ChannelStatus[] {
  return Object.entries(config.channels ?? {}).flatMap(([id, section]) => statusOf(id, section, env) ?? [])
}

/** The account that is meant where none is named. Undefined for a channel that the config does not mention. */
export function defaultAccountOf({ channels = {} }: Config, id: string, env: Env): string | undefined {
  const sections = new Map<string, Section>(Object.entries(channels))
  return statusOf(id, sections.get(id), env)?.defaultAccountId
}

function statusOf(id: string, section: Section | undefined, env: Env): ChannelStatus | undefined {
  const known = Object.hasOwn(knownChannels, id) ? knownChannels[id] : undefined
  if (!known || !section) return undefined
  const { label, env: names = {} } = known
  const named = Object.entries((section.accounts ?? {}) as Readonly<Record<string, Section>>)
  const own = named.map(([accountId, account]) => accountOf(id, accountId, { ...section, name: undefined, ...account }))
  const fromEnv = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, env[name]]))
  const main = accountOf(id, mainAccount, { ...fromEnv, ...section })
  const isNamed = named.some(([accountId]) => accountId === mainAccount)
  const accounts = isNamed || (own.length > 0 && !main.configured) ? own : [main, ...own]
  const preferred = typeof section.defaultAccount === 'string' ? section.defaultAccount : undefined
  return { id, label, accounts, defaultAccountId: preferred ?? accounts[0]?.accountId ?? mainAccount }
}

function accountOf(id: string, accountId: string, keys: Section): AccountStatus {
  return {
    accountId,
    ...(typeof keys.name === 'string' && { name: keys.name }),
    enabled: keys.enabled !== false,
    configured: (knownChannels[id]?.needs ?? []).some((needs) => needs.every((key) => isSet(keys[key]))),
    running: false,
  }
}

/** A variable that was not set leaves its text. */
const isSet = (value: unknown) => value !== undefined && value !== '' && !/^\$\{/.test(String(value))
