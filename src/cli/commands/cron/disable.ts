import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'cron.disable.summary',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: callOptions,
  examples: [{ command: 'cron disable 6f1e...' }],
  async run(context, { id }, flags) {
    const wanted = { id, patch: { enabled: false } }
    const row = await withCron(context, flags, 'change', (gateway) => gateway.call('cron.update', wanted))
    context.out.result(row, () => [context.t('cron.turned.off', { name: row.name })])
    return 0
  },
})
