import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { instantWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'cron.enable.summary',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: callOptions,
  examples: [{ command: 'cron enable 6f1e...' }],
  async run(context, { id }, flags) {
    const wanted = { id, patch: { enabled: true } }
    const row = await withCron(context, flags, 'change', (gateway) => gateway.call('cron.update', wanted))
    context.out.result(row, () => [
      context.t('cron.turned.on', { name: row.name, time: instantWords(row.nextRunAtMs) }),
    ])
    return 0
  },
})
