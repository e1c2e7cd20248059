import { stringEnum } from '../../schemas/primitives.js'
import { thinkingLevels } from '../../schemas/session.js'
import { Type } from '../../schemas/type.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'sessions',
  label: 'Start a sub-agent',
  summary: 'Give a task to a sub-agent, which works on its own. You go on at once; a message tells you how it ended.',
  params: Type.Object({
    task: Type.String({ minLength: 1, maxLength: 100_000, description: 'All that it needs to know' }),
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    agentId: Type.Optional(Type.String({ minLength: 1 })),
    model: Type.Optional(Type.String({ minLength: 1 })),
    thinking: Type.Optional(stringEnum(thinkingLevels)),
    runTimeoutSeconds: Type.Optional(Type.Number({ minimum: 0, description: '0: no limit' })),
    context: Type.Optional(stringEnum(['isolated', 'fork'], { description: 'fork: it knows this conversation' })),
    cleanup: Type.Optional(stringEnum(['keep', 'delete'], { description: 'What becomes of its session' })),
  }),
  spellings: { timeoutSeconds: 'runTimeoutSeconds' },
  rare: true,
  async run({ gateway }, { cleanup = 'keep', ...request }) {
    const { runId, childSessionKey } = await gateway.agents.spawn({ ...request, cleanup })
    return said(
      `Accepted: run ${runId} in session ${childSessionKey}. A message will tell you how it ended; do not wait or poll.`,
      { status: 'accepted', runId, childSessionKey },
    )
  },
})
