import { systemClock } from '../../../kernel/clock.js'
import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { jobOf, jobOptions } from '../../cron/job-options.js'
import { instantWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'
import { usageError } from '../../usage.js'

const help = 'cron edit --help'

export default defineCommand({
  summary: 'cron.edit.summary',
  description: 'cron.edit.description',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: {
    ...jobOptions,
    enable: { kind: 'flag', text: 'cron.option.enable' },
    disable: { kind: 'flag', text: 'cron.option.disable' },
    ...callOptions,
  },
  examples: [{ command: 'cron edit 6f1e... --every 2h' }, { command: 'cron edit 6f1e... --disable' }],
  async run(context, { id }, { enable, disable, ...options }) {
    const { out, t } = context
    if (enable && disable) throw usageError(t('cron.usage.onOff'), help)
    const patch = {
      ...jobOf(context, options, systemClock.now(), help),
      ...((enable || disable) && { enabled: enable }),
    }
    if (Object.keys(patch).length === 0) throw usageError(t('cron.usage.nothing'), help)
    const row = await withCron(context, options, 'change', (gateway) => gateway.call('cron.update', { id, patch }))
    out.result(row, () => [t('cron.edit.done', { name: row.name, time: instantWords(row.nextRunAtMs) })])
    return 0
  },
})
