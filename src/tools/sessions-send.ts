import { Type } from '../../schemas/type.js'
import type { SendResult } from './_gateway/sessions.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

const WAIT_SECONDS = 30
const MAX_WAIT_SECONDS = 600

export default defineTool({
  group: 'sessions',
  label: 'Send to a session',
  summary: `Send a message to another session or agent and wait for the answer. timeoutSeconds: default ${WAIT_SECONDS}, 0 does not wait.`,
  params: Type.Object({
    sessionKey: Type.Optional(Type.String({ minLength: 1 })),
    label: Type.Optional(Type.String({ minLength: 1 })),
    agentId: Type.Optional(Type.String({ minLength: 1, description: 'Its main session' })),
    message: Type.String({ minLength: 1, maxLength: 100_000 }),
    timeoutSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  rare: true,
  async run({ gateway, signal }, { timeoutSeconds = WAIT_SECONDS, ...request }) {
    if (request.sessionKey === undefined && request.label === undefined && request.agentId === undefined) {
      return failed('Name the session with sessionKey or label, or the agent with agentId.')
    }
    const waitMs = Math.min(timeoutSeconds, MAX_WAIT_SECONDS) * 1000
    const result = await gateway.sessions.send({ ...request, waitMs }, signal)
    return result.status === 'error' ? failed(wordsFor(result)) : said(wordsFor(result), { ...result })
  },
})

function wordsFor({ status, reply, error, sessionKey, runId }: SendResult): string {
  if (status === 'ok') return `Answer of ${sessionKey}:\n${reply}`
  if (status === 'accepted') return `Sent to ${sessionKey} (run ${runId}).`
  if (status === 'no_reply') return `${sessionKey} has read it and has nothing to say.`
  if (status === 'timeout') return `Sent to ${sessionKey} (run ${runId}); there is no answer yet. It goes on.`
  return `The turn of ${sessionKey} failed: ${error}`
}
