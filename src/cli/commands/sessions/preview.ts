import type sessions from '../../../../routes/ws/sessions.js'
import { GatewayError } from '../../../kernel/errors.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const scopes = ['operator.read']

export default defineCommand({
  summary: 'sessions.preview.summary',
  args: [{ name: 'key', text: 'sessions.arg.key', required: true }],
  options: {
    limit: { kind: 'integer', value: 'count', min: 1, max: 50, text: 'sessions.preview.limit' },
    maxChars: { kind: 'integer', value: 'count', min: 20, max: 10_000, text: 'sessions.preview.maxChars' },
    ...callOptions,
  },
  examples: [{ command: 'sessions preview main' }, { command: 'sessions preview main --limit 3 --json' }],
  async run(context, { key }, options) {
    const { out, t } = context
    const { limit, maxChars } = options
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof sessions>) =>
      gateway.call('sessions.preview', { keys: [key], limit, maxChars }),
    )
    const [preview] = result.previews
    if (!preview || preview.status === 'missing') {
      throw new GatewayError('not_found', {
        message: t('sessions.missing', { key }),
        details: { next: 'sessions list' },
      })
    }
    const said = preview.items.map(({ role, text }) => `${out.style(`${role}:`, 'bold')} ${text}`)
    out.result(result, () => (said.length > 0 ? said : [t('sessions.preview.empty')]))
    return 0
  },
})
