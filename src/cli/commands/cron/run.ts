import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { endOfRun } from '../../cron/end-of-run.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'

export default defineCommand({
  summary: 'cron.run.summary',
  description: 'cron.run.description',
  args: [{ name: 'id', text: 'cron.arg.id', required: true }],
  options: {
    due: { kind: 'flag', text: 'cron.option.due' },
    wait: { kind: 'flag', text: 'cron.option.wait' },
    ...callOptions,
  },
  examples: [
    { command: 'cron run 6f1e...' },
    { command: 'cron run 6f1e... --due' },
    { command: 'cron run 6f1e... --wait' },
  ],
  async run(context, { id }, { due, wait, ...flags }) {
    const { out, t } = context
    const wanted = { id, mode: due ? ('due' as const) : ('force' as const) }
    const { started, ended } = await withCron(context, flags, 'change', async (gateway) => {
      const started = await gateway.call('cron.run', wanted)
      const ended = wait && started.runId !== undefined ? await endOfRun(gateway, id, started.runId) : undefined
      return { started, ended }
    })
    out.result({ ...started, ...(ended && { run: ended }) }, () => {
      if (started.runId === undefined) return [t('cron.run.not', { reason: started.reason ?? '?' })]
      if (!ended) return [t('cron.run.done', { id, run: started.runId })]
      const took = formatDuration(ended.durationMs ?? 0)
      return [t('cron.run.ended', { status: ended.status ?? '?', took }), ended.error ?? ended.summary ?? '']
    })
    if (ended) return ended.status === 'ok' ? 0 : 1
    // A job that is not due is what --due asks about; one that runs already did not begin.
    return started.runId === undefined && started.reason !== 'not-due' ? 1 : 0
  },
})
