import type { Config } from '../../../schemas/config/index.js'

export type Security = 'deny' | 'allowlist' | 'full'
export type Ask = 'off' | 'on-miss' | 'always'

/** One voice on what may run. */
export interface ExecRule {
  readonly security: Security
  readonly ask: Ask
  /** The config key or file that said it. */
  readonly source: string
}

export type Outcome = 'run' | 'ask' | 'refuse'

const order: readonly Outcome[] = ['run', 'ask', 'refuse']

/** What one rule does with a command that is on the list (a hit) or is not. */
export function outcomeOf({ security, ask }: Pick<ExecRule, 'security' | 'ask'>, hit: boolean): Outcome {
  if (security === 'deny') return 'refuse'
  if (security === 'allowlist' && !hit) return ask === 'off' ? 'refuse' : 'ask'
  return ask === 'always' ? 'ask' : 'run'
}

/** What all rules together do: the strictest of them, and the rule that it comes from. */
export function strictest(
  rules: readonly ExecRule[],
  hit: boolean,
): { readonly outcome: Outcome; readonly rule: ExecRule } {
  const verdicts = rules.map((rule) => ({ rule, outcome: outcomeOf(rule, hit) }))
  const [first, ...rest] = verdicts
  if (!first) throw new Error('there is always a rule')
  return rest.reduce((worst, one) => (order.indexOf(one.outcome) > order.indexOf(worst.outcome) ? one : worst), first)
}

type Mode = 'deny' | 'allowlist' | 'ask' | 'auto' | 'full'

/** `auto` asks a person: there is no model that reviews. */
const modes: Readonly<Record<Mode, readonly [Security, Ask]>> = {
  deny: ['deny', 'off'],
  allowlist: ['allowlist', 'off'],
  ask: ['allowlist', 'on-miss'],
  auto: ['allowlist', 'on-miss'],
  full: ['full', 'off'],
}

/**
 * `tools.exec.mode`, or the older `security` and `ask`; what an agent says of its own replaces the general word by word,
 * and what it leaves open stays as it is. Default: full.
 */
export function configRule(config: Config, agent: string): ExecRule {
  const base: ExecRule = { security: 'full', ask: 'off', source: 'tools.exec.mode' }
  const general = overlaid(base, config.tools?.exec, 'tools.exec')
  return overlaid(general, config.agents?.entries?.[agent]?.tools?.exec, `agents.entries.${agent}.tools.exec`)
}

interface ExecWords {
  readonly mode?: Mode
  readonly security?: Security
  readonly ask?: Ask
}

function overlaid(rule: ExecRule, words: ExecWords | undefined, key: string): ExecRule {
  if (words?.mode) return { security: modes[words.mode][0], ask: modes[words.mode][1], source: `${key}.mode` }
  if (words?.security === undefined && words?.ask === undefined) return rule
  return { security: words.security ?? rule.security, ask: words.ask ?? rule.ask, source: `${key}.security` }
}

/** What all rules together amount to, in the words of `tools.exec.mode`; for people. */
export function modeOf(rules: readonly ExecRule[]): string {
  const hit = strictest(rules, true).outcome
  const miss = strictest(rules, false).outcome
  if (hit === 'refuse') return 'deny'
  if (hit === 'ask') return miss === 'ask' ? 'always ask' : 'always ask, on the list only'
  if (miss === 'run') return 'full'
  return miss === 'ask' ? 'ask' : 'allowlist'
}
