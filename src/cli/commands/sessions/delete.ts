import type sessions from '../../../../routes/ws/sessions-edit.js'
import { GatewayError } from '../../../kernel/errors.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

export default defineCommand({
  summary: 'sessions.delete.summary',
  description: 'sessions.delete.description',
  args: [{ name: 'key', text: 'sessions.arg.key', required: true }],
  options: {
    keepTranscript: { kind: 'flag', text: 'sessions.delete.keepTranscript' },
    archivedOnly: { kind: 'flag', text: 'sessions.delete.archivedOnly' },
    ...callOptions,
  },
  examples: [{ command: 'sessions delete agent:main:scratch' }],
  async run(context, { key }, options) {
    const { out, t } = context
    const { keepTranscript, archivedOnly } = options
    const params = { key, deleteTranscript: !keepTranscript, ...(archivedOnly && { archivedOnly }) }
    const scopes = [archivedOnly ? 'operator.write' : 'operator.admin']
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof sessions>) =>
      gateway.call('sessions.delete', params),
    )
    if (!result.deleted) {
      throw new GatewayError('not_found', {
        message: t('sessions.missing', { key }),
        details: { next: 'sessions list' },
      })
    }
    out.result(result, () => [
      t('sessions.delete.done', { key: result.key }),
      ...result.archived.map((id) => t('sessions.delete.kept', { id })),
    ])
    return 0
  },
})
