import type nodeFamily from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { findNode } from '../../nodes/find-node.js'
import { columns } from '../../text-width.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.read']

export default defineCommand({
  summary: 'nodes.describe.summary',
  args: [{ name: 'node', text: 'nodes.arg.node' }],
  options: { node: { kind: 'text', value: 'node', text: 'nodes.option.node' }, ...callOptions },
  examples: [{ command: 'nodes describe kitchen' }, { command: 'nodes describe --node kitchen --json' }],
  async run(context, args, options) {
    const { out, t } = context
    const text = args.node ?? options.node
    if (text === undefined) throw usageError(t('nodes.noNode'), 'nodes status')
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof nodeFamily>) => {
      const { nodes } = await gateway.call('node.list', {})
      const { nodeId } = findNode(nodes, text, t)
      const row = await gateway.call('node.describe', { nodeId })
      out.result(row, () =>
        columns([
          [t('nodes.column.node'), row.nodeId],
          [t('devices.column.name'), row.displayName ?? '-'],
          [t('system.column.platform'), row.platform],
          [t('status.version'), row.version ?? '-'],
          [t('nodes.column.state'), row.connected ? t('devices.connected') : row.approvalState],
          [t('nodes.column.caps'), row.caps.join(', ') || '-'],
          [t('nodes.column.commands'), row.commands.join(', ') || '-'],
        ]),
      )
      return 0
    })
  },
})
