import type node from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { nodeRequestLines } from '../../nodes/node-lines.js'

const scopes = ['operator.pairing']

export default defineCommand({
  summary: 'nodes.pending.summary',
  options: callOptions,
  examples: [{ command: 'nodes pending' }],
  async run(context, _args, options) {
    const { pending } = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof node>) =>
      gateway.call('node.pair.list', {}),
    )
    context.out.result({ pending }, () => nodeRequestLines(context, pending, Date.now()))
    return 0
  },
})
