import { Nullable } from '../primitives.js'
import { type Static, Type } from '../type.js'

const RecentSession = Type.Object({
  key: Type.String(),
  updatedAt: Nullable(Type.Integer({ description: 'Milliseconds since the epoch.' })),
  age: Nullable(Type.Integer({ description: 'Milliseconds since then.' })),
})

const SessionCount = Type.Object({
  path: Type.String({ description: 'Where they are stored.' }),
  count: Type.Integer({ minimum: 0 }),
  recent: Type.Array(RecentSession),
})

const Heartbeat = Type.Object({
  enabled: Type.Boolean(),
  every: Type.String({ description: 'As configured.' }),
  everyMs: Nullable(Type.Number({ minimum: 0 })),
  prompt: Type.String(),
  target: Type.String(),
  model: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
  ackMaxChars: Type.Integer({ minimum: 0 }),
})

/** The `health` result and event (spec/protocol.md section 3). */
export const HealthPayload = Type.Object({
  ok: Type.Literal(true),
  ts: Type.Integer({ description: 'Milliseconds since the epoch.' }),
  durationMs: Type.Integer({ minimum: 0 }),
  channels: Type.Record(Type.String(), Type.Unknown()),
  channelOrder: Type.Array(Type.String()),
  channelLabels: Type.Record(Type.String(), Type.String()),
  heartbeatSeconds: Type.Integer({ minimum: 0 }),
  defaultAgentId: Type.String(),
  agents: Type.Array(
    Type.Object({
      agentId: Type.String(),
      name: Type.Optional(Type.String()),
      isDefault: Type.Boolean(),
      heartbeat: Heartbeat,
      sessions: SessionCount,
    }),
  ),
  sessions: SessionCount,
})
export type HealthPayload = Static<typeof HealthPayload>
