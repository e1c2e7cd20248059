import type device from '../../../../routes/ws/device.js'
import { GatewayError } from '../../../kernel/errors.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { pendingLines } from '../../devices/device-lines.js'
import { deviceName } from '../../devices/find-device.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { usageError } from '../../usage.js'

/** Whoever approves must hold all that it gives (routes/ws/device.ts). */
const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'devices.approve.summary',
  description: 'devices.approve.description',
  args: [{ name: 'requestId', text: 'devices.arg.request' }],
  options: { latest: { kind: 'flag', text: 'devices.approve.latest' }, ...callOptions },
  examples: [{ command: 'devices approve' }, { command: 'devices approve --latest' }],
  async run(context, { requestId: given }, options) {
    const { out, t, hint } = context
    if (given !== undefined && options.latest) throw usageError(t('devices.approve.one'), 'devices approve --help')
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof device>) => {
      if (given === undefined && !options.latest) {
        const { pending } = await gateway.call('device.pair.list', {})
        out.result({ ok: false, pending }, () =>
          pending.length === 0
            ? [t('devices.nothingPending')]
            : [
                ...pendingLines(context, pending, Date.now()),
                '',
                t('failure.try', { command: hint('devices approve --latest') }),
              ],
        )
        return 1
      }
      const requestId = given ?? (await latest(gateway, t('devices.nothingPending')))
      const approved = await gateway.call('device.pair.approve', { requestId })
      const { device: paired } = approved
      out.result(approved, () => [
        t('devices.approve.done', { name: deviceName(paired), scopes: paired.scopes.join(', ') || '-' }),
      ])
      return 0
    })
  },
})

async function latest(gateway: GatewayLine<typeof device>, none: string): Promise<string> {
  const { pending } = await gateway.call('device.pair.list', {})
  const [newest] = [...pending].sort((a, b) => b.ts - a.ts)
  if (!newest) throw new GatewayError('not_found', { message: none, details: { next: 'devices list' } })
  return newest.requestId
}
