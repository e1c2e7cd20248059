import { GatewayError } from '../kernel/errors.js'

/** What agent selection needs of the config. */
export interface AgentRoster {
  /** Ids in config order; never empty. */
  readonly ids: readonly string[]
  readonly defaultId: string
}

interface RosterConfig {
  readonly agents?: {
    readonly defaults?: { readonly systemAgent?: { readonly agentId?: string } }
    readonly entries?: Readonly<Record<string, { readonly default?: boolean } | undefined>>
  }
}

const implicitAgent = 'main'

/**
 * Every agent of the config. The default is the one marked so, else that of `agents.defaults.systemAgent.agentId`, else
 * `main`, else the first.
 */
export function agentRoster(config: RosterConfig): AgentRoster {
  const entries = config.agents?.entries ?? {}
  const ids = Object.keys(entries)
  if (ids.length === 0) return { ids: [implicitAgent], defaultId: implicitAgent }
  const marked = ids.find((id) => entries[id]?.default === true)
  const named = config.agents?.defaults?.systemAgent?.agentId
  if (marked === undefined && named !== undefined && ids.includes(named)) return { ids, defaultId: named }
  const fallback = ids.includes(implicitAgent) ? implicitAgent : (ids[0] ?? implicitAgent)
  return { ids, defaultId: marked ?? fallback }
}

/**
 * Finds the agent that a request names: `openclaw`, `openclaw/default`, `openclaw/<id>`, `openclaw:<id>`,
 * `agent:<id>`, or nothing; and the `x-openclaw-agent-id` header (spec/http.md section 4).
 * Throws `model_not_found` for an unknown model or agent, `agent_not_found` for an unknown header value,
 * `invalid_request` when both name different agents.
 */
export function selectAgent(roster: AgentRoster, model: string | null | undefined, header?: string): string {
  const named = model === undefined || model === null ? undefined : agentOfModel(roster, model)
  if (header === undefined) return named ?? roster.defaultId
  if (!roster.ids.includes(header)) {
    throw new GatewayError('agent_not_found', { message: unknown(header), param: 'x-openclaw-agent-id' })
  }
  if (named !== undefined && named !== header) {
    throw new GatewayError('invalid_request', {
      message: 'The model and the x-openclaw-agent-id header name different agents. Send one of them.',
      param: 'model',
    })
  }
  return header
}

/** Throws `agent_not_found`, worded as clients of the control plane know it. */
export function requireAgent({ ids }: AgentRoster, id: string): void {
  if (ids.includes(id)) return
  throw new GatewayError('agent_not_found', { message: `agent "${id.slice(0, 100)}" not found`, param: 'agentId' })
}

/** Undefined when the model leaves the agent open. */
function agentOfModel(roster: AgentRoster, model: string): string | undefined {
  if (model === 'openclaw' || model === 'openclaw/default' || model === 'openclaw:default') return undefined
  const id = /^(?:openclaw[/:]|agent:)(.+)$/s.exec(model)?.[1]
  if (id !== undefined && roster.ids.includes(id)) return id
  throw new GatewayError('model_not_found', { message: unknown(model), param: 'model' })
}

function unknown(name: string): string {
  return `"${name.slice(0, 100)}" is not an agent here. Use "openclaw" or "openclaw/<agent>"; GET /v1/models lists them.`
}
