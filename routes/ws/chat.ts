import { Type } from '../../schemas/type.js'
import {
  ChatAbortParams,
  ChatAbortResult,
  ChatHistoryParams,
  ChatHistoryResult,
  ChatInjectParams,
  ChatMessageGetParams,
  ChatMessageGetResult,
  ChatMetadataResult,
  ChatSendParams,
  ChatSendResult,
  ChatStartupResult,
} from '../../schemas/ws/chat.js'
import { agentIdText } from '../../schemas/ws/sessions.js'
import type { LiveRun } from '../../src/agents/live-runs.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { modelRows } from '../../src/models/list.js'
import type { Runtime } from '../../src/runtime.js'
import { agentForSession } from './_agents.js'
import { commandRows } from './_commands.js'
import { contentOf, refuseDelivery, sentResult } from './_messages.js'
import { family, method } from './_method.js'
import { runCaller } from './_tools.js'

const largestText = 2_000_000

export default family({
  'chat.history': method({
    summary: 'What was said in a session, the newest page first',
    scope: 'operator.read',
    params: ChatHistoryParams,
    result: ChatHistoryResult,
    async handler({ runtime }, { cursor, ...query }) {
      return cursor === undefined ? runtime.sessions.history(query) : { kind: 'reset' as const }
    },
  }),
  'chat.startup': method({
    summary: 'The history of a session, and what a client needs to talk',
    scope: 'operator.read',
    params: ChatHistoryParams,
    result: ChatStartupResult,
    async handler({ runtime }, { cursor: _cursor, ...query }) {
      return { ...(await runtime.sessions.history(query)), metadata: await metadataOf(runtime, query) }
    },
  }),
  'chat.metadata': method({
    summary: 'Models and commands that a chat may use',
    scope: 'operator.read',
    params: Type.Object({ sessionKey: Type.Optional(Type.String()), agentId: agentIdText }),
    result: ChatMetadataResult,
    handler: async ({ runtime }, params) => metadataOf(runtime, params),
  }),
  'chat.message.get': method({
    summary: 'One message with all that it holds',
    scope: 'operator.read',
    params: ChatMessageGetParams,
    result: ChatMessageGetResult,
    async handler({ runtime }, { maxChars = largestText, ...query }) {
      const message = await runtime.sessions.message(query, maxChars)
      return message ? { ok: true, message } : { ok: false, unavailableReason: 'not_found' as const }
    },
  }),
  'chat.send': method({
    summary: 'Says something in a session',
    description:
      'Answered as soon as the message is on disk; the answer of the model comes as `chat` events, and stands in ' +
      '`chat.history`. Turns of one session run one after the other; what happens to a message while one runs is its `queueMode`, ' +
      'else that of the session.',
    scope: 'operator.write',
    params: ChatSendParams,
    result: ChatSendResult,
    async handler({ runtime, caller }, params) {
      refuseDelivery(params.deliver)
      const { sessionKey, agentId, idempotencyKey: runId, sessionId, timeoutMs, queueMode } = params
      const sent = await runtime.talk.send({
        sessionKey,
        agentId,
        runId,
        content: contentOf(params.message, params.attachments),
        origin: 'ws',
        caller: runCaller(caller),
        sessionId,
        leaf: params.expectedLeafEntryId,
        timeoutMs,
        thinkingLevel: params.thinking,
        queueMode,
        commands: !params.suppressCommandInterpretation,
      })
      return sentResult(sent)
    },
  }),
  'chat.abort': method({
    summary: 'Ends the turns of a session, or one of them',
    description: 'The model upstream is told. What was said by then stays in the transcript, marked as broken off.',
    scope: 'operator.write',
    params: ChatAbortParams,
    result: ChatAbortResult,
    handler({ runtime }, { sessionKey, agentId, runId }) {
      const { key } = runtime.sessions.context.name(sessionKey, agentId)
      const other = runId === undefined ? undefined : runtime.agents.live.get(runId)
      if (other && other.sessionKey !== key) {
        throw new GatewayError('invalid_request', { message: 'runId does not match sessionKey' })
      }
      const which = runId === undefined ? undefined : (run: LiveRun) => run.runId === runId
      const ended = runtime.sessions.turns.abort(key, which)
      return { ok: true as const, aborted: ended.length > 0, runIds: ended.map((run) => run.runId) }
    },
  }),
  'chat.inject': method({
    summary: 'Puts a message of the assistant into a session',
    scope: 'operator.admin',
    advertised: false,
    params: ChatInjectParams,
    result: Type.Object({ ok: Type.Literal(true), messageId: Type.String() }),
    async handler({ runtime }, params) {
      return { ok: true as const, messageId: await runtime.sessions.inject(params) }
    },
  }),
})

/** The models that the agent can be switched to, and the chat commands. */
async function metadataOf(runtime: Runtime, params: Parameters<typeof agentForSession>[1]) {
  const agentId = agentForSession(runtime, params)
  return {
    models: modelRows(runtime.config.current, runtime.catalog(), agentId, 'default'),
    commands: commandRows(await runtime.talk.commands()),
  }
}
