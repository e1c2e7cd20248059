import { type Static, Type } from '../type.js'

/** The version of the control-plane protocol that is spoken here (spec/protocol.md). */
export const protocolVersion = 4

/** What an authenticated peer may send in one frame, in bytes. */
export const maxPayloadBytes = 25 * 1024 * 1024
/** What may wait to be sent to one peer, in bytes, before it counts as a slow consumer. */
export const maxBufferedBytes = 50 * 1024 * 1024
/** What a peer may send in one frame before `hello-ok`, in bytes. */
export const maxPreauthBytes = 64 * 1024
export const tickIntervalMs = 30_000

/** Open objects: newer clients send keys that an older schema does not know. */
export const RequestFrame = Type.Object({
  type: Type.Literal('req'),
  id: Type.String({ minLength: 1, maxLength: 512 }),
  method: Type.String({ minLength: 1, maxLength: 256 }),
  params: Type.Optional(Type.Unknown()),
  traceparent: Type.Optional(Type.String({ maxLength: 128 })),
  expectedProfileId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
})
export type RequestFrame = Static<typeof RequestFrame>

/** An error as the control plane spells it. */
export const ErrorShape = Type.Object({
  code: Type.String({ minLength: 1 }),
  message: Type.String({ minLength: 1 }),
  details: Type.Optional(Type.Unknown()),
  retryable: Type.Optional(Type.Boolean()),
  retryAfterMs: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type ErrorShape = Static<typeof ErrorShape>

export const StateVersion = Type.Object({
  presence: Type.Integer({ minimum: 0 }),
  health: Type.Integer({ minimum: 0 }),
})
export type StateVersion = Static<typeof StateVersion>
