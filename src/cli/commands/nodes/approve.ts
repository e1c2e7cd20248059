import type node from '../../../../routes/ws/node.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

/** What an approval needs depends on the commands of the node (`requiredApproveScopes`); an admin holds all of it. */
const scopes = ['operator.admin', 'operator.pairing']

export default defineCommand({
  summary: 'nodes.approve.summary',
  description: 'nodes.approve.description',
  args: [{ name: 'requestId', text: 'devices.arg.request', required: true }],
  options: callOptions,
  examples: [{ command: 'nodes approve 3f2a' }],
  async run(context, { requestId }, options) {
    const { out, t } = context
    const approved = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof node>) =>
      gateway.call('node.pair.approve', { requestId }),
    )
    const { displayName, nodeId, commands } = approved.node
    out.result(approved, () => [
      t('nodes.approve.done', { name: displayName ?? nodeId, commands: commands.join(', ') || '-' }),
    ])
    return 0
  },
})
