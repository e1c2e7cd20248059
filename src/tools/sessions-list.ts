import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { type SessionFacts, sessionSorts } from './_gateway/sessions.js'
import { withMessages } from './_sessions/last-messages.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

const LIMIT = 50
const MAX_LIMIT = 200
const MAX_MESSAGES = 20

export default defineTool({
  group: 'sessions',
  label: 'List sessions',
  summary: 'List the sessions (conversations) that you may see, newest first.',
  params: Type.Object({
    kinds: Type.Optional(Type.Array(stringEnum(sessionSorts))),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: `Default ${LIMIT}, at most ${MAX_LIMIT}` })),
    activeMinutes: Type.Optional(Type.Number({ minimum: 0 })),
    messageLimit: Type.Optional(
      Type.Integer({ minimum: 0, description: `Last messages of each, at most ${MAX_MESSAGES}` }),
    ),
    agentId: Type.Optional(Type.String()),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  rare: true,
  readOnly: true,
  async run({ gateway }, { limit = LIMIT, messageLimit = 0, ...query }) {
    const sessions = await gateway.sessions.list({ ...query, limit: Math.min(limit, MAX_LIMIT) })
    const rows = await withMessages(gateway.sessions, sessions, Math.min(messageLimit, MAX_MESSAGES))
    if (rows.length === 0) return said('No session that you may see fits.', { sessions: [] })
    return said(rows.map(({ messages, ...facts }) => [line(facts), ...messages].join('\n')).join('\n'), {
      sessions: rows,
    })
  },
})

function line({ key, kind, label, title, updatedAt, status, running, model, archived }: SessionFacts): string {
  const name = label ?? title
  const marks = [kind, ...(running ? ['running'] : status ? [status] : []), ...(archived ? ['archived'] : [])]
  const changed = new Date(updatedAt).toISOString().slice(0, 16).replace('T', ' ')
  return `${key}${name === undefined ? '' : ` "${name}"`} (${marks.join(', ')}; ${changed} UTC; ${model})`
}
