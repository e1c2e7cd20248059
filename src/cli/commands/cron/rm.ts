import { jobNotFound } from '../../../automation/cron/not-found.js'
import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'cron.rm.summary',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: callOptions,
  examples: [{ command: 'cron rm 6f1e...' }],
  async run(context, { id }, flags) {
    const { out, t } = context
    const done = await withCron(context, flags, 'change', async (gateway) => {
      const answer = await gateway.call('cron.remove', { id })
      if (!answer.removed) throw jobNotFound(id)
      return answer
    })
    out.result(done, () => [t('cron.rm.done', { id })])
    return 0
  },
})
