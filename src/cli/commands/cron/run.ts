import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'cron.run.summary',
  description: 'cron.run.description',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: { due: { kind: 'flag', text: 'cron.option.due' }, ...callOptions },
  examples: [{ command: 'cron run 6f1e...' }, { command: 'cron run 6f1e... --due' }],
  async run(context, { id }, { due, ...flags }) {
    const { out, t } = context
    const wanted = { id, mode: due ? ('due' as const) : ('force' as const) }
    const started = await withCron(context, flags, 'change', (gateway) => gateway.call('cron.run', wanted))
    out.result(started, () => [
      started.runId === undefined
        ? t('cron.run.not', { reason: started.reason ?? '?' })
        : t('cron.run.done', { id, run: started.runId }),
    ])
    return 0
  },
})
