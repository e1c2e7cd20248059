import type { Config } from '../../schemas/config/index.js'
import { redacted } from '../agents/redact-result.js'
import type { AgentRoster } from '../agents/select.js'
import type { EgressFetch } from '../egress/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import { randomId } from '../kernel/random-id.js'
import type { TurnWalls, Walls } from '../sandbox/walls.js'
import { canonicalKey, checkAgent, keyRules, mainSessionKey } from '../sessions/canonical.js'
import type { PolicyFacts } from '../tools/_policy/types.js'
import type { Args } from '../tools/_registry/args.js'
import type { CatalogueGroup } from '../tools/_registry/catalogue.js'
import type { ToolOffer, Tools } from '../tools/_registry.js'
import type { ToolCaller, ToolResult } from '../tools/_types.js'
import { filesOf, policyFacts } from './call-facts.js'
import { forClient } from './direct-failures.js'
import { TurnDoor } from './door/door.js'
import type { DoorWorld } from './door/types.js'

export interface DirectToolsInput {
  readonly tools: Tools
  readonly walls: Pick<Walls, 'open'>
  readonly fetch: EgressFetch
  readonly world: DoorWorld
  readonly config: () => Config
  readonly roster: () => AgentRoster
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
}

/** For whom a tool is called, or asked for. The default agent and its main session when absent. */
export interface DirectTarget {
  readonly agentId?: string | undefined
  readonly sessionKey?: string | undefined
}

export interface DirectCall extends DirectTarget {
  readonly name: string
  readonly args: Args
  /** Whether the caller is the owner: holds operator.admin. */
  readonly owner: boolean
  readonly origin: 'http' | 'ws'
  /** Of a group that the session key does not name. */
  readonly account?: string | undefined
  /** Policy and arguments are checked, nothing is done. */
  readonly dryRun?: boolean
  readonly signal: AbortSignal
}

export interface DirectResult {
  readonly tool: string
  readonly result: ToolResult
}

export interface Effective {
  readonly agent: string
  readonly offer: ToolOffer
}

/** Tools that clients call on their own, without a model (POST /tools/invoke, `tools.invoke`). */
export class DirectTools {
  readonly #input: DirectToolsInput

  constructor(input: DirectToolsInput) {
    this.#input = input
  }

  catalogue(): Promise<readonly CatalogueGroup[]> {
    return this.#input.tools.catalogue()
  }

  /** What a turn of the session would be offered. Throws `agent_not_found` or `invalid_request`. */
  async effective(target: DirectTarget, owner: boolean, model?: ModelFacts): Promise<Effective> {
    const facts = this.#facts(target)
    const { sandboxed } = this.#open(facts, { owner, origin: 'ws' }, newRunId())
    return {
      agent: facts.agent,
      offer: await this.#input.tools.offer({
        ...policyFacts(this.#input.config(), facts, { owner, sandboxed }),
        ...model,
      }),
    }
  }

  /**
   * Calls one tool under the whole policy of the session, and what holds for direct calls besides. Throws what keeps
   * it from running and what goes wrong in it, as the client is to be told.
   */
  async call({
    name,
    args,
    owner,
    origin,
    account,
    dryRun = false,
    signal,
    ...target
  }: DirectCall): Promise<DirectResult> {
    const { tools, fetch, config, env, clock, log, world } = this.#input
    const facts = this.#facts(target)
    const runId = newRunId()
    const caller = { owner, origin }
    const wall = this.#open(facts, caller, runId)
    const policy = policyFacts(config(), facts, { owner, sandboxed: wall.sandboxed, direct: true, account })
    const context = {
      agent: facts.agent,
      sessionKey: facts.sessionKey,
      runId,
      callId: runId,
      caller,
      config: config(),
      env,
      clock,
      log,
      signal,
      // Who may call tools need not be who may read this machine.
      files: (await filesOf(wall)).workspaceOnly(),
      commands: wall.commands(runId),
      processes: wall.processes,
      fetch,
      gateway: new TurnDoor(world, { ...facts, runId, caller: { owner }, sandboxed: wall.sandboxed, direct: true }),
      progress() {},
    }
    const outcome = await tools.call({ name, arguments: args, dryRun }, policy, context)
    const failed = outcome.error?.code ?? (outcome.result.isError ? 'tool_error' : undefined)
    log.info(
      { tool: outcome.tool, agent: facts.agent, sessionKey: facts.sessionKey, origin, runId, failed },
      'a tool was called directly',
    )
    return { tool: outcome.tool, result: redacted(forClient(name, outcome), world.redact) }
  }

  /** Without a turn nobody follows a command that is left running. */
  #open({ agent, sessionKey }: CallFacts, caller: ToolCaller, runId: string): TurnWalls {
    return this.#input.walls.open({ agent, sessionKey, runId, caller, processTool: false })
  }

  #facts({ agentId, sessionKey }: DirectTarget): CallFacts {
    const roster = this.#input.roster()
    const rules = keyRules(this.#input.config(), roster)
    const named = sessionKey ?? mainSessionKey(rules, agentId ?? roster.defaultId)
    const { key, agent } = canonicalKey(rules, named, agentId)
    checkAgent(rules, agent)
    return { agent, sessionKey: key }
  }
}

interface CallFacts {
  readonly agent: string
  readonly sessionKey: string
}

const newRunId = () => `tool_${randomId()}`

export type ModelFacts = Pick<PolicyFacts, 'provider' | 'model'>
