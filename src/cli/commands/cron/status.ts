import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { instantWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'cron.status.summary',
  options: callOptions,
  examples: [{ command: 'cron status' }, { command: 'cron status --json' }],
  async run(context, _args, flags) {
    const { out, t } = context
    const status = await withCron(context, flags, 'read', (gateway) => gateway.call('cron.status', {}))
    out.result(status, () => [
      t(status.enabled ? 'cron.status.on' : 'cron.status.off', { jobs: String(status.jobs) }),
      t('cron.status.next', { time: instantWords(status.nextWakeAtMs ?? undefined) }),
    ])
    return 0
  },
})
