import { agentRoster } from '../../agents/select.js'
import type { Config } from '../../config/types.js'
import { parseDuration } from '../../kernel/duration.js'

type Heartbeat = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['heartbeat']>

export interface HeartbeatSettings {
  /** The agent has a heartbeat and its interval is not 0. */
  readonly enabled: boolean
  /** As configured. */
  readonly every: string
  /** Milliseconds; null when the heartbeat is off. */
  readonly everyMs: number | null
  readonly prompt: string
  readonly target: string
  readonly model?: string
  readonly session?: string
  readonly ackMaxChars: number
}

/** What only the heartbeat itself needs to know. */
export interface BeatSettings extends HeartbeatSettings {
  readonly to?: string
  readonly accountId?: string
  readonly toDirect: boolean
  readonly activeHours?: Heartbeat['activeHours']
  readonly lightContext: boolean
  readonly isolatedSession: boolean
  readonly includeReasoning: boolean
  /** Milliseconds. */
  readonly timeoutMs: number
  /** After some heartbeats that had nothing to say the interval grows. */
  readonly idleBackoff: boolean
}

const usual = { every: '30m', target: 'last', ackMaxChars: 300 }
const minuteMs = 60_000
/** Longest turn when nothing is said (spec/config.md 12.1). */
const turnLimitMs = 600_000
const prompt =
  'Go through HEARTBEAT.md of your workspace, if there is one, and do what it asks for now. When nothing needs attention, answer HEARTBEAT_OK.'

/**
 * The heartbeat of an agent (spec/config.md 12.1): its own keys over those of all agents. Once an agent has keys of its
 * own only such agents have a heartbeat; before that it is the default agent, or the one that the keys name.
 */
export function heartbeatOf(config: Config, agentId: string): HeartbeatSettings {
  const keys = keysOf(config, agentId)
  const every = String(keys.every ?? usual.every)
  const everyMs = parseDuration(keys.every ?? usual.every, minuteMs) ?? 0
  const enabled = everyMs > 0 && hasHeartbeat(config, agentId)
  return {
    enabled,
    every,
    everyMs: enabled ? everyMs : null,
    prompt: keys.prompt || prompt,
    target: keys.target || usual.target,
    ...(keys.model && { model: keys.model }),
    ...(keys.session && { session: keys.session }),
    ackMaxChars: keys.ackMaxChars ?? usual.ackMaxChars,
  }
}

/** The same with all that one heartbeat goes by. */
export function beatSettings(config: Config, agentId: string): BeatSettings {
  const keys = keysOf(config, agentId)
  const settings = heartbeatOf(config, agentId)
  const { to, accountId, activeHours, timeoutSeconds } = keys
  const everyMs = settings.everyMs ?? turnLimitMs
  return {
    ...settings,
    ...(to !== undefined && { to }),
    ...(accountId !== undefined && { accountId }),
    ...(activeHours !== undefined && { activeHours }),
    toDirect: keys.directPolicy !== 'block',
    lightContext: keys.lightContext ?? false,
    isolatedSession: keys.isolatedSession ?? false,
    includeReasoning: keys.includeReasoning ?? false,
    timeoutMs: timeoutSeconds === undefined ? Math.min(everyMs, turnLimitMs) : timeoutSeconds * 1_000,
    // Whoever has chosen an interval wants it.
    idleBackoff: keys.idleBackoff ?? keys.every === undefined,
  }
}

/** Agents with a heartbeat. */
export function beatingAgents(config: Config): readonly string[] {
  return agentRoster(config).ids.filter((id) => heartbeatOf(config, id).enabled)
}

function keysOf(config: Config, agentId: string): Heartbeat {
  const { defaults, entries = {} } = config.agents ?? {}
  const own = Object.hasOwn(entries, agentId) ? entries[agentId]?.heartbeat : undefined
  return { ...defaults?.heartbeat, ...own }
}

function hasHeartbeat(config: Config, agentId: string): boolean {
  const { defaults, entries = {} } = config.agents ?? {}
  const withOwn = Object.keys(entries).filter((id) => entries[id]?.heartbeat !== undefined)
  if (withOwn.length > 0) return withOwn.includes(agentId)
  return (defaults?.heartbeat?.agentId ?? agentRoster(config).defaultId) === agentId
}
