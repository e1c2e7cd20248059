import { join } from 'node:path'
import type { Config } from '../../schemas/config/index.js'
import type { Clock } from '../kernel/clock.js'
import { codeRoot } from '../kernel/code-root.js'
import { loadDir } from '../kernel/load-dir.js'
import type { Logger } from '../kernel/logger.js'
import { TextCache } from './_cache.js'
import type { AgentMemory } from './_memory.js'
import { PolicyCache } from './_policy/cache.js'
import { canonicalName } from './_policy/names.js'
import type { PolicyFacts, PolicyNotice, Verdict } from './_policy/types.js'
import { ArgsValidator } from './_registry/args.js'
import { runCall, type ToolOutcome, type ToolRequest } from './_registry/call.js'
import { type CatalogueGroup, catalogueOf } from './_registry/catalogue.js'
import { type Definitions, definitionsOf, MORE_TOOLS } from './_registry/definitions.js'
import { describeTool, meantCall } from './_registry/more.js'
import type { AnyTool, Circumstances, Tool, ToolContext } from './_types.js'

/** Longest texts kept of what tools fetched, in characters. */
const CACHE_CHARS = 4_000_000

export interface ToolsInput {
  readonly config: () => Config
  readonly clock: Clock
  readonly env: Circumstances['env']
  readonly log: Logger
  /** The notes of agents. */
  readonly memory: AgentMemory
  /** Where the tool files are; this folder when absent. */
  readonly folder?: string
}

/** The tools of one gateway. Nothing is imported before somebody asks. */
export interface Tools {
  /** What a turn may use under the config of this moment, in a stable order. */
  offer(facts: PolicyFacts): Promise<ToolOffer>
  /**
   * Runs one call. The policy is asked again: the config may have changed, and a model may name what it was not shown.
   * Never rejects; whatever went wrong is in the outcome, in words for the model.
   */
  call(request: ToolRequest, facts: PolicyFacts, context: CallContext): Promise<ToolOutcome>
  /** Every tool by group. */
  catalogue(): Promise<readonly CatalogueGroup[]>
}

/** What a caller brings; the rest the tools have in common. */
export type CallContext = Omit<ToolContext, 'cache' | 'memory'>

export interface ToolOffer extends Definitions {
  readonly tools: readonly Tool[]
  /** Of every tool that there is, also of those that are not offered. */
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly notices: readonly PolicyNotice[]
}

/** A file of this folder is a tool: `web-fetch.ts` is `web_fetch`. */
export function openTools({ config, clock, env, log, memory, folder = here }: ToolsInput): Tools {
  const policies = new PolicyCache(log)
  const validator = new ArgsValidator()
  const cache = new TextCache({ clock, maxChars: CACHE_CHARS })
  let loading: Promise<ReadonlyMap<string, Tool>> | undefined

  /** Policies repeat, and with them what models are told. */
  const told = new WeakMap<object, Pick<ToolOffer, 'tools'> & Definitions>()

  const load = () => {
    loading ??= loadTools(folder).catch((error: unknown) => {
      // The next call tries again.
      loading = undefined
      throw error
    })
    return loading
  }

  async function offer(facts: PolicyFacts): Promise<ToolOffer & { all: ReadonlyMap<string, Tool> }> {
    const all = await load()
    const current = config()
    const missing = (tool: Tool) => missingKey(tool, current, env, facts)
    const { verdicts, notices } = policies.get(current, [...all.values()], facts, missing)
    let known = told.get(verdicts)
    if (!known) {
      const tools = [...all.values()].filter(({ name }) => verdicts.get(name)?.allowed)
      known = { tools, ...definitionsOf(tools, current.tools?.toolSearch?.enabled ?? true) }
      told.set(verdicts, known)
    }
    return { all, verdicts, notices, ...known }
  }

  return {
    offer,
    async call(request, facts, given) {
      const context = { ...given, cache, memory }
      const { all, tools, verdicts } = await offer(facts)
      const meant = meantCall(request)
      const name = canonicalName(meant.name)
      if (name === MORE_TOOLS) return { tool: MORE_TOOLS, result: describeTool(meant, tools), durationMs: 0 }
      const known = tools.map((tool) => tool.name)
      return runCall({ request: meant, tool: all.get(name), verdict: verdicts.get(name), known, validator, context })
    },
    catalogue: async () => catalogueOf([...(await load()).values()]),
  }
}

const here = join(codeRoot, 'src', 'tools')

async function loadTools(folder: string): Promise<ReadonlyMap<string, Tool>> {
  const files = await loadDir<AnyTool>(folder)
  return new Map(
    [...files].map(([file, tool]): [string, Tool] => {
      const name = file.replaceAll('-', '_')
      return [name, { ...tool, name }]
    }),
  )
}

/** The config key that a tool needs and does not have. */
function missingKey(tool: Tool, config: Config, env: Circumstances['env'], facts: PolicyFacts): string | undefined {
  const { agent, provider, model } = facts
  const named = provider !== undefined && model !== undefined ? { model: `${provider}/${model}` } : {}
  const works = tool.available?.(config, { agent, env, ...named }) ?? true
  return works ? undefined : (tool.setupKey ?? 'tools')
}
