import type system from '../../../../routes/ws/system.js'
import type { PresenceEntry } from '../../../../schemas/ws/presence.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { table } from '../../table.js'

const scopes = ['operator.read']

export default defineCommand({
  summary: 'system.presence.summary',
  options: callOptions,
  examples: [{ command: 'system presence' }, { command: 'system presence --json' }],
  async run(context, _args, options) {
    const { out, t } = context
    const rows = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof system>) =>
      gateway.call('system-presence', {}),
    )
    const head = [t('system.column.host'), t('system.column.mode'), t('status.version'), t('system.column.platform')]
    const now = Date.now()
    out.result(rows, () =>
      table(
        out,
        [...head, t('system.column.seen')],
        rows.map((row) => cells(row, now)),
      ),
    )
    return 0
  },
})

function cells({ host, mode, version, platform, ip, ts }: PresenceEntry, now: number): string[] {
  const seen = formatDuration(Math.max(now - ts, 0))
  return [host ?? ip ?? '-', mode ?? '-', version ?? '-', platform ?? '-', seen]
}
