import type { SessionsContext } from './context.js'
import { chatMessage } from './messages.js'

const defaultItems = 12
const maxItems = 50
const defaultChars = 240
/** Sessions of one call. */
const maxKeys = 64

export interface Preview {
  readonly key: string
  readonly status: 'ok' | 'empty' | 'missing'
  readonly items: { readonly role: string; readonly text: string }[]
}

/** The last words of several sessions. */
export async function previewSessions(
  context: SessionsContext,
  keys: readonly string[],
  limit = defaultItems,
  maxChars = defaultChars,
): Promise<Preview[]> {
  return Promise.all(keys.slice(0, maxKeys).map((key) => preview(context, key, Math.min(limit, maxItems), maxChars)))
}

async function preview(context: SessionsContext, given: string, limit: number, maxChars: number): Promise<Preview> {
  const { key } = context.name(given)
  const row = await context.store.sessions.get(key)
  if (!row) return { key: given, status: 'missing', items: [] }
  const { entries } = await context.store.transcripts.page(row.id, { limit, offset: 0 })
  const items = entries.flatMap((entry) => {
    const message = chatMessage(row.id, entry, { maxChars })
    const text = message?.content.map((part) => part.text ?? `[${part.name ?? part.type}]`).join(' ')
    return message && text ? [{ role: message.role, text: oneLine(text, maxChars) }] : []
  })
  return { key: given, status: items.length > 0 ? 'ok' : 'empty', items }
}

function oneLine(text: string, maxChars: number): string {
  const characters = Array.from(text.replaceAll(/\s+/g, ' ').trim())
  return characters.length <= maxChars ? characters.join('') : `${characters.slice(0, maxChars - 1).join('')}…`
}
