import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { defineCommand } from '../../define.js'

/** A job as it is: for people and programs alike. */
export default defineCommand({
  summary: 'cron.get.summary',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: callOptions,
  examples: [{ command: 'cron get 6f1e...' }],
  async run(context, { id }, flags) {
    const job = await withCron(context, flags, 'read', (gateway) => gateway.call('cron.get', { id }))
    context.out.result(job, () => JSON.stringify(job, undefined, 2).split('\n'))
    return 0
  },
})
