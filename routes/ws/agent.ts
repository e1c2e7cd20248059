import type { Static } from '../../schemas/type.js'
import {
  AgentParams,
  type AgentResult,
  AgentResult as AgentResultShape,
  AgentWaitParams,
  AgentWaitResult,
} from '../../schemas/ws/agent.js'
import { type ErrorCode, errorTable, GatewayError } from '../../src/kernel/errors.js'
import type { Runtime } from '../../src/runtime.js'
import type { RunAnswer } from '../../src/sessions/answers.js'
import type { Sent } from '../../src/sessions/turns.js'
import { contentOf, refuseDelivery } from './_messages.js'
import type { MethodContext } from './_method.js'
import { family, method } from './_method.js'
import { runCaller } from './_tools.js'

const defaultWaitMs = 30_000
/** How long a repeated call waits for the run of the first before it looks again. */
const lookMs = 60_000
/** A message that begins so begins the session anew (spec/protocol.md 2.9). */
const anew = /^\/(new|reset)(?:\s+|$)/i

export default family({
  agent: method({
    summary: 'Runs one turn and gives its answer',
    description:
      'Over a WebSocket it is answered twice: at once with `{"status": "accepted"}`, then with the result. The turn ' +
      'goes on when the caller leaves; the same `idempotencyKey` gives its result later. A message that begins with ' +
      '`/new` or `/reset` begins the session anew.',
    scope: 'operator.write',
    scopeFor: ({ message, model, provider }) =>
      anew.test(message.trimStart()) || model !== undefined || provider !== undefined ? 'operator.admin' : undefined,
    params: AgentParams,
    result: AgentResultShape,
    async handler(context, params) {
      refuseDelivery(params.deliver)
      const { runtime } = context
      const sessionKey = await sessionOf(runtime, params)
      const message = await begunAnew(runtime, params, sessionKey)
      const { idempotencyKey: runId, agentId } = params
      if (message === undefined) return sessionBegun(runId)
      const content = contentOf(message, params.attachments)
      const sent = await runtime.talk.send({
        sessionKey,
        agentId,
        runId,
        content,
        origin: 'ws',
        caller: runCaller(context.caller),
        model: params.provider && params.model ? `${params.provider}/${params.model}` : params.model,
        thinkingLevel: params.thinking,
        system: params.extraSystemPrompt,
        timeoutMs: params.timeout === undefined ? undefined : params.timeout * 1000,
      })
      return resultOf(await ended(context, sent))
    },
  }),
  'agent.wait': method({
    summary: 'Waits for the end of a run',
    scope: 'operator.write',
    params: AgentWaitParams,
    result: AgentWaitResult,
    async handler({ runtime, signal }, { runId, timeoutMs = defaultWaitMs }) {
      return (await runtime.sessions.turns.wait(runId, timeoutMs, signal)) ?? { runId, status: 'timeout' as const }
    },
  }),
})

type Params = Static<typeof AgentParams>

/** The session that the params mean: by key, by id, else the agent's main one. */
async function sessionOf({ store }: Runtime, { sessionKey, sessionId }: Params): Promise<string> {
  if (sessionKey !== undefined) return sessionKey
  if (sessionId === undefined) return 'main'
  return (await store.sessions.byId(sessionId))?.key ?? `explicit:${sessionId}`
}

/** What is left to say after `/new`, if anything; the session is then a new one. A repeated call changes nothing. */
async function begunAnew(
  { sessions, store, clock }: Runtime,
  params: Params,
  key: string,
): Promise<string | undefined> {
  const { message, agentId, idempotencyKey: id, attachments } = params
  const text = message.trimStart()
  const command = anew.exec(text)
  if (!command) return message
  const rest = text.slice(command[0].length)
  const alone = contentOf(rest, attachments).length === 0
  if (await store.runs.get(id)) return alone ? undefined : rest
  const reason = command[1]?.toLowerCase() === 'new' ? 'new' : 'reset'
  const { key: sessionKey, agent } = await sessions.edit.reset({ key, agentId }, reason)
  if (!alone) return rest
  // No turn keeps the key.
  const input = { role: 'user' as const, content: contentOf(text, undefined) }
  await store.runs.accept({ id, sessionKey, agent, origin: 'ws', at: clock.now(), input })
  await store.runs.end({ id, status: 'ok', at: clock.now() })
  return undefined
}

/** Answers that the run was accepted, then waits for its end. Throws what made it fail. */
async function ended({ runtime, accept, signal }: MethodContext, sent: Sent): Promise<RunAnswer> {
  const { runId, key: sessionKey, agent: agentId } = sent
  const { answer, turns } = runtime.sessions
  const before = sent.status === 'known' ? await answer(runId) : undefined
  if (before) return checked(before)
  accept({ runId, status: 'accepted', sessionKey, agentId, acceptedAt: runtime.clock.now() })
  if (sent.status === 'started') {
    const final = await sent.done
    if (final.type === 'error') throw final.error
  } else while (!signal.aborted && !(await turns.wait(runId, lookMs, signal)));
  const after = await answer(runId)
  if (!after) throw new GatewayError('run_aborted')
  return checked(after)
}

/** Throws what made the run fail, as far as the store knows it. */
function checked(answer: RunAnswer): RunAnswer {
  const { error, stopReason } = answer.outcome
  if (error === undefined || stopReason === 'aborted') return answer
  if (stopReason === 'interrupted') {
    throw new GatewayError('run_aborted', { message: 'The gateway went down before the turn was complete.' })
  }
  throw new GatewayError(error in errorTable ? (error as ErrorCode) : 'internal_error')
}

function resultOf({ outcome, text, model, sessionId, stopReason, usage }: RunAnswer): AgentResult {
  const { runId, status, startedAt, endedAt } = outcome
  const aborted = outcome.stopReason === 'aborted'
  const slash = model.indexOf('/')
  return {
    runId,
    status,
    summary: aborted ? 'aborted' : 'completed',
    result: {
      payloads: text === '' ? [] : [{ text, mediaUrl: null }],
      meta: {
        durationMs: endedAt - startedAt,
        aborted,
        stopReason,
        agentMeta: { sessionId, provider: model.slice(0, Math.max(slash, 0)), model: model.slice(slash + 1), usage },
      },
    },
  }
}

function sessionBegun(runId: string): AgentResult {
  const meta = { durationMs: 0, aborted: false, agentMeta: {} }
  return {
    runId,
    status: 'ok',
    summary: 'new session',
    result: { payloads: [{ text: 'A new session has begun.', mediaUrl: null }], meta },
  }
}
