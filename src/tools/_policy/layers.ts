import type { Config } from '../../../schemas/config/index.js'
import { formatPath } from '../../config/path.js'
import { directDeny, privateOnly, sandboxAllow, sandboxDeny, subagentDeny, subagentNever } from './built-in.js'
import { canonicalName } from './names.js'
import { placeScope } from './place.js'
import { builtIn, entries, listLayer, profileLayer, type Scope, scopeLayers } from './scope.js'
import { senderScope } from './sender.js'
import type { PolicyEntry, PolicyFacts, PolicyLayer } from './types.js'

/** Sub-agents may start sub-agents of their own up to this depth (spec/runtime.md 3.7). */
const SPAWN_DEPTH = 1

/** Everything that the config, and what is built in, says of tools for a turn; in the order of `layerNames`. */
export function layersOf(config: Config, facts: PolicyFacts): readonly PolicyLayer[] {
  const { tools } = config
  const agent = config.agents?.entries?.[facts.agent]?.tools
  const agentPath = ['agents', 'entries', facts.agent, 'tools']
  const global: Scope = { key: 'tools', rules: tools }
  const own: Scope = { key: formatPath(agentPath), rules: agent }
  const byProvider = providerScopes(tools?.byProvider, ['tools', 'byProvider'], facts)
  const ownByProvider = providerScopes(agent?.byProvider, [...agentPath, 'byProvider'], facts)
  const senders = [
    senderScope(tools?.toolsBySender, facts.sender, ['tools', 'toolsBySender']),
    senderScope(agent?.toolsBySender, facts.sender, [...agentPath, 'toolsBySender']),
  ]
  const place = placeScope(config.channels, facts.place, facts.sender)
  return [
    ...baseProfile(global, own),
    ...providerProfile(byProvider, ownByProvider),
    ...listLayer('global', global, true),
    ...byProvider.flatMap((scope) => listLayer('provider', scope, true)),
    ...listLayer('agent', own, true),
    ...ownByProvider.flatMap((scope) => listLayer('agent-provider', scope, true)),
    ...senders.flatMap((scope) => (scope ? scopeLayers('sender', scope, false) : [])),
    ...(place ? scopeLayers('group', place, false) : []),
    ...privateLayers(facts),
    ...(facts.sandboxed ? sandboxLayers(config, facts.agent) : []),
    ...(facts.subagentDepth === undefined ? [] : subagentLayers(config, facts.agent, facts.subagentDepth)),
    ...(facts.direct ? directLayers(config, facts.owner) : []),
  ]
}

/**
 * In a group others read along, and a direct message of somebody else is theirs. The main session is whoever's it is:
 * its prompt shows what the agent remembers anyway. No key lifts this for a group.
 */
function privateLayers({ place, session, sender, owner }: PolicyFacts): PolicyLayer[] {
  if (place || session === 'group') return [{ name: 'private', deny: builtIn(privateOnly, 'session') }]
  const stranger = sender !== undefined && !owner && session !== 'main'
  return stranger ? [{ name: 'private', deny: builtIn(privateOnly, 'commands.ownerAllowFrom') }] : []
}

/** An agent's profile stands in for the general one; what is added to a profile belongs to the one that holds. */
function baseProfile(global: Scope, own: Scope): PolicyLayer[] {
  return own.rules?.profile === undefined
    ? profileLayer('profile', global, [global, own])
    : profileLayer('profile', own, [own])
}

/** The most specific one: of the agent before the general one, of the model before its provider. */
function providerProfile(general: readonly Scope[], own: readonly Scope[]): PolicyLayer[] {
  const chosen = [...own, ...general].find(({ rules }) => rules?.profile !== undefined)
  return chosen ? profileLayer('provider-profile', chosen, [chosen]) : []
}

