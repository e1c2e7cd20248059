import { Type } from '../../schemas/type.js'
import { fitMessages, HISTORY_CHARS } from './_sessions/fit-messages.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

const LIMIT = 50
const MAX_LIMIT = 200

export default defineTool({
  group: 'sessions',
  label: 'Read a session',
  summary: 'Read what was said in a session, newest part first; go on with offset.',
  params: Type.Object({
    sessionKey: Type.Optional(Type.String({ description: 'Key or sessionId; default: this session' })),
    sessionId: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: `Default ${LIMIT}, at most ${MAX_LIMIT}` })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
    includeTools: Type.Optional(Type.Boolean({ description: 'Tool calls and results too' })),
  }),
  quiet: ['sessionId'],
  rare: true,
  readOnly: true,
  resultLimit: HISTORY_CHARS + 1_000,
  async run({ gateway }, { sessionKey, sessionId, limit = LIMIT, offset = 0, includeTools = false }) {
    const page = await gateway.sessions.history({
      sessionKey,
      sessionId,
      limit: Math.min(limit, MAX_LIMIT),
      offset,
      tools: includeTools,
    })
    const { lines, leftOut } = fitMessages(page.messages)
    if (lines.length === 0) return said(`Nothing was said in ${page.key} yet.`, { ...page })
    const notes = [
      ...(leftOut > 0 ? [`${leftOut} older messages of this page were left out: ask for fewer with limit.`] : []),
      ...(page.nextOffset === undefined ? [] : [`Older messages: offset ${page.nextOffset}.`]),
    ]
    const head = `Session ${page.key}, oldest first:`
    return said([head, ...lines, ...(notes.length > 0 ? [`[${notes.join(' ')}]`] : [])].join('\n'), { ...page })
  },
})
