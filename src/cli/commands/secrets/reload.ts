import type secrets from '../../../../routes/ws/secrets.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.admin']

export default defineCommand({
  summary: 'secrets.reload.summary',
  description: 'secrets.reload.description',
  options: callOptions,
  examples: [{ command: 'secrets reload' }],
  async run(context, _args, options) {
    const { out, t, hint } = context
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof secrets>) =>
      gateway.call('secrets.reload', {}),
    )
    out.result(result, () => {
      const { warningCount } = result
      if (warningCount === 0) return [t('secrets.reload.done')]
      const next = t('failure.try', { command: hint('secrets status') })
      return [t('secrets.reload.warnings', { count: warningCount }), next]
    })
    return 0
  },
})
