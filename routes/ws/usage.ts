import { SpendingToday } from '../../schemas/spending.js'
import { Type } from '../../schemas/type.js'
import { UsageCostParams, UsageCostResult, UsageStatusResult } from '../../schemas/ws/models.js'
import { priceOf } from '../../src/models/price.js'
import { usageCost } from '../../src/sessions/usage-cost.js'
import { agentForSession } from './_agents.js'
import { family, method } from './_method.js'

export default family({
  'usage.status': method({
    summary: 'Quotas that model providers report',
    description: 'None does yet.',
    scope: 'operator.read',
    params: Type.Object({}),
    result: UsageStatusResult,
    handler: ({ runtime }) => ({ updatedAt: runtime.clock.now(), providers: [] }),
  }),
  'usage.spending': method({
    summary: 'What was spent today, by whom, and what may be',
    description: 'Counts every model call, also of turns without a session. The limits are `budgets` of the config.',
    scope: 'operator.read',
    params: Type.Object({}),
    result: SpendingToday,
    async handler({ runtime }) {
      const { day, rows } = await runtime.spending.today()
      return {
        ...day,
        accounts: rows.map(({ kind, name, calls, input, output, usd, limit, exceeded }) => ({
          ...{ kind, name, calls, inputTokens: input, outputTokens: output, usd, exceeded },
          ...(limit && { limit }),
        })),
      }
    },
  }),
  'usage.cost': method({
    summary: 'What turns cost, day by day',
    scope: 'operator.read',
    params: UsageCostParams,
    result: UsageCostResult,
    handler({ runtime }, query) {
      if (query.agentId !== undefined) agentForSession(runtime, query)
      const { store, clock, config } = runtime
      return usageCost({ store, now: clock.now(), priceOf: (model) => priceOf(config.current, model) }, query)
    },
  }),
})
