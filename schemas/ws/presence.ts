import { type Static, Type } from '../type.js'

const text = () => Type.Optional(Type.String({ minLength: 1 }))
const texts = () => Type.Optional(Type.Array(Type.String({ minLength: 1 })))
const time = () => Type.Optional(Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch.' }))

/** Somebody who is there: the gateway itself, a page, a node (spec/protocol.md section 3). */
export const PresenceEntry = Type.Object({
  ts: Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch.' }),
  host: text(),
  ip: text(),
  version: text(),
  platform: text(),
  deviceFamily: text(),
  modelIdentifier: text(),
  timeZone: text(),
  mode: text(),
  lastInputSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  reason: text(),
  tags: texts(),
  watchedSessions: texts(),
  text: Type.Optional(Type.String()),
  onlineSince: time(),
  lastActivityAt: time(),
  deviceId: text(),
  roles: texts(),
  scopes: texts(),
  instanceId: text(),
})
export type PresenceEntry = Static<typeof PresenceEntry>
