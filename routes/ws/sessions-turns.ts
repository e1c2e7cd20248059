import { randomUUID } from 'node:crypto'
import { type Static, Type } from '../../schemas/type.js'
import { ChatSendResult } from '../../schemas/ws/chat.js'
import { agentIdText, sessionKeyText } from '../../schemas/ws/sessions.js'
import {
  SessionsAbortParams,
  SessionsAbortResult,
  SessionsBranchesListResult,
  SessionsCompactParams,
  SessionsCompactResult,
  SessionsSendParams,
} from '../../schemas/ws/sessions-turns.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { QueueMode } from '../../src/sessions/queue-settings.js'
import { contentOf, sentResult } from './_messages.js'
import type { MethodContext } from './_method.js'
import { family, method } from './_method.js'
import { runCaller } from './_tools.js'

export default family({
  'sessions.send': method({
    summary: 'Says something in a session',
    description: 'As `chat.send`.',
    scope: 'operator.write',
    params: SessionsSendParams,
    result: ChatSendResult,
    handler: (context, params) => send(context, params),
  }),
  'sessions.steer': method({
    summary: 'Says something to the running turn of a session',
    description: 'As `chat.send` with the queue mode `steer`: without a turn that can be told, it begins one.',
    scope: 'operator.write',
    advertised: false,
    params: SessionsSendParams,
    result: ChatSendResult,
    handler: (context, params) => send(context, params, 'steer'),
  }),
  'sessions.abort': method({
    summary: 'Ends the running turn of a session',
    scope: 'operator.write',
    params: SessionsAbortParams,
    result: SessionsAbortResult,
    handler({ runtime }, { key, agentId, runId, clearQueued = false }) {
      if (key === undefined && runId === undefined) {
        throw new GatewayError('invalid_params', { message: 'invalid sessions.abort params: key or runId required' })
      }
      const run = runId === undefined ? undefined : runtime.agents.live.get(runId)
      const session = key === undefined ? run?.sessionKey : runtime.sessions.context.name(key, agentId).key
      const which = ({ running, runId: id }: { readonly running: boolean; readonly runId: string }) =>
        runId === undefined ? running || clearQueued : id === runId
      const ended = runtime.sessions.turns.abort(session ?? '', which, runId === undefined)
      const first = ended.find((live) => live.running) ?? ended[0]
      const status = first ? ('aborted' as const) : ('no-active-run' as const)
      return { ok: true as const, abortedRunId: first?.runId ?? null, status }
    },
  }),
  'sessions.compact': method({
    summary: 'Shortens what the model reads of a session',
    description:
      'The older part is summed up by a model; the transcript stays readable. Waits for a turn of the session that runs.',
    scope: 'operator.admin',
    params: SessionsCompactParams,
    result: SessionsCompactResult,
    handler: ({ runtime }, params) => runtime.sessions.compact(params),
  }),
  'sessions.branches.list': method({
    summary: 'The branches of a session',
    description: 'A transcript is one line of entries, so there is one branch once something was said.',
    scope: 'operator.read',
    params: Type.Object({ sessionKey: sessionKeyText, agentId: agentIdText }),
    result: SessionsBranchesListResult,
    async handler({ runtime }, { sessionKey, agentId }) {
      return { branches: await runtime.sessions.branches(sessionKey, agentId) }
    },
  }),
})

async function send(
  { runtime, caller }: MethodContext,
  { key, agentId, message, idempotencyKey, thinking, attachments, timeoutMs }: Static<typeof SessionsSendParams>,
  queueMode?: QueueMode,
): Promise<ChatSendResult> {
  const sent = await runtime.talk.send({
    sessionKey: key,
    agentId,
    runId: idempotencyKey ?? randomUUID(),
    content: contentOf(message, attachments),
    origin: 'ws',
    caller: runCaller(caller),
    timeoutMs,
    thinkingLevel: thinking,
    queueMode,
  })
  return sentResult(sent)
}
