import { Nullable } from '../primitives.js'
import { sessionSettings } from '../session.js'
import { type Static, type TSchema, Type } from '../type.js'

type Settings = typeof sessionSettings

const nullable = Object.fromEntries(
  Object.entries(sessionSettings).map(([name, shape]) => [name, Type.Optional(Nullable(shape as TSchema))]),
) as { [K in keyof Settings]: ReturnType<typeof Type.Optional<ReturnType<typeof Nullable<Settings[K]>>>> }

/** What `sessions.patch` changes; null clears (spec/protocol.md 4.5). */
export const SessionPatch = Type.Object({
  ...nullable,
  archived: Type.Optional(Type.Boolean({ description: 'Put away, or back.' })),
  pinned: Type.Optional(Type.Boolean({ description: 'Kept on top of lists.' })),
  unread: Type.Optional(Type.Boolean({ description: 'False: somebody has it open now.' })),
})
export type SessionPatch = Static<typeof SessionPatch>

/** What a write scope may change; everything else is the administrator's (spec/protocol.md 2.9). */
export const harmlessPatchKeys: ReadonlySet<string> = new Set([
  ...['key', 'agentId', 'label', 'autoLabel', 'icon', 'color', 'category', 'boardFace', 'boardPresentation'],
  ...['pinned', 'archived', 'unread', 'model', 'agentRuntime', 'thinkingLevel', 'fastMode', 'permissionMode'],
])
