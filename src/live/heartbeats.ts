import { agentRoster } from '../agents/select.js'
import { Pulse } from '../automation/heartbeat/pulse.js'
import { beatingAgents, beatSettings } from '../automation/heartbeat/settings.js'
import type { HeartbeatReport, NewOutboxRow } from '../storage/types.js'
import { type HeartbeatInput, HeartbeatWork } from './heartbeat-work.js'

export interface HeartbeatsInput extends HeartbeatInput {
  /** None runs while this is false. */
  readonly enabled: () => boolean
  /** After it is on disk. */
  readonly told: (report: HeartbeatReport, messages: readonly NewOutboxRow[]) => void
}

export interface OpenedHeartbeats {
  /** Follows the config: agents come and go, intervals change, and what had failed may work. */
  reconcile(): void
  wake(agent: string, sessionKey: string): void
  close(): Promise<void>
}

/** The heartbeats of all agents. Loaded when the first may be due, or something has happened. */
export function openHeartbeats(input: HeartbeatsInput): OpenedHeartbeats {
  const { clock, log, store, sessions, stopping, enabled, told, config } = input
  const pulses = new Map<string, Pulse>()
  const pulseOf = (agent: string): Pulse => {
    const known = pulses.get(agent)
    if (known) return known
    const work = new HeartbeatWork(input, agent)
    const pulse = new Pulse({
      ...{ agent, clock, log, stopping, enabled, told, store: store.heartbeats },
      pace: () => {
        const { everyMs, idleBackoff } = beatSettings(config(), agent)
        return everyMs === null ? undefined : { everyMs, idleBackoff }
      },
      beat: (state, occasion, begin) => work.beat(state, occasion, begin),
      resume: (state, begun) => work.resume(state, begun),
    })
    pulses.set(agent, pulse)
    pulse.look()
    return pulse
  }
  const begin = () => {
    for (const agent of beatingAgents(config())) pulseOf(agent)
  }
  /** Whoever has left the config is told nothing. */
  const wake = (agent: string, sessionKey: string) => {
    if (agentRoster(config()).ids.includes(agent)) pulseOf(agent).wake(sessionKey)
  }
  /** Events whose wake an end of the gateway, a pause or a failure has swallowed. */
  const recall = () => {
    store.systemEvents
      .woken()
      .then((keys) => {
        for (const key of keys) wake(sessions.context.name(key).agent, key)
      })
      .catch((err: unknown) => log.error({ err }, 'what woke agents could not be looked up'))
  }
  begin()
  recall()
  return {
    reconcile() {
      for (const pulse of pulses.values()) pulse.revive()
      begin()
      recall()
    },
    wake,
    close: async () => {
      await Promise.all([...pulses.values()].map((pulse) => pulse.close()))
    },
  }
}
