import type system from '../../../../../routes/ws/system.js'
import { callOptions } from '../../../client-options.js'
import { defineCommand } from '../../../define.js'
import { type GatewayLine, withGateway } from '../../../gateway-line.js'

const scopes = ['operator.read']

export default defineCommand({
  summary: 'system.heartbeat.last.summary',
  description: 'system.heartbeat.json',
  options: callOptions,
  examples: [{ command: 'system heartbeat last' }],
  async run(context, _args, options) {
    const report = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof system>) =>
      gateway.call('last-heartbeat', {}),
    )
    // Scripts of the official tool read JSON here, also without --json.
    context.out.result(report, () => [JSON.stringify(report, null, 2)])
    return 0
  },
})
