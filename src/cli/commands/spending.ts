import { callOptions } from '../client-options.js'
import { defineCommand } from '../define.js'
import { readSpending, spendingLines } from '../status/spending.js'

export default defineCommand({
  summary: 'spending.summary',
  description: 'spending.description',
  options: callOptions,
  examples: [{ command: 'spending' }, { command: 'spending --json' }],
  async run(context, _args, options) {
    const spending = await readSpending(context, options)
    context.out.result(spending, () => spendingLines(context, spending))
    return 0
  },
})
