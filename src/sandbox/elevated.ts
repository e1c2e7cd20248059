import type { Config } from '../../schemas/config/index.js'

/** What stands in the way of leaving the sandbox: a config key, and in short what is wrong with it. */
export interface ElevatedFailure {
  readonly gate: 'enabled' | 'allowFrom'
  readonly key: string
}

export interface Elevated {
  readonly enabled: boolean
  readonly allowed: boolean
  readonly allowFrom: readonly string[]
  readonly failures: readonly ElevatedFailure[]
}

interface Who {
  /** The channel id, or `http`, `ws`, `webchat`. */
  readonly origin: string
  readonly sender?: string
}

/** Whether commands leave the sandbox. `off`: none does. `on`, `full`: all do. `ask`: all, each after an approval. */
export type ElevatedLevel = 'off' | 'on' | 'ask' | 'full'

/** `elevatedDefault` of the agent. Undefined: none leaves unasked, and a call that wants out needs an approval. */
export function elevatedDefault({ agents }: Config, agent: string): ElevatedLevel | undefined {
  return agents?.entries?.[agent]?.elevatedDefault ?? agents?.defaults?.elevatedDefault
}

type ElevatedConfig = NonNullable<NonNullable<Config['tools']>['elevated']>

/**
 * Whether this sender may run commands outside the sandbox (spec/runtime.md 4.3): offered, and the sender on the list of
 * the channel; what an agent says can only narrow that. Nobody is on a list that is not written.
 */
export function elevatedFor(config: Config, agent: string, who: Who): Elevated {
  const general = config.tools?.elevated ?? {}
  const own = config.agents?.entries?.[agent]?.tools?.elevated
  const scopes = [
    { key: 'tools.elevated', words: general, needed: true },
    { key: `agents.entries.${agent}.tools.elevated`, words: own ?? {}, needed: own?.allowFrom !== undefined },
  ]
  const failures = scopes.flatMap(({ key, words, needed }): ElevatedFailure[] => [
    ...(words.enabled === false ? [{ gate: 'enabled' as const, key: `${key}.enabled` }] : []),
    ...(needed && !listed(words, who) ? [{ gate: 'allowFrom' as const, key: `${key}.allowFrom.${who.origin}` }] : []),
  ])
  return {
    enabled: !failures.some(({ gate }) => gate === 'enabled'),
    allowed: failures.length === 0,
    allowFrom: sendersOf(general, who.origin),
    failures,
  }
}

function listed(words: ElevatedConfig, { origin, sender }: Who): boolean {
  const senders = sendersOf(words, origin)
  return senders.includes('*') || (sender !== undefined && senders.includes(sender))
}

function sendersOf({ allowFrom }: ElevatedConfig, origin: string): readonly string[] {
  return allowFrom && Object.hasOwn(allowFrom, origin) ? (allowFrom[origin] ?? []).map(String) : []
}
