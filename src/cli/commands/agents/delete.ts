import { deleteAgent } from '../../../agents/manage.js'
import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'agents.delete.summary',
  description: 'agents.delete.description',
  args: [{ name: 'id', text: 'agents.arg.id', required: true }],
  options: {
    force: { kind: 'flag', text: 'agents.option.force' },
    keepFiles: { kind: 'flag', text: 'agents.option.keepFiles' },
    ...jsonOption,
  },
  examples: [{ command: 'agents delete work --force' }],
  async run(context, { id }, { force, keepFiles }) {
    const { out, t } = context
    const { instance } = await localConfig(context)
    if (!force) {
      const message = t('agents.delete.sure', { id })
      throw new GatewayError('usage', { message, details: { next: `agents delete ${id} --force` } })
    }
    const { removedBindings, ...trashed } = await deleteAgent(instance, id, !keepFiles, Date.now())
    out.result({ ok: true, agentId: id, removedBindings, ...trashed }, () => [
      t('agents.delete.done', { id, bindings: removedBindings }),
    ])
    return 0
  },
})
