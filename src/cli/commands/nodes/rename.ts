import type nodeFamily from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { findNode } from '../../nodes/find-node.js'
import { usageError } from '../../usage.js'

/** The list takes read, the name pairing. */
const scopes = ['operator.read', 'operator.pairing']

export default defineCommand({
  summary: 'nodes.rename.summary',
  args: [
    { name: 'node', text: 'nodes.arg.node' },
    { name: 'name', text: 'nodes.arg.name' },
  ],
  options: {
    node: { kind: 'text', value: 'node', text: 'nodes.option.node' },
    name: { kind: 'text', value: 'name', text: 'nodes.option.name' },
    ...callOptions,
  },
  examples: [{ command: 'nodes rename 0a1b2c3d4e5f kitchen' }],
  async run(context, args, options) {
    const { out, t } = context
    const text = args.node ?? options.node
    const displayName = args.name ?? options.name
    if (text === undefined || displayName === undefined) throw usageError(t('nodes.rename.both'), 'nodes rename --help')
    return withGateway(context, options, { scopes }, async (gateway: GatewayLine<typeof nodeFamily>) => {
      const { nodes } = await gateway.call('node.list', {})
      const found = findNode(nodes, text, t)
      const renamed = await gateway.call('node.rename', { nodeId: found.nodeId, displayName })
      const name = found.displayName ?? found.nodeId
      out.result(renamed, () => [t('devices.rename.done', { name, label: renamed.displayName })])
      return 0
    })
  },
})
