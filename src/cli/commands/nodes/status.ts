import type node from '../../../../routes/ws/node.js'
import { parseDuration } from '../../../kernel/duration.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { nodeLines } from '../../nodes/node-lines.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.read']

export default defineCommand({
  summary: 'nodes.status.summary',
  options: {
    connected: { kind: 'flag', text: 'nodes.status.connected' },
    lastConnected: { kind: 'text', value: 'duration', text: 'nodes.status.lastConnected' },
    ...callOptions,
  },
  examples: [{ command: 'nodes status' }, { command: 'nodes status --last-connected 24h --json' }],
  async run(context, _args, options) {
    const { out, t } = context
    const given = options.lastConnected
    const withinMs = given === undefined ? undefined : parseDuration(given, 1000)
    if (given !== undefined && withinMs === undefined) {
      throw usageError(t('nodes.status.badDuration', { value: given }), 'nodes status --help')
    }
    const list = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof node>) =>
      gateway.call('node.list', {}),
    )
    const since = withinMs === undefined ? undefined : list.ts - withinMs
    const nodes = list.nodes.filter(
      (row) =>
        (!options.connected || row.connected) &&
        (since === undefined || row.connected || (row.lastConnectedAtMs ?? 0) >= since),
    )
    out.result({ ...list, nodes }, () => nodeLines(context, nodes, list.ts))
    return 0
  },
})
