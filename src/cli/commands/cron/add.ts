import type { CronPayload, CronPayloadPatch } from '../../../../schemas/cron.js'
import { systemClock } from '../../../kernel/clock.js'
import { callOptions } from '../../client-options.js'
import { withCron } from '../../cron/call.js'
import { jobOf, jobOptions } from '../../cron/job-options.js'
import { instantWords } from '../../cron/words.js'
import { defineCommand } from '../../define.js'
import { usageError } from '../../usage.js'

const help = 'cron add --help'

export default defineCommand({
  summary: 'cron.add.summary',
  description: 'cron.add.description',
  options: { ...jobOptions, disabled: { kind: 'flag', text: 'cron.option.disabled' }, ...callOptions },
  examples: [
    { command: 'cron add --name tea --at 20m --system-event "The tea is ready."' },
    {
      command:
        'cron add --name news --cron "0 7 * * *" --tz Europe/Berlin -m "What is new?" --channel telegram --to 42',
    },
  ],
  async run(context, _args, { disabled, ...options }) {
    const { out, t } = context
    const { name, schedule, payload, delivery, ...job } = jobOf(context, options, systemClock.now(), help)
    if (name === undefined) throw usageError(t('usage.missing', { name: '--name' }), help)
    if (!schedule) throw usageError(t('usage.missing', { name: '--at, --every, --cron' }), help)
    if (!isWhole(payload)) throw usageError(t('usage.missing', { name: '--message, --system-event' }), help)
    const wanted = {
      ...{ name, schedule, payload, ...job },
      ...(delivery && { delivery: { mode: 'announce' as const, ...delivery } }),
      ...(disabled && { enabled: false }),
    }
    const row = await withCron(context, options, 'change', (gateway) => gateway.call('cron.add', wanted))
    out.result(row, () => [t('cron.add.done', { name: row.name, id: row.id, time: instantWords(row.nextRunAtMs) })])
    return 0
  },
})

function isWhole(payload: CronPayloadPatch | undefined): payload is CronPayload {
  return payload !== undefined && (payload.kind === 'systemEvent' || payload.message !== undefined)
}
