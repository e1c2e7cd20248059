import { stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

/** How a heartbeat ended; the `heartbeat` event and `last-heartbeat` tell it (spec/runtime.md 6.1). */
export const HeartbeatReport = Type.Object({
  ts: Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch.' }),
  status: stringEnum(['sent', 'ok-empty', 'ok-token', 'skipped', 'failed']),
  agentId: Type.String(),
  reason: Type.Optional(Type.String({ description: 'Why it was skipped, why it failed, or why it stayed.' })),
  durationMs: Type.Optional(Type.Number()),
  channel: Type.Optional(Type.String({ description: 'Where it was sent.' })),
  to: Type.Optional(Type.String()),
  preview: Type.Optional(Type.String({ description: 'The beginning of what was said.' })),
  message: Type.Optional(Type.String({ description: 'What went wrong.' })),
  indicatorType: Type.Optional(stringEnum(['ok', 'alert', 'error'])),
})
export type HeartbeatReport = Static<typeof HeartbeatReport>
