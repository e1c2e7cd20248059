import type { AgentRoster } from '../agents/select.js'
import type { Config } from '../config/types.js'
import { keyRules, mainSessionKey } from '../sessions/canonical.js'
import { entryOf, mapOf } from './_access/settings.js'
import { type Candidate, matchOf } from './_route/match.js'
import type { Inbound } from './port.js'
import { defaultAccountOf } from './status.js'

export interface RouteFacts {
  readonly channel: string
  /** Id of the account. */
  readonly account: string
  readonly message: Pick<Inbound, 'place' | 'sender'>
  /** Variables that may stand in for keys of the default account. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Route {
  readonly agent: string
  readonly sessionKey: string
  /** The rule that decided: `bindings[2]`, the agent of a topic, or the default. */
  readonly why: string
}

type Binding = NonNullable<Config['bindings']>[number]

/** Who answers a message, and in which session (spec/runtime.md 1.4, 1.5). Pure. */
export function routeOf(config: Config, roster: AgentRoster, facts: RouteFacts): Route {
  const { agent, why, binding } = agentOf(config, roster, facts)
  const { channel, message } = facts
  const rules = keyRules(config, roster)
  const main = mainSessionKey(rules, agent)
  const { place } = message
  const isDirect = place.kind === 'direct'
  const scope = binding?.session?.dmScope ?? config.session?.dmScope ?? 'main'
  const base = isDirect
    ? (directKey({ config, facts, agent, scope }) ?? main)
    : `agent:${agent}:${channel}:${place.kind}:${part(place.id)}`
  return {
    agent,
    why,
    sessionKey: rules.global ? main : base + threadPart(channel, place),
  }
}

function agentOf(
  config: Config,
  roster: AgentRoster,
  facts: RouteFacts,
): { agent: string; why: string; binding?: Binding } {
  const known = (id: unknown) =>
    typeof id === 'string' ? roster.ids.find((name) => name.toLowerCase() === id.trim().toLowerCase()) : undefined
  const topic = topicAgent(config, facts)
  const own = known(topic?.agent)
  if (topic && own !== undefined) return { agent: own, why: topic.why }
  const main = defaultAccountOf(config, facts.channel, facts.env) ?? 'default'
  const candidate: Candidate = { ...facts, isDefaultAccount: facts.account === main }
  let best: { agent: string; index: number; tier: number; binding: Binding } | undefined
  for (const [index, binding] of (config.bindings ?? []).entries()) {
    const agent = known(binding.agentId)
    // A rule for an agent that is gone is passed over; the config tells of it.
    if (agent === undefined || (binding.type ?? 'route') !== 'route') continue
    const tier = matchOf(binding.match ?? {}, candidate)
    if (tier !== undefined && (best === undefined || tier < best.tier)) best = { agent, index, tier, binding }
  }
  if (!best) return { agent: roster.defaultId, why: 'default agent' }
  return { agent: best.agent, why: `bindings[${best.index}]`, binding: best.binding }
}

/** `groups.<id>.topics.<topic>.agentId`, of the account, whose groups replace those of its channel. */
function topicAgent(config: Config, { channel, account, message }: RouteFacts) {
  const { id, thread } = message.place
  if (thread === undefined || message.place.kind === 'direct') return undefined
  const section = entryOf(mapOf(config.channels), channel)
  const own = entryOf(mapOf(section?.accounts), account)
  const groups = mapOf(own?.groups ?? section?.groups)
  for (const name of [id, '*']) {
    const agent = entryOf(mapOf(entryOf(groups, name)?.topics), thread)?.agentId
    if (agent !== undefined) return { agent, why: `groups.${name}.topics.${thread}.agentId` }
  }
  return undefined
}

type DmScope = NonNullable<NonNullable<Config['session']>['dmScope']>

/** Undefined for the main session. */
function directKey({
  config,
  facts: { channel, account, message },
  agent,
  scope,
}: {
  readonly config: Config
  readonly facts: RouteFacts
  readonly agent: string
  readonly scope: DmScope
}): string | undefined {
  if (scope === 'main') return undefined
  const { id, e164 } = message.sender
  const ids = e164 === undefined || e164 === id ? [id] : [id, e164]
  const peer = part(linkedName(config.session?.identityLinks, channel, ids) ?? id)
  if (scope === 'per-peer') return `agent:${agent}:direct:${peer}`
  if (scope === 'per-channel-peer') return `agent:${agent}:${channel}:direct:${peer}`
  return `agent:${agent}:${channel}:${part(account)}:direct:${peer}`
}

/** The one name of somebody who is on several channels; entries are `channel:id`. */
function linkedName(
  links: Readonly<Record<string, readonly (string | number)[]>> | undefined,
  channel: string,
  ids: readonly string[],
): string | undefined {
  const wanted = ids.map((id) => `${channel}:${id}`.toLowerCase())
  return Object.entries(links ?? {}).find(([, known]) =>
    known.some((id) => wanted.includes(String(id).trim().toLowerCase())),
  )?.[0]
}

function threadPart(channel: string, { kind, thread }: Inbound['place']): string {
  if (thread === undefined) return ''
  const word = (channel === 'telegram' || channel === 'feishu') && kind !== 'direct' ? 'topic' : 'thread'
  return `:${word}:${part(thread)}`
}

/** Part of a session key: keys are in small letters, and hold nothing that cannot be printed. */
const part = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\p{Cc}\p{Surrogate}\s]+/gu, '_')
    .slice(0, 160) || 'unknown'
