import type { GatewaySessions, SaidMessage, SessionFacts } from '../_gateway/sessions.js'

/** Characters of one message in a list of sessions. */
const MAX_CHARS = 300
/** Sessions that are read at the same time. */
const AT_ONCE = 8

export type SessionWithMessages = SessionFacts & { readonly messages: readonly string[] }

/** Each session with the last words of its conversation. */
export async function withMessages(
  sessions: GatewaySessions,
  all: readonly SessionFacts[],
  limit: number,
): Promise<readonly SessionWithMessages[]> {
  const rows: SessionWithMessages[] = []
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE)
    rows.push(...(await Promise.all(some.map((facts) => withLast(sessions, facts, limit)))))
  }
  return rows
}

async function withLast(sessions: GatewaySessions, facts: SessionFacts, limit: number): Promise<SessionWithMessages> {
  if (limit === 0) return { ...facts, messages: [] }
  const { messages } = await sessions.history({ sessionKey: facts.key, limit, offset: 0, tools: false })
  return { ...facts, messages: messages.map(shown) }
}

function shown({ role, text }: SaidMessage): string {
  const characters = Array.from(text.replaceAll(/\s+/g, ' ').trim())
  const cut = characters.length > MAX_CHARS ? `${characters.slice(0, MAX_CHARS - 1).join('')}…` : characters.join('')
  return `  ${role}: ${cut}`
}
