import { stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })

/** When a job is due (spec/runtime.md 6.2). */
export const CronSchedule = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('at'),
      at: Type.String({ minLength: 1, maxLength: 64, description: 'ISO 8601; without a zone it is UTC.' }),
    },
    { additionalProperties: false, title: 'Once' },
  ),
  Type.Object(
    {
      kind: Type.Literal('every'),
      everyMs: Type.Integer({ minimum: 1 }),
      anchorMs: Type.Optional(Type.Integer({ minimum: 0, description: 'An instant that it is counted from.' })),
    },
    { additionalProperties: false, title: 'At even distances' },
  ),
  Type.Object(
    {
      kind: Type.Literal('cron'),
      expr: Type.String({ minLength: 1, maxLength: 200, description: 'Five fields, or six with seconds first.' }),
      tz: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name; absent: the zone of the machine.' })),
      staggerMs: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Each job is late by its own part of this; 0 is exact.' }),
      ),
    },
    { additionalProperties: false, title: 'Cron expression' },
  ),
])
export type CronSchedule = Static<typeof CronSchedule>

/** What a job does. */
export const CronPayload = Type.Union([
  Type.Object(
    { kind: Type.Literal('systemEvent'), text: Text(20_000) },
    { additionalProperties: false, title: 'Tells the main session' },
  ),
  Type.Object(
    {
      kind: Type.Literal('agentTurn'),
      message: Text(100_000),
      model: Type.Optional(Text(200)),
      thinking: Type.Optional(Text(40)),
      timeoutSeconds: Type.Optional(Type.Integer({ minimum: 0, description: '0: no limit.' })),
    },
    { additionalProperties: false, title: 'A turn of an agent' },
  ),
])
export type CronPayload = Static<typeof CronPayload>

/** Where the answer of a turn goes. */
export const CronDelivery = Type.Object(
  {
    mode: stringEnum(['none', 'announce', 'webhook']),
    channel: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'A channel, or last.' })),
    to: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2_000, description: 'A target, or the URL of a webhook.' }),
    ),
    accountId: Type.Optional(Text(100)),
    threadId: Type.Optional(Text(100)),
    bestEffort: Type.Optional(Type.Boolean({ description: 'What cannot be delivered is no failure.' })),
  },
  { additionalProperties: false },
)
export type CronDelivery = Static<typeof CronDelivery>
