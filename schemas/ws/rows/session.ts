import { Nullable, stringEnum } from '../../primitives.js'
import { sessionSettings } from '../../session.js'
import { type Static, Type } from '../../type.js'

const time = (description: string) => Type.Optional(Type.Integer({ description: `${description} Epoch milliseconds.` }))
const text = (description: string) => Type.Optional(Type.String({ description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))
const tokens = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }))

/** A session as lists and events show it (spec/protocol.md 4.5). */
export const SessionRow = Type.Object({
  key: Type.String(),
  kind: stringEnum(['direct', 'group', 'global', 'unknown']),
  sessionId: text('Names its transcript; a reset gives it another.'),
  previousSessionId: text('The transcript before the last reset; `chat.history` reads it by `sessionId`.'),
  agentId: text('Its agent.'),
  isMain: flag('The main session of its agent.'),
  chatType: Type.Optional(stringEnum(['direct', 'group', 'channel'])),
  label: Type.Optional(sessionSettings.label),
  displayName: text('Name for people.'),
  derivedTitle: text('First words of its first message.'),
  lastMessagePreview: text('First words of its newest message.'),
  icon: Type.Optional(sessionSettings.icon),
  color: Type.Optional(sessionSettings.color),
  category: Type.Optional(sessionSettings.category),
  boardFace: Type.Optional(sessionSettings.boardFace),
  parentSessionKey: text('The session that it came from.'),
  createdAt: time('Made.'),
  updatedAt: Type.Optional(Nullable(Type.Integer({ description: 'Newest entry. Epoch milliseconds.' }))),
  lastActivityAt: time('Newest entry.'),
  lastInteractionAt: time('Last turn that somebody began.'),
  archived: flag('Put away.'),
  archivedAt: time('Put away.'),
  pinned: flag('Kept on top.'),
  pinnedAt: time('Pinned.'),
  unread: flag('Something is new since somebody had it open.'),
  lastReadAt: time('Last open.'),
  markedUnreadAt: time('Marked unread.'),
  status: Type.Optional(stringEnum(['queued', 'running', 'done', 'failed', 'killed', 'timeout'])),
  hasActiveRun: flag('A turn runs or waits.'),
  activeRunIds: Type.Optional(Type.Array(Type.String(), { description: 'Turns that run or wait.' })),
  lastRunId: text('Its newest turn.'),
  lastRunError: text('Code of what ended the newest turn.'),
  abortedLastRun: flag('The newest turn was stopped.'),
  startedAt: time('Begin of the newest turn.'),
  endedAt: time('End of the newest turn.'),
  runtimeMs: tokens('Length of the newest turn in milliseconds.'),
  activeLeafEntryId: Type.Optional(
    Nullable(Type.String({ description: 'Newest transcript entry; null: there is none.' })),
  ),
  inputTokens: tokens('Sent to its model since the last reset.'),
  outputTokens: tokens('Said by its model since the last reset.'),
  totalTokens: tokens('Size of the conversation at its last turn.'),
  totalTokensFresh: flag('totalTokens is known.'),
  contextTokens: tokens('Context window of its model.'),
  compactionCount: tokens('How often it was summed up since the last reset.'),
  estimatedCostUsd: Type.Optional(Type.Number({ minimum: 0, description: 'By the prices in the config.' })),
  modelProvider: text('Provider of its model.'),
  model: text('Its model.'),
  modelOverrideSource: Type.Optional(stringEnum(['user'], { description: 'Set when it has a model of its own.' })),
  thinkingLevel: Type.Optional(sessionSettings.thinkingLevel),
  fastMode: Type.Optional(sessionSettings.fastMode),
  verboseLevel: Type.Optional(sessionSettings.verboseLevel),
  reasoningLevel: Type.Optional(sessionSettings.reasoningLevel),
  responseUsage: Type.Optional(sessionSettings.responseUsage),
  elevatedLevel: Type.Optional(sessionSettings.elevatedLevel),
  permissionMode: Type.Optional(sessionSettings.permissionMode),
  sendPolicy: Type.Optional(sessionSettings.sendPolicy),
  groupActivation: Type.Optional(sessionSettings.groupActivation),
})
export type SessionRow = Static<typeof SessionRow>

/** Which model answers. */
export const ModelFacts = Type.Object({
  modelProvider: Nullable(Type.String()),
  model: Nullable(Type.String()),
  contextTokens: Nullable(Type.Integer()),
})
