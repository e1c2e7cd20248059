import { stringEnum } from './primitives.js'
import { Type } from './type.js'

/** What is counted on its own: all, what nobody asked for, an agent, who asked, a job. */
export const accountKinds = ['total', 'automation', 'agent', 'caller', 'job'] as const
export type AccountKind = (typeof accountKinds)[number]

const Limit = Type.Object({
  usd: Type.Optional(Type.Number({ minimum: 0, description: 'US dollars.' })),
  tokens: Type.Optional(Type.Integer({ minimum: 0 })),
})

/** What `usage.spending` answers. */
export const SpendingToday = Type.Object({
  date: Type.String({ description: 'Today, by the time zone of the user.' }),
  endsAt: Type.Integer({ minimum: 0, description: 'When the budgets begin anew, milliseconds since the epoch.' }),
  accounts: Type.Array(
    Type.Object({
      kind: stringEnum(accountKinds),
      name: Type.String({ description: 'Empty for total and automation.' }),
      calls: Type.Integer({ minimum: 0, description: 'Calls of models.' }),
      inputTokens: Type.Integer({ minimum: 0 }),
      outputTokens: Type.Integer({ minimum: 0 }),
      usd: Type.Number({ minimum: 0, description: 'Of models that have a price.' }),
      limit: Type.Optional(Limit),
      exceeded: Type.Boolean(),
    }),
    { description: 'Those that have spent something; the total first, of each kind the biggest first.' },
  ),
})
