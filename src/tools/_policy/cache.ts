import type { Config } from '../../../schemas/config/index.js'
import type { Logger } from '../../kernel/logger.js'
import { decide, type Policy } from './decide.js'
import { explain } from './explain.js'
import { layersOf } from './layers.js'
import type { PolicyFacts, PolicyTool, Verdict } from './types.js'

/** Policies kept for one config; senders are many, so the number is bounded. */
const MAX_KEPT = 256

/** Policies by config and facts: most turns repeat the facts of the one before. A new config is a new start. */
export class PolicyCache {
  readonly #log: Logger
  #config: Config | undefined
  readonly #kept = new Map<string, Policy>()
  /** Slips in the config are told once for each config, not once for each sender. */
  readonly #told = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** `missing` gives the key that a tool would need in order to work; undefined when it works. */
  get<T extends PolicyTool>(
    config: Config,
    tools: readonly T[],
    facts: PolicyFacts,
    missing: (tool: T) => string | undefined,
  ): Policy {
    if (config !== this.#config) this.#restart(config)
    const key = JSON.stringify(facts)
    const kept = this.#kept.get(key)
    if (kept) return kept
    const policy = withSetup(decide(layersOf(config, facts), tools, facts), tools, missing)
    this.#tell(policy, facts)
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
    this.#kept.set(key, policy)
    return policy
  }

  #restart(config: Config): void {
    this.#config = config
    this.#kept.clear()
    this.#told.clear()
  }

  #tell({ verdicts, notices }: Policy, { agent }: PolicyFacts): void {
    for (const { key, message } of notices) {
      if (this.#told.has(message)) continue
      this.#told.add(message)
      this.#log.warn({ key }, message)
    }
    for (const [tool, verdict] of verdicts) {
      if (!verdict.allowed) this.#log.debug({ agent, tool, ...verdict.rule }, explain(tool, verdict))
    }
  }
}

/** A tool that is allowed but cannot work is hidden as well. */
function withSetup<T extends PolicyTool>(
  policy: Policy,
  tools: readonly T[],
  missing: (tool: T) => string | undefined,
): Policy {
  const verdicts = tools.map((tool): [string, Verdict] => {
    const verdict = policy.verdicts.get(tool.name) as Verdict
    const key = verdict.allowed ? missing(tool) : undefined
    return [tool.name, key === undefined ? verdict : { allowed: false, rule: { layer: 'setup', key } }]
  })
  return { ...policy, verdicts: new Map(verdicts) }
}
