import { longestTimerSeconds, stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

const dayMs = 86_400_000
const centuryMs = 36_525 * dayMs
/** What a Date can hold (ECMA-262 section 21.4.1.1). */
const lastInstantMs = 8.64e15

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
      everyMs: Type.Integer({ minimum: 1, maximum: centuryMs }),
      anchorMs: Type.Optional(
        Type.Integer({ minimum: 0, maximum: lastInstantMs, description: 'An instant that it is counted from.' }),
      ),
    },
    { additionalProperties: false, title: 'At even distances' },
  ),
  Type.Object(
    {
      kind: Type.Literal('cron'),
      expr: Type.String({ minLength: 1, maxLength: 200, description: 'Five fields, or six with seconds first.' }),
      tz: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name; absent: the zone of the machine.' })),
      staggerMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: dayMs,
          description: 'Each job is late by its own part of this; 0 is exact.',
        }),
      ),
    },
    { additionalProperties: false, title: 'Cron expression' },
  ),
])
export type CronSchedule = Static<typeof CronSchedule>

const turnSettings = {
  model: Type.Optional(Text(200)),
  thinking: Type.Optional(Text(40)),
  timeoutSeconds: Type.Optional(
    Type.Integer({ minimum: 0, maximum: longestTimerSeconds, description: '0: no limit.' }),
  ),
}
const message = Text(100_000)
const text = Text(20_000)
const event = { additionalProperties: false, title: 'Tells the main session' }
const turn = { additionalProperties: false, title: 'A turn of an agent' }

/** What a job does. */
export const CronPayload = Type.Union([
  Type.Object({ kind: Type.Literal('systemEvent'), text }, event),
  Type.Object({ kind: Type.Literal('agentTurn'), message, ...turnSettings }, turn),
])
export type CronPayload = Static<typeof CronPayload>

/** The same in a patch: what is not named stays. */
export const CronPayloadPatch = Type.Union([
  Type.Object({ kind: Type.Literal('systemEvent'), text: Type.Optional(text) }, event),
  Type.Object({ kind: Type.Literal('agentTurn'), message: Type.Optional(message), ...turnSettings }, turn),
])
export type CronPayloadPatch = Static<typeof CronPayloadPatch>

const mode = stringEnum(['none', 'announce', 'webhook'])
const destination = {
  channel: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'A channel, or last.' })),
  to: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description: 'A target, or the URL of a webhook.' })),
  accountId: Type.Optional(Text(100)),
  threadId: Type.Optional(Text(100)),
  bestEffort: Type.Optional(Type.Boolean({ description: 'What cannot be delivered is no failure.' })),
}

/** Where the answer of a turn goes. */
export const CronDelivery = Type.Object({ mode, ...destination }, { additionalProperties: false })
export type CronDelivery = Static<typeof CronDelivery>

/** The same in a patch: what is not named stays, as far as it goes with the channel and the place. */
export const CronDeliveryPatch = Type.Object(
  { mode: Type.Optional(mode), ...destination },
  { additionalProperties: false },
)
export type CronDeliveryPatch = Static<typeof CronDeliveryPatch>

/** When people are told that a job fails; false: never. */
export const CronFailureAlert = Type.Union([
  Type.Literal(false),
  Type.Object(
    {
      after: Type.Optional(Type.Integer({ minimum: 1, description: 'Failures in a row.' })),
      channel: Type.Optional(Text(50)),
      to: Type.Optional(Text(2_000)),
      accountId: Type.Optional(Text(100)),
      cooldownMs: Type.Optional(Type.Integer({ minimum: 0 })),
      includeSkipped: Type.Optional(Type.Boolean()),
      mode: Type.Optional(stringEnum(['announce', 'webhook'])),
    },
    { additionalProperties: false },
  ),
])
export type CronFailureAlert = Static<typeof CronFailureAlert>

/** What people say of a job, without what the gateway adds. */
export const CronJob = Type.Object(
  {
    name: Text(200),
    description: Type.Optional(Text(2_000)),
    schedule: CronSchedule,
    sessionTarget: Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'main, isolated (a session of its own for each run), or session:<key>.',
    }),
    wakeMode: stringEnum(['now', 'next-heartbeat']),
    payload: CronPayload,
    delivery: Type.Optional(CronDelivery),
    failureAlert: Type.Optional(CronFailureAlert),
    deleteAfterRun: Type.Optional(Type.Boolean({ description: 'Default: true for a job that is due once.' })),
    catchUp: Type.Optional(
      stringEnum(['skip', 'once', 'all'], {
        description: 'What becomes of runs that were missed. Default: once, or skip with cron.skipMissedJobs.',
      }),
    ),
    declarationKey: Type.Optional(Text(200)),
  },
  { additionalProperties: false },
)
export type CronJob = Static<typeof CronJob>

const instant = (description: string) => Type.Integer({ minimum: 0, description })

/** What the gateway has noted of a job. */
export const CronState = Type.Object({
  nextRunAtMs: Type.Optional(instant('When it is due next.')),
  runningAtMs: Type.Optional(instant('Since when it runs.')),
  lastRunAtMs: Type.Optional(instant('When it ran last.')),
  lastRunStatus: Type.Optional(stringEnum(['ok', 'error', 'skipped'])),
  lastError: Type.Optional(Type.String()),
  lastErrorReason: Type.Optional(Type.String()),
  lastDurationMs: Type.Optional(Type.Integer({ minimum: 0 })),
  consecutiveErrors: Type.Optional(Type.Integer({ minimum: 0 })),
  consecutiveSkipped: Type.Optional(Type.Integer({ minimum: 0 })),
  lastDeliveryStatus: Type.Optional(stringEnum(['delivered', 'not-delivered', 'unknown', 'not-requested'])),
  lastDeliveryError: Type.Optional(Type.String()),
  lastFailureAlertAtMs: Type.Optional(instant('When people were told last that it fails.')),
  autoDisabled: Type.Optional(
    Type.Object({
      reason: stringEnum(['consecutive-failures', 'schedule-errors']),
      atMs: instant('When it was turned off.'),
      consecutiveErrors: Type.Integer({ minimum: 0 }),
    }),
  ),
})
export type CronState = Static<typeof CronState>
