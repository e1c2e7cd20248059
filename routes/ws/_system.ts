import type { Static } from '../../schemas/type.js'
import type { RestartPreflightResult, StatusResult } from '../../schemas/ws/system.js'
import { hasScope } from '../../src/auth/scopes.js'
import { channelStatuses } from '../../src/channels/status.js'
import type { Caller } from '../../src/live/caller.js'
import { modelForAgent } from '../../src/models/selection.js'
import type { Runtime } from '../../src/runtime.js'
import type { Given } from './_method.js'
import { degradedOwners } from './_secrets.js'

/** Stands for paths that only administrators see. */
const hidden = '[redacted]'

/** What `status` answers. */
export async function readStatus(
  runtime: Runtime,
  caller: Caller,
  withChannels: boolean,
): Promise<Given<Static<typeof StatusResult>>> {
  const { instance, agents, config } = runtime
  const health = await runtime.health.refresh()
  const admin = hasScope(caller.scopes, 'operator.admin')
  const { rss, heapUsed } = process.memoryUsage()
  const active = agents.active
  return {
    runtimeVersion: instance.version,
    pid: process.pid,
    uptimeMs: uptimeMs(runtime),
    heartbeat: {
      defaultAgentId: health.defaultAgentId,
      agents: health.agents.map(({ agentId, heartbeat: { enabled, every, everyMs } }) => {
        return { agentId, enabled, every, everyMs }
      }),
    },
    channelSummary: withChannels ? channelSummary(runtime) : [],
    queuedSystemEvents: await runtime.systemEvents.texts(),
    degradedSecretOwners: admin ? degradedOwners(runtime) : [],
    degradedPlugins: [],
    tasks: { total: active, active, terminal: 0, failures: 0, byStatus: {}, byRuntime: {} },
    sessions: {
      paths: admin ? [health.sessions.path] : [],
      count: health.sessions.count,
      defaults: {
        model: admin ? modelForAgent(config.current, health.defaultAgentId).primary : null,
        contextTokens: (admin && config.current.agents?.defaults?.contextTokens) || null,
      },
      recent: admin ? health.sessions.recent : [],
      byAgent: health.agents.map(({ agentId, sessions: { path, count, recent } }) => {
        return { agentId, path: admin ? path : hidden, count, recent: admin ? recent : [] }
      }),
    },
    processMemory: { rssBytes: rss, heapUsedBytes: heapUsed },
    configReload: { valid: config.status.valid, pendingRestart: config.status.pendingRestart },
  }
}

/** What `gateway.restart.preflight` answers. */
export function restartPreflight({ agents }: Runtime): Given<Static<typeof RestartPreflightResult>> {
  const turns = agents.active
  const message = turns === 1 ? 'One turn is running or waiting.' : `${turns} turns are running or waiting.`
  return {
    safe: turns === 0,
    counts: { queueSize: 0, pendingReplies: 0, embeddedRuns: turns, cronRuns: 0, totalActive: turns },
    blockers: turns === 0 ? [] : [{ kind: 'embedded-runs', count: turns, message }],
    summary: turns === 0 ? 'Nothing is running; a restart is safe now.' : message,
  }
}

export function uptimeMs({ clock, startedAt }: Runtime): number {
  return Math.max(Math.round(clock.now() - startedAt), 0)
}

function channelSummary({ config }: Runtime): string[] {
  return channelStatuses(config.current, config.env).map(({ label, accounts }) => {
    const configured = accounts.filter((account) => account.configured && account.enabled).length
    return `${label}: ${configured === 0 ? 'not configured' : `configured (${configured})`}`
  })
}
