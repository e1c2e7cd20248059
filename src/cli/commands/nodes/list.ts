import type node from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { nodeLines, nodeRequestLines } from '../../nodes/node-lines.js'

const scopes = ['operator.pairing']

export default defineCommand({
  summary: 'nodes.list.summary',
  options: callOptions,
  examples: [{ command: 'nodes list' }, { command: 'nodes list --json' }],
  async run(context, _args, options) {
    const list = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof node>) =>
      gateway.call('node.pair.list', {}),
    )
    const now = Date.now()
    context.out.result(list, () => [
      ...(list.pending.length > 0 ? [...nodeRequestLines(context, list.pending, now), ''] : []),
      ...nodeLines(context, list.paired, now),
    ])
    return 0
  },
})
