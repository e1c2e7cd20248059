import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'
import { HealthPayload } from './health.js'
import { DegradedSecretOwner } from './secrets.js'

const count = () => Type.Integer({ minimum: 0 })
const maybe = () => Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 }))
const { agents, sessions } = HealthPayload.properties

export const StatusResult = Type.Object({
  runtimeVersion: Type.String(),
  pid: Type.Integer(),
  uptimeMs: count(),
  heartbeat: Type.Object({
    defaultAgentId: Type.String(),
    agents: Type.Array(
      Type.Object({
        agentId: Type.String(),
        enabled: Type.Boolean(),
        every: Type.String(),
        everyMs: Nullable(Type.Number()),
      }),
    ),
  }),
  channelSummary: Type.Array(Type.String()),
  queuedSystemEvents: Type.Array(Type.String({ description: 'What agents will be told at their next turn.' })),
  degradedSecretOwners: Type.Array(DegradedSecretOwner, { description: 'For admins; empty for others.' }),
  degradedPlugins: Type.Array(Type.Unknown()),
  tasks: Type.Object({
    total: count(),
    active: Type.Integer({ minimum: 0, description: 'Turns that run or wait.' }),
    terminal: count(),
    failures: count(),
    byStatus: Type.Record(Type.String(), count()),
    byRuntime: Type.Record(Type.String(), count()),
  }),
  sessions: Type.Object({
    paths: Type.Array(Type.String()),
    count: count(),
    defaults: Type.Object({ model: Nullable(Type.String()), contextTokens: Nullable(Type.Integer()) }),
    recent: sessions.properties.recent,
    byAgent: Type.Array(
      Type.Object({
        agentId: Type.String(),
        path: Type.String(),
        count: count(),
        recent: agents.items.properties.sessions.properties.recent,
      }),
    ),
  }),
  processMemory: Type.Object({ rssBytes: count(), heapUsedBytes: count() }),
  configReload: Type.Object({ valid: Type.Boolean(), pendingRestart: Type.Array(Type.String()) }),
})

export const SystemEventParams = Type.Object({
  text: Type.String({ minLength: 1, maxLength: 10_000 }),
  sessionKey: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  agentId: maybe(),
  deviceId: maybe(),
  instanceId: maybe(),
  host: maybe(),
  ip: maybe(),
  mode: maybe(),
  version: maybe(),
  platform: maybe(),
  deviceFamily: maybe(),
  modelIdentifier: maybe(),
  timeZone: maybe(),
  lastInputSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  reason: maybe(),
  tags: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 50 })),
})

export const WakeParams = Type.Object({
  mode: stringEnum(['now', 'next-heartbeat']),
  text: Type.String({ minLength: 1, maxLength: 10_000 }),
  sessionKey: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  agentId: maybe(),
})

export const SystemInfoResult = Type.Object({
  machineName: Type.String(),
  hostname: Type.String(),
  platform: Type.String(),
  release: Type.String(),
  arch: Type.String(),
  osLabel: Type.String(),
  lanAddress: Type.Optional(Type.String()),
  port: Type.Integer(),
  nodeVersion: Type.String(),
  pid: Type.Integer(),
  processInstanceId: Type.String(),
  uptimeMs: count(),
  cpuCount: count(),
  cpuModel: Type.Optional(Type.String()),
  loadAverage: Type.Array(Type.Number(), { minItems: 3, maxItems: 3 }),
  memoryTotalBytes: count(),
  memoryFreeBytes: count(),
  diskTotalBytes: Type.Optional(count()),
  diskAvailableBytes: Type.Optional(count()),
  diskPath: Type.Optional(Type.String()),
})

const channel = stringEnum(['stable', 'extended-stable', 'beta', 'dev'])

export const UpdateStatusResult = Type.Object({
  sentinel: Type.Null({ description: 'No update is under way.' }),
  updateAvailable: Type.Null({ description: 'Releases are not looked for.' }),
  effectiveChannel: channel,
  schedule: Type.Object({
    channel,
    autoEnabled: Type.Boolean(),
    install: Type.Object({ kind: stringEnum(['package', 'git', 'unknown']) }),
  }),
})

export const RestartPreflightResult = Type.Object({
  safe: Type.Boolean({ description: 'Nothing would be cut off by a restart now.' }),
  counts: Type.Object({
    queueSize: count(),
    pendingReplies: count(),
    embeddedRuns: Type.Integer({ minimum: 0, description: 'Turns that run or wait.' }),
    cronRuns: count(),
    totalActive: count(),
  }),
  blockers: Type.Array(Type.Object({ kind: Type.String(), count: count(), message: Type.String() })),
  summary: Type.String(),
})

export const RestartRequestParams = Type.Object({
  reason: Type.Optional(Type.String({ maxLength: 500, description: 'For the log and for who is told.' })),
  delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'Default 2000.' })),
  sessionKey: Type.Optional(Type.String({ minLength: 1, description: 'Gets a line when the gateway is back.' })),
})

export const RestartRequestResult = Type.Object({
  ok: Type.Literal(true),
  delayMs: Type.Integer({ minimum: 0, description: 'Until the restart begins.' }),
})
