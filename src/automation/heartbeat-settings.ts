import { agentRoster } from '../agents/select.js'
import type { Config } from '../config/types.js'
import { parseDuration } from '../kernel/duration.js'

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

type Heartbeat = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['heartbeat']>

const usual = { every: '30m', target: 'last', ackMaxChars: 300 }
const minuteMs = 60_000
const prompt =
  'Go through HEARTBEAT.md of your workspace, if there is one, and do what it asks for now. When nothing needs attention, answer HEARTBEAT_OK.'

/**
 * The heartbeat of an agent (spec/config.md 12.1): its own keys over those of all agents. Once an agent has keys of its
 * own only such agents have a heartbeat; before that it is the default agent, or the one that the keys name.
 */
export function heartbeatOf(config: Config, agentId: string): HeartbeatSettings {
  const { defaults, entries = {} } = config.agents ?? {}
  const own = Object.hasOwn(entries, agentId) ? entries[agentId]?.heartbeat : undefined
  const merged: Heartbeat = { ...defaults?.heartbeat, ...own }
  const every = String(merged.every ?? usual.every)
  const everyMs = parseDuration(merged.every ?? usual.every, minuteMs) ?? 0
  const enabled = everyMs > 0 && hasHeartbeat(config, agentId)
  return {
    enabled,
    every,
    everyMs: enabled ? everyMs : null,
    prompt: merged.prompt || prompt,
    target: merged.target || usual.target,
    ...(merged.model && { model: merged.model }),
    ...(merged.session && { session: merged.session }),
    ackMaxChars: merged.ackMaxChars ?? usual.ackMaxChars,
  }
}

function hasHeartbeat(config: Config, agentId: string): boolean {
  const { defaults, entries = {} } = config.agents ?? {}
  const withOwn = Object.keys(entries).filter((id) => entries[id]?.heartbeat !== undefined)
  if (withOwn.length > 0) return withOwn.includes(agentId)
  return (defaults?.heartbeat?.agentId ?? agentRoster(config).defaultId) === agentId
}
