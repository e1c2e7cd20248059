import type system from '../../../../routes/ws/system.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.write']

export default defineCommand({
  summary: 'system.event.summary',
  description: 'system.event.description',
  options: {
    text: { kind: 'text', value: 'text', text: 'system.event.text' },
    mode: { kind: 'choice', choices: ['now', 'next-heartbeat'], text: 'system.event.mode' },
    sessionKey: { kind: 'text', value: 'key', text: 'agent.sessionKey' },
    ...callOptions,
  },
  examples: [{ command: 'system event --text backup-done --mode now' }],
  async run(context, _args, options) {
    const { out, t } = context
    const { text, mode = 'next-heartbeat', sessionKey } = options
    if (text === undefined) throw usageError(t('system.event.noText'), 'system event --help')
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof system>) =>
      gateway.call('wake', { text, mode, sessionKey }),
    )
    // The word of the official tool: scripts look for it.
    out.result(result, () => ['ok'])
    return 0
  },
})
