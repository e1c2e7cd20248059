import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { instantWords, scheduleWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'
import { table } from '../../table.js'

const pageSize = 200

export default defineCommand({
  summary: 'cron.list.summary',
  options: {
    all: { kind: 'flag', text: 'cron.option.all' },
    agent: { kind: 'text', value: 'id', text: 'cron.option.ofAgent' },
    query: { kind: 'text', value: 'words', text: 'cron.option.query' },
    limit: { kind: 'integer', value: 'count', min: 1, max: pageSize, text: 'cron.option.limit' },
    offset: { kind: 'integer', value: 'count', min: 0, max: 1_000_000_000, text: 'cron.option.offset' },
    ...callOptions,
  },
  examples: [{ command: 'cron list' }, { command: 'cron list --all --json' }],
  async run(context, _args, { all, agent, query, limit = pageSize, offset = 0, ...flags }) {
    const { out, t } = context
    const wanted = {
      ...{ includeDisabled: all, limit, offset },
      ...(agent !== undefined && { agentId: agent }),
      ...(query !== undefined && { query }),
    }
    const found = await withCron(context, flags, 'read', (gateway) => gateway.call('cron.list', wanted))
    out.result(found, () => {
      if (found.jobs.length === 0) return [t('cron.list.none')]
      const head = (['id', 'name', 'schedule', 'next', 'last', 'status', 'agent'] as const).map((name) =>
        t(`cron.head.${name}`),
      )
      const rows = found.jobs.flatMap((job) =>
        'schedule' in job
          ? [
              [
                job.id,
                job.name,
                scheduleWords(context, job.schedule),
                job.enabled ? instantWords(job.nextRunAtMs) : t('cron.off'),
                instantWords(job.lastRunAtMs),
                job.lastRunStatus ?? '-',
                job.agentId,
              ],
            ]
          : [],
      )
      const more = found.hasMore
        ? [t('cron.list.more', { shown: String(found.jobs.length), total: String(found.total) })]
        : []
      return [...table(out, head, rows), ...more]
    })
    return 0
  },
})
