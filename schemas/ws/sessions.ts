import { Nullable, stringEnum } from '../primitives.js'
import { sessionSettings } from '../session.js'
import { Type } from '../type.js'
import { attachments } from './attachment.js'
import { ModelFacts, SessionRow } from './rows/session.js'
import { SessionPatch } from './sessions-patch.js'

const optionalText = (description: string, maxLength?: number) =>
  Type.Optional(Type.String({ minLength: 1, ...(maxLength !== undefined && { maxLength }), description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))
/** What a store can count with: JSON knows larger whole numbers than SQL does. */
const maximum = 1_000_000_000
const count = (description: string, minimum = 1) => Type.Optional(Type.Integer({ minimum, maximum, description }))

export const sessionKeyText = Type.String({
  minLength: 1,
  maxLength: 512,
  description: '`main`, a bare key, or `agent:<id>:<rest>`.',
})
export const agentIdText = optionalText('The agent; the default one when absent.')
export const expectedSessionId = optionalText('The transcript that the caller saw; another one is a conflict.')
const key = sessionKeyText
const agentId = agentIdText

export const SessionsListParams = Type.Object({
  limit: count('Rows of the page. Default 100, at most 1000.'),
  offset: count('Rows to leave out.', 0),
  activeMinutes: count('Only sessions that changed in so many minutes.'),
  sortBy: Type.Optional(
    stringEnum(['updatedAt', 'activity', 'lastInteractionAt'], { description: 'Newest first by this.' }),
  ),
  label: Type.Optional(sessionSettings.label),
  category: Type.Optional(sessionSettings.category),
  agentId: optionalText('Only sessions of this agent.'),
  spawnedBy: optionalText('Only sessions that came from this one.'),
  search: Type.Optional(Type.String({ maxLength: 512, description: 'Part of key, label, name or title.' })),
  archived: Type.Optional(
    Type.Union([Type.Boolean(), Type.Literal('all')], { description: 'Archived ones, or all. Default false.' }),
  ),
  includeDerivedTitles: flag('With the first words of the first message.'),
  includeLastMessage: flag('With the first words of the newest message.'),
})

export const SessionsListResult = Type.Object({
  ts: Type.Integer({ description: 'Epoch milliseconds.' }),
  path: Type.String({ description: 'Where they are stored.' }),
  count: Type.Integer({ minimum: 0, description: 'Rows of this page.' }),
  totalCount: Type.Integer({ minimum: 0, description: 'Rows of all pages.' }),
  limitApplied: Type.Integer({ minimum: 1 }),
  nextOffset: Nullable(Type.Integer({ minimum: 1 })),
  hasMore: Type.Boolean(),
  owners: Type.Array(Type.Unknown(), { description: 'Always empty: sessions have no owners here.' }),
  defaults: ModelFacts,
  sessions: Type.Array(SessionRow),
})

export const SessionsPreviewParams = Type.Object({
  keys: Type.Array(Type.String({ minLength: 1 }), { description: 'At most 64 are read.' }),
  limit: count('Messages of each. Default 12, at most 50.'),
  maxChars: Type.Optional(Type.Integer({ minimum: 20, maximum: 10_000, description: 'Of one message. Default 240.' })),
})

export const SessionsPreviewResult = Type.Object({
  ts: Type.Integer(),
  previews: Type.Array(
    Type.Object({
      key: Type.String(),
      status: stringEnum(['ok', 'empty', 'missing']),
      items: Type.Array(Type.Object({ role: Type.String(), text: Type.String() })),
    }),
  ),
})

export const SessionsDescribeParams = Type.Object({
  key,
  agentId,
  includeDerivedTitles: flag('With the first words of the first message.'),
  includeLastMessage: flag('With the first words of the newest message.'),
})

export const SessionsResolveParams = Type.Object({
  key: Type.Optional(sessionKeyText),
  sessionId: optionalText('The id of its transcript.'),
  label: Type.Optional(sessionSettings.label),
  shortId: Type.Optional(Type.String({ minLength: 4, maxLength: 36, description: 'How its session id begins.' })),
  agentId: optionalText('Only sessions of this agent.'),
  allowMissing: flag('`{ok: false}` in place of an error when there is none.'),
})

const candidate = {
  key: Type.String(),
  agentId: Type.String(),
  displayName: Type.Optional(Type.String()),
}

export const SessionsResolveResult = Type.Union([
  Type.Object({ ok: Type.Literal(true), ...candidate }),
  Type.Object({ ok: Type.Literal(false), candidates: Type.Optional(Type.Array(Type.Object(candidate))) }),
])

export const SessionsPatchParams = Type.Object({
  key,
  agentId,
  expectedSessionId,
  ...SessionPatch.properties,
})

const entry = Type.Record(Type.String(), Type.Unknown(), { description: 'Its settings.' })
const resolved = Type.Object(
  { modelProvider: Type.String(), model: Type.String() },
  { description: 'What answers now.' },
)

export const SessionsPatchResult = Type.Object({
  ok: Type.Literal(true),
  path: Type.String(),
  key: Type.String(),
  entry,
  resolved,
})

export const SessionsCreateParams = Type.Object({
  key: Type.Optional(sessionKeyText),
  agentId,
  idempotencyKey: optionalText('Repeated calls with it give the same session and run its message once.', 256),
  displayName: optionalText('Name for people.', 500),
  parentSessionKey: optionalText('The session that it comes from.', 512),
  label: Type.Optional(sessionSettings.label),
  icon: Type.Optional(sessionSettings.icon),
  color: Type.Optional(sessionSettings.color),
  category: Type.Optional(sessionSettings.category),
  model: Type.Optional(sessionSettings.model),
  thinkingLevel: Type.Optional(sessionSettings.thinkingLevel),
  fastMode: Type.Optional(sessionSettings.fastMode),
  permissionMode: Type.Optional(sessionSettings.permissionMode),
  contextWindow: Type.Optional(sessionSettings.contextWindow),
  toolOverrides: Type.Optional(sessionSettings.toolOverrides),
  message: Type.Optional(Type.String({ description: 'Said in it at once.' })),
  task: Type.Optional(Type.String({ description: 'The same as message.' })),
  attachments,
})

export const SessionsCreateResult = Type.Object({
  ok: Type.Literal(true),
  key: Type.String(),
  sessionId: Type.String(),
  entry,
  runStarted: Type.Boolean({ description: 'True when a message was given and its turn was accepted.' }),
  runId: Type.Optional(Type.String()),
  runError: Type.Optional(
    Type.Object({ code: Type.String(), message: Type.String(), retryable: Type.Optional(Type.Boolean()) }),
  ),
  resolved,
})

export const SessionsResetParams = Type.Object({
  key,
  agentId,
  reason: Type.Optional(stringEnum(['new', 'reset'])),
  expectedSessionId,
})

export const SessionsResetResult = Type.Object({ ok: Type.Literal(true), key: Type.String(), entry })

export const SessionsDeleteParams = Type.Object({
  key,
  agentId,
  deleteTranscript: flag('False: what was said stays readable by the ids in `archived`. Default true.'),
  archivedOnly: flag('Only when it is archived.'),
  expectedSessionId,
})

export const SessionsDeleteResult = Type.Object({
  ok: Type.Literal(true),
  key: Type.String(),
  deleted: Type.Boolean({ description: 'False: there was no such session.' }),
  archived: Type.Array(Type.String(), { description: 'Ids of transcripts that stay.' }),
})

export const SessionsUsageParams = Type.Object({
  key: optionalText('Only this session.', 512),
  agentId: optionalText('Only this agent.'),
  startDate: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  endDate: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  range: Type.Optional(stringEnum(['7d', '30d', '90d', '1y', 'all'], { description: 'Up to endDate. Default 30d.' })),
  mode: Type.Optional(stringEnum(['utc', 'gateway', 'specific'], { description: 'Whose days. Default utc.' })),
  utcOffset: Type.Optional(Type.String({ pattern: '^UTC[+-]\\d{1,2}(?::[0-5]\\d)?$' })),
  timeZone: optionalText('IANA name, for mode specific.', 64),
  limit: count('Sessions named, the biggest spenders first. Default 50, at most 1000.'),
})

const open = Type.Record(Type.String(), Type.Unknown())

export const UsageTotals = Type.Object({
  input: Type.Integer({ description: 'Tokens that were not read from a cache.' }),
  output: Type.Integer(),
  cacheRead: Type.Integer(),
  cacheWrite: Type.Integer(),
  totalTokens: Type.Integer(),
  totalCost: Type.Number({ description: 'US dollars, by the prices in the config.' }),
  missingCostEntries: Type.Integer({ description: 'Turns without a price.' }),
})

export const SessionsUsageResult = Type.Object({
  updatedAt: Type.Integer(),
  startDate: Type.String(),
  endDate: Type.String(),
  sessions: Type.Array(open),
  totals: UsageTotals,
  aggregates: open,
})
