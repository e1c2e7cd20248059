import { GatewayError } from '../../../kernel/errors.js'
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
    const done = await withCron(context, flags, 'change', (gateway) => gateway.call('cron.remove', { id }))
    if (!done.removed) {
      throw new GatewayError('not_found', {
        message: `Automation not found: ${id}`,
        details: { next: 'cron list --all' },
      })
    }
    out.result(done, () => [t('cron.rm.done', { id })])
    return 0
  },
})
