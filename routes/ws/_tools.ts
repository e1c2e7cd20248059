import type { Static } from '../../schemas/type.js'
import type { ToolsCatalogResult, ToolsEffectiveResult, ToolsInvokeResult } from '../../schemas/ws/tools.js'
import type { RunCaller } from '../../src/agents/caller.js'
import { hasScope } from '../../src/auth/scopes.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Caller } from '../../src/live/caller.js'
import type { DirectResult, DirectTarget, Effective, ModelFacts } from '../../src/live/direct-tools.js'
import { parseModelName } from '../../src/models/selection.js'
import type { Runtime } from '../../src/runtime.js'
import { explain } from '../../src/tools/_policy/explain.js'
import type { CatalogueGroup } from '../../src/tools/_registry/catalogue.js'
import { agentForSession } from './_agents.js'
import type { Given } from './_method.js'

type CatalogGroups = Given<Static<typeof ToolsCatalogResult>>['groups']
type EffectiveAnswer = Given<Static<typeof ToolsEffectiveResult>>
type InvokeAnswer = Given<Static<typeof ToolsInvokeResult>>

/** On whose behalf a turn runs that the caller asks for. */
export function runCaller(caller: Caller): RunCaller {
  const owner = isOwner(caller)
  const approves = !owner && hasScope(caller.scopes, 'operator.approvals')
  return { owner, name: nameOf(caller), answerable: true, ...(approves && { approves }) }
}

/** Whom the costs of a turn are counted for. */
function nameOf({ user, deviceId }: Caller): string {
  if (user !== undefined) return `user:${user}`
  return deviceId === undefined ? 'api' : `device:${deviceId}`
}

export function isOwner({ scopes }: Caller): boolean {
  return hasScope(scopes, 'operator.admin')
}

export function catalogueRows(groups: readonly CatalogueGroup[]): CatalogGroups {
  return groups.map(({ id, label, tools }) => ({
    id,
    label,
    source: 'core',
    tools: tools.map(({ name, label, summary, profiles }) => ({
      id: name,
      label,
      description: summary,
      source: 'core',
      defaultProfiles: profiles,
    })),
  }))
}

/** The model that a turn of the agent asks; nothing when none can be told. */
export function modelFacts(runtime: Runtime, target: DirectTarget): ModelFacts | undefined {
  const name = runtime.catalog().forAgent(agentForSession(runtime, target)).primary
  try {
    const { provider, id } = parseModelName(runtime.config.current, name)
    return { provider, model: id }
  } catch {
    return undefined
  }
}

/** What is offered, and a notice for each tool that is not and for each slip in the config. */
export function effectiveRows({ config: { current } }: Runtime, { agent, offer }: Effective): EffectiveAnswer {
  const profile = current.agents?.entries?.[agent]?.tools?.profile ?? current.tools?.profile ?? 'full'
  const tools = offer.tools.map(({ name, label, summary }) => ({
    id: name,
    label,
    description: summary,
    rawDescription: summary,
    source: 'core',
  }))
  const denied = [...offer.verdicts].filter(([, { allowed }]) => !allowed)
  const notices = [
    ...offer.notices.map(({ key, message }) => ({ id: `config:${key}`, severity: 'warning' as const, message })),
    ...denied.map(([name, verdict]) => ({
      id: `denied:${name}`,
      severity: 'info' as const,
      message: explain(name, verdict),
    })),
  ]
  const groups = tools.length === 0 ? [] : [{ id: 'core' as const, label: 'Built in', source: 'core' as const, tools }]
  return { agentId: agent, profile, groups, ...(notices.length > 0 && { notices }) }
}

/** A refusal is an answer of its own here, not a failed method. */
export async function invokeResult(name: string, call: () => Promise<DirectResult>): Promise<InvokeAnswer> {
  try {
    const { tool, result } = await call()
    return {
      ok: true,
      toolName: tool,
      output: { content: result.content, details: result.details ?? {} },
      source: 'core',
    }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    const { code, message, details } = thrown
    return { ok: false, toolName: name, error: { code, message, ...(details && { details }) } }
  }
}
