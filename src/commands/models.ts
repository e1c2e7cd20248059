import { modelRows } from '../models/list.js'
import type { ChatCommand, CommandCall } from './_types.js'

export default {
  summary: 'Models that this session can ask',
  access: 'anyone',
  run: (call) => listed(call),
} satisfies ChatCommand

/** One line per model, numbered. */
export function listed({ services, session }: CommandCall): string {
  const rows = modelRows(services.config(), services.catalog(), session.agent, 'default')
  const lines = rows.map(({ provider, id, alias, available }, index) => {
    const notes = [...(alias ? [alias] : []), ...(available ? [] : ['no key'])]
    return `${index + 1}. ${provider}/${id}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
  })
  return lines.length === 0 ? 'The config names no model.' : lines.join('\n')
}
