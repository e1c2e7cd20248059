import type { SessionRow } from '../storage/types.js'
import type { ChatCommand, CommandCall } from './_types.js'

const most = 50
const logEntries = 20

export default {
  summary: 'Sub-agents of this session',
  args: '[list], log <n>, stop <n|all>',
  access: 'anyone',
  async run(call) {
    const [action = 'list', which = ''] = call.args.toLowerCase().split(/\s+/).filter(Boolean)
    const { context } = call.services.sessions
    const children = await context.store.sessions.list({ parent: call.session.key, archived: 'all', limit: most })
    if (action === 'list') return children.length === 0 ? 'This session has no sub-agents.' : listOf(call, children)
    const chosen = which === 'all' ? children : children.filter((_, index) => String(index + 1) === which)
    if (chosen.length === 0) return `There is no sub-agent ${which || 'of that number'}. /subagents list numbers them.`
    if (action === 'stop') return stopped(call, chosen)
    if (action === 'log' && chosen[0]) return logOf(call, chosen[0])
    return 'Say: /subagents list, /subagents log <n>, /subagents stop <n|all>'
  },
} satisfies ChatCommand

function listOf({ services }: CommandCall, children: readonly SessionRow[]): string {
  const { live } = services.sessions.context.options.agents
  const lines = children.map(({ key, title, entry, lastRun }, index) => {
    const state = live.of(key).length > 0 ? 'running' : (lastRun?.status ?? 'new')
    return `${index + 1}. ${entry.label ?? title ?? key} (${state})`
  })
  return lines.join('\n')
}

function stopped({ services }: CommandCall, children: readonly SessionRow[]): string {
  const ended = children.flatMap(({ key }) => services.sessions.turns.abort(key)).length
  return ended === 0 ? 'Nothing of it runs.' : `Stopped ${ended} ${ended === 1 ? 'turn' : 'turns'}.`
}

async function logOf({ services }: CommandCall, { key }: SessionRow): Promise<string> {
  const entries = await services.sessions.context.store.transcripts.tail(key, logEntries)
  const lines = entries.flatMap(({ body }) => {
    if (body.kind !== 'message') return []
    const text = body.message.content.map((part) => (part.type === 'text' ? part.text : '(image)')).join(' ')
    return [`${body.message.role}: ${text.slice(0, 300)}`]
  })
  return lines.join('\n') || 'Nothing was said yet.'
}
