import { toGatewayError } from '../kernel/errors.js'
import { modelRows } from '../models/list.js'
import type { ChatCommand, CommandCall } from './_types.js'
import { listed } from './models.js'

export default {
  summary: 'The model of this session',
  args: '[name|list|status|default]',
  access: 'anyone',
  directive(word, { services, session }) {
    try {
      return { model: services.sessions.context.checkModel(session.agent, word) }
    } catch (thrown) {
      if (toGatewayError(thrown).code === 'model_not_found') return undefined
      throw thrown
    }
  },
  async run(call) {
    const { args, session, services } = call
    const word = args.toLowerCase()
    if (word === '' || word === 'status') return current(call)
    if (word === 'list') return listed(call)
    const { edit } = services.sessions
    if (word === 'default') {
      await edit.patch({ key: session.key }, { model: null })
      return `This session asks the model of its agent: ${services.catalog().forAgent(session.agent).primary}.`
    }
    const { entry } = await edit.patch({ key: session.key }, { model: nameOf(call) })
    return `This session asks ${entry.model} alone. /model default gives it back.`
  },
} satisfies ChatCommand

/** A number means the line of `/model list`. */
function nameOf({ args, session, services }: CommandCall): string {
  if (!/^\d+$/.test(args)) return args
  const row = modelRows(services.config(), services.catalog(), session.agent, 'default')[Number(args) - 1]
  return row ? `${row.provider}/${row.id}` : args
}

function current({ row, session, services }: CommandCall): string {
  const { primary, fallbacks } = services.catalog().forAgent(session.agent)
  if (row?.entry.model !== undefined) return `Model: ${row.entry.model}, set for this session; no other is asked.`
  return `Model: ${primary}${fallbacks.length > 0 ? `; when it fails: ${fallbacks.join(', ')}` : ''}.`
}
