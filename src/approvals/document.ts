import { GatewayError } from '../kernel/errors.js'
import { readApprovals } from './file.js'
import type { AllowEntry } from './rules/allowlist.js'
import type { Ask, ExecRule, Security } from './rules/policy.js'

/** What `<state>/exec-approvals.json` says of one agent. */
export interface AgentApprovals {
  readonly rule: ExecRule
  readonly askFallback: Security
  readonly allowlist: readonly AllowEntry[]
}

const securities: readonly Security[] = ['deny', 'allowlist', 'full']
const asks: readonly Ask[] = ['off', 'on-miss', 'always']

/**
 * The rules of this host for an agent: its own over those of `*` over the defaults. Read anew each time, since people
 * edit the file while the gateway runs; so an unknown word in it counts as the strictest one. Throws `exec_denied` when
 * the file cannot be understood: a rule that is unreadable is not a rule that is absent.
 */
export async function approvalsOf(state: string, agent: string): Promise<AgentApprovals> {
  const { file, path } = await readApprovals(state).catch((cause: unknown) => {
    const message = cause instanceof GatewayError ? cause.message : 'exec-approvals.json cannot be read.'
    throw new GatewayError('exec_denied', { message: `Nothing may run: ${message}`, cause })
  })
  const own = file.agents?.[agent]
  const all = file.agents?.['*']
  const merged = { ...file.defaults, ...all, ...own }
  const listed = [...(all?.allowlist ?? []), ...(own?.allowlist ?? [])]
  return {
    rule: {
      security: wordOf(merged.security, securities, 'full', 'deny'),
      ask: wordOf(merged.ask, asks, 'off', 'always'),
      source: path,
    },
    askFallback: wordOf(merged.askFallback, securities, 'deny', 'deny'),
    allowlist: listed.filter((entry) => typeof entry?.pattern === 'string'),
  }
}

function wordOf<T extends string>(word: T | undefined, known: readonly T[], absent: T, strictest: T): T {
  return word === undefined ? absent : (known.find((one) => one === word) ?? strictest)
}
