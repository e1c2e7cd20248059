import { stringEnum } from './primitives.js'
import { type Static, type TProperties, Type } from './type.js'

/** How hard a model thinks; `off` leaves it to the model. */
export const thinkingLevels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'adaptive', 'max'] as const

/** What happens to a message that comes while a turn of its session runs. */
export const queueModes = ['collect', 'steer', 'steer-backlog', 'followup', 'interrupt'] as const
/** What goes when too many messages wait. */
export const queueDrops = ['summarize', 'old', 'new'] as const

const word = (description: string) => Type.String({ description, minLength: 1, maxLength: 512 })

/**
 * What callers set on a session (spec/protocol.md 4.5), and what stands in its entry on disk. Settings of subjects that
 * are not built yet are kept as they are: they take effect with their subject.
 */
export const sessionSettings = {
  label: word('Name that a person gave it.'),
  icon: word('Picture in lists.'),
  color: word('Colour in lists.'),
  category: word('Group in lists.'),
  boardFace: stringEnum(['chat', 'dashboard'], { description: 'Which side of it a client shows.' }),
  thinkingLevel: stringEnum(thinkingLevels, { description: 'How hard its model thinks.' }),
  fastMode: Type.Union([Type.Boolean(), Type.Literal('auto')], { description: 'Faster answers at a higher price.' }),
  verboseLevel: word('How much of the work is told.'),
  traceLevel: word('How much of the work is traced.'),
  reasoningLevel: word('How much of the reasoning is shown.'),
  responseUsage: stringEnum(['off', 'tokens', 'full', 'on'], { description: 'Usage under each answer.' }),
  elevatedLevel: word('Whether tools may leave the sandbox.'),
  execHost: word('Where commands run.'),
  execSecurity: word('Which commands run.'),
  execAsk: word('When commands need an approval.'),
  execNode: word('Node on which commands run.'),
  permissionMode: stringEnum(['read-only', 'guarded', 'workspace', 'full'], { description: 'What tools may do.' }),
  toolOverrides: Type.Record(Type.String(), Type.Unknown(), { description: 'Tools switched on or off.' }),
  contextWindow: word('Which context window of its model is used.'),
  model: word("`<provider>/<model>` in place of its agent's own."),
  queueMode: stringEnum(queueModes, { description: 'What happens to messages that come while a turn runs.' }),
  queueDebounceMs: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    description: 'Quiet time before waiting messages are answered, in milliseconds.',
  }),
  queueCap: Type.Integer({ minimum: 1, maximum: 1_000, description: 'Most messages that wait.' }),
  queueDrop: stringEnum(queueDrops, { description: 'What goes when more come.' }),
  sendPolicy: stringEnum(['allow', 'deny'], { description: 'Whether it takes new messages.' }),
  groupActivation: stringEnum(['mention', 'always'], { description: 'When it answers in a group.' }),
} satisfies TProperties

const optional = Object.fromEntries(
  Object.entries(sessionSettings).map(([name, shape]) => [name, Type.Optional(shape)]),
) as { [K in keyof typeof sessionSettings]: ReturnType<typeof Type.Optional<(typeof sessionSettings)[K]>> }

const time = (description: string) => Type.Optional(Type.Integer({ description: `${description} Epoch milliseconds.` }))

/** The settings of one session as they stand on disk. */
export const SessionEntry = Type.Object({
  ...optional,
  displayName: Type.Optional(Type.String({ maxLength: 500 })),
  parentSessionKey: Type.Optional(Type.String({ description: 'The session that it came from.' })),
  archivedAt: time('When it was put away; absent when it is not.'),
  pinnedAt: time('When it was pinned; absent when it is not.'),
  lastReadAt: time('When somebody last had it open.'),
  markedUnreadAt: time('When somebody marked it unread; absent when nobody did.'),
})
export type SessionEntry = Static<typeof SessionEntry>