/** The entries for `provider/model` and for `provider`, in this order. */
function providerScopes(
  byProvider: Readonly<Record<string, Scope['rules']>> | undefined,
  path: readonly string[],
  { provider, model }: PolicyFacts,
): Scope[] {
  if (!byProvider || provider === undefined) return []
  const wanted = [...(model === undefined ? [] : [`${provider}/${model}`]), provider].map((text) => text.toLowerCase())
  return wanted.flatMap((name) => {
    const key = Object.keys(byProvider).find((written) => written.trim().toLowerCase() === name)
    return key === undefined ? [] : [{ key: formatPath([...path, key]), rules: byProvider[key] }]
  })
}

/**
 * An agent's list replaces the general one, which replaces what is built in; what is denied by default is allowed by
 * naming it (spec/config.md 12.3).
 */
function sandboxLayers(config: Config, agent: string): PolicyLayer[] {
  const general: Scope = { key: 'tools.sandbox.tools', rules: config.tools?.sandbox?.tools }
  const own: Scope = {
    key: formatPath(['agents', 'entries', agent, 'tools', 'sandbox', 'tools']),
    rules: config.agents?.entries?.[agent]?.tools?.sandbox?.tools,
  }
  const scopes = [own, general]
  const chosen = scopes.find(({ rules }) => rules?.allow !== undefined)
  const also = scopes.flatMap(({ key, rules }) => entries(rules?.alsoAllow, `${key}.alsoAllow`))
  const denying = scopes.find(({ rules }) => rules?.deny !== undefined)
  const key = chosen?.key ?? general.key
  const named = [...entries(chosen?.rules?.allow, `${key}.allow`), ...also]
  const allow = chosen ? named : [...builtIn(sandboxAllow, `${key}.allow`), ...also]
  const deny = denying
    ? entries(denying.rules?.deny, `${denying.key}.deny`)
    : builtIn(sandboxDeny, `${key}.alsoAllow`).filter((entry) => !names(named, entry.text))
  const profiles = scopes.flatMap((scope) => profileLayer('sandbox', scope, [scope]))
  // An empty `allow` opens the list on purpose.
  const closed = chosen?.rules?.allow?.length !== 0
  return [...profiles, { name: 'sandbox', ...(closed && { allow, allowKey: `${key}.allow` }), deny }]
}

function subagentLayers(config: Config, agent: string, depth: number): PolicyLayer[] {
  const key = 'tools.subagents.tools'
  const rules = config.tools?.subagents?.tools
  const named = [...entries(rules?.allow, `${key}.allow`), ...entries(rules?.alsoAllow, `${key}.alsoAllow`)]
  const deny = [
    ...builtIn(subagentNever, key),
    ...builtIn(subagentDeny, `${key}.alsoAllow`).filter((entry) => !names(named, entry.text)),
    ...spawnDeny(config, agent, depth),
  ]
  return [{ name: 'subagent', deny }, ...scopeLayers('subagent', { key, rules }, false)]
}

function spawnDeny(config: Config, agent: string, depth: number): readonly PolicyEntry[] {
  const own = config.agents?.entries?.[agent]?.subagents?.maxSpawnDepth
  const limit = own ?? config.agents?.defaults?.subagents?.maxSpawnDepth ?? SPAWN_DEPTH
  return depth < limit ? [] : builtIn(['sessions_spawn'], 'agents.defaults.subagents.maxSpawnDepth')
}

/** Only owners take something off the built-in list. */
function directLayers(config: Config, owner: boolean): PolicyLayer[] {
  const { allow, deny } = config.gateway?.tools ?? {}
  const key = 'gateway.tools.allow'
  const taken = owner ? entries(allow, key) : []
  const left = builtIn(directDeny, key).filter((entry) => !names(taken, entry.text))
  return [{ name: 'direct', deny: [...left, ...entries(deny, 'gateway.tools.deny')] }]
}

/** Whether a tool is named one by one: a glob or a group does not lift what is denied by default. */
function names(list: readonly PolicyEntry[], tool: string): boolean {
  return list.some(({ text }) => canonicalName(text) === tool)
}
