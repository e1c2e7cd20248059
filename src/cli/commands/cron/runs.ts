import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { instantWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'cron.runs.summary',
  options: {
    id: { kind: 'text', value: 'id', text: 'cron.option.ofJob' },
    limit: { kind: 'integer', value: 'count', min: 1, max: 200, text: 'cron.option.limit' },
    offset: { kind: 'integer', value: 'count', min: 0, max: 1_000_000_000, text: 'cron.option.offset' },
    status: { kind: 'choice', choices: ['ok', 'error', 'skipped'], text: 'cron.option.status' },
    ...callOptions,
  },
  examples: [{ command: 'cron runs --limit 20' }, { command: 'cron runs --id 6f1e... --status error --json' }],
  async run(context, _args, { id, limit, offset, status, ...flags }) {
    const { out, t } = context
    const wanted = {
      ...(id === undefined ? { scope: 'all' as const } : { id }),
      ...(limit !== undefined && { limit }),
      ...(offset !== undefined && { offset }),
      ...(status && { status }),
    }
    const found = await withCron(context, flags, 'read', (gateway) => gateway.call('cron.runs', wanted))
    out.result(found, () => {
      if (found.entries.length === 0) return [t('cron.runs.none')]
      const head = (['ended', 'name', 'status', 'took', 'delivery', 'what'] as const).map((name) =>
        t(`cron.head.${name}`),
      )
      return table(
        out,
        head,
        found.entries.map(({ ts, jobId, jobName, status: how, durationMs, deliveryStatus, error, summary }) => [
          instantWords(ts),
          jobName ?? jobId,
          how ?? '-',
          durationMs === undefined ? '-' : formatDuration(durationMs),
          deliveryStatus ?? '-',
          (error ?? summary ?? '').split('\n')[0]?.slice(0, 60) ?? '',
        ]),
      )
    })
    return 0
  },
})
