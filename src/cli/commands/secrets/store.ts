import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'

/** The official command line keeps secrets in a store of its own; here they stay where they are kept already. */
export default defineCommand({
  summary: 'secrets.store.summary',
  description: 'secrets.store.description',
  args: [
    { name: 'action', text: 'secrets.arg.action' },
    { name: 'name', text: 'secrets.arg.name' },
  ],
  options: jsonOption,
  examples: [{ command: 'secrets store list' }],
  async run({ t }) {
    throw new GatewayError('invalid_request', {
      message: t('secrets.store.refused'),
      details: { next: 'secrets configure' },
    })
  },
})
