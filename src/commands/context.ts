import type { TranscriptEntry } from '../storage/types.js'
import type { ChatCommand } from './_types.js'

export default {
  summary: 'What takes up the context of this session',
  access: 'anyone',
  async run({ session, row, services }) {
    const { context } = services.sessions
    const { contextWindow } = context.modelFacts(session.agent, row?.entry.model)
    const used = row?.spent.context
    const entries = row ? await context.store.transcripts.current(session.key) : []
    const share = used !== undefined && contextWindow ? ` (${Math.round((used / contextWindow) * 100)} %)` : ''
    const rows = ['user', 'assistant', 'tool'].map((role) => lineOf(role, entries))
    return [`Context: ${used ?? 'unknown'} of ${contextWindow ?? 'unknown'} tokens${share}.`, ...rows].join('\n')
  },
} satisfies ChatCommand

function lineOf(role: string, entries: readonly TranscriptEntry[]): string {
  const messages = entries.flatMap(({ body }) =>
    body.kind === 'message' && !body.command && body.message.role === role ? [body.message] : [],
  )
  const characters = messages
    .flatMap(({ content }) => content)
    .reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
  return `${role}: ${messages.length} messages, ${characters} characters`
}
