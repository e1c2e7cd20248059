import type { ChatCommand } from './_types.js'

export default {
  summary: 'Ends what runs and what waits in this session',
  access: 'anyone',
  async run({ session, services }) {
    const { turns, context } = services.sessions
    const children = await context.store.sessions.list({ parent: session.key, limit: 200 })
    const ended = turns.abort(session.key)
    const below = children.flatMap(({ key }) => turns.abort(key))
    const running = ended.filter((run) => run.running && !run.host).length
    const waiting = ended.length - ended.filter((run) => run.running).length
    if (ended.length + below.length === 0) return 'Nothing runs in this session.'
    const parts = [
      ...(running > 0 ? ['the running turn'] : []),
      ...(waiting > 0 ? [`${waiting} waiting ${waiting === 1 ? 'message' : 'messages'}`] : []),
      ...(below.length > 0 ? [`${below.length} ${below.length === 1 ? 'turn' : 'turns'} of sub-agents`] : []),
    ]
    return `Stopped: ${parts.join(', ') || 'messages of the running turn'}.`
  },
} satisfies ChatCommand
