import type { ChatMessage } from '../../../schemas/ws/rows/chat-message.js'
import { chatMessage } from '../../sessions/messages.js'
import type { HistoryPage, SaidMessage } from '../../tools/_gateway/sessions.js'
import { blankSecretShapes } from './secret-shapes.js'
import type { DoorWorld } from './types.js'

/** Entries that are read at once, and in all, to fill a page whose entries are mostly left out. */
const PAGE = 200
const MAX_ENTRIES = 2_000
/** Characters of one message before its reader cuts it further. */
const MAX_CHARS = 12_000

export interface SaidQuery {
  readonly limit: number
  readonly offset: number
  readonly tools: boolean
}

/** The newest messages of a session. What is not shown does not count. */
export async function readSaid(world: DoorWorld, key: string, query: SaidQuery): Promise<HistoryPage> {
  const { store } = world.sessions.context
  const row = await store.sessions.get(key)
  if (!row) return { key, messages: [] }
  const messages: SaidMessage[] = []
  let { offset } = query
  let total = Number.POSITIVE_INFINITY
  while (messages.length < query.limit && offset < Math.min(total, query.offset + MAX_ENTRIES)) {
    const page = await store.transcripts.page(row.id, { limit: PAGE, offset })
    total = page.total
    if (page.entries.length === 0) break
    for (const entry of page.entries.toReversed()) {
      if (messages.length >= query.limit) break
      offset += 1
      const message = chatMessage(row.id, entry, { maxChars: MAX_CHARS })
      const text = message && textOf(message, query.tools)
      if (message && text)
        messages.push({ role: message.role, text: blankSecretShapes(world.redact(text)), at: entry.at })
    }
  }
  const more = offset < total
  return { key, sessionId: row.id, messages: messages.reverse(), ...(more && { nextOffset: offset }) }
}

/** The words of a message; empty for one that is only about tools when those are not wanted. */
function textOf({ role, content }: ChatMessage, tools: boolean): string {
  if (role === 'toolResult' && !tools) return ''
  const parts = content.map(({ type, text, name, arguments: args }) => {
    if (type === 'text') return text ?? ''
    if (type === 'image') return '[image]'
    return tools ? `[calls ${name} ${JSON.stringify(args)}]` : ''
  })
  return parts.filter(Boolean).join('\n').trim()
}
