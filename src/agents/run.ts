import type { Clock } from '../kernel/clock.js'
import { duringTurn, GatewayError, toGatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import { TurnModels } from '../models/failover.js'
import { failureToError } from '../models/failure.js'
import type { ModelRoute } from '../models/route.js'
import type { ModelEmit, ModelMessage, ModelRequest, ResolvedModel, Sampling } from '../models/types.js'
import type { Store } from '../storage/types.js'
import type { Accumulator } from './accumulate.js'
import { type AgentEvents, withWatchers } from './events.js'
import type { Lanes } from './lanes.js'
import { type AgentFacts, buildPrompt, promptBytes } from './prompt.js'
import { openRecord, passingRecord, type RunRecord } from './record.js'
import { FenceGate, type OutputCheck, outputCheck } from './structured-output.js'
import { Turn } from './turn.js'
import type { TurnCount } from './turn-count.js'
import type { RunEmit, RunFinal, RunRequest, RunResult } from './types.js'

/** What a turn needs of the gateway. Everything that touches the world comes in here. */
export interface RunContext {
  readonly log: Logger
  readonly clock: Clock
  readonly lanes: Lanes
  readonly turns: TurnCount
  readonly store: Store
  readonly bus: Bus<AgentEvents>
  readonly agent: AgentFacts
  /** Who may answer. */
  readonly route: ModelRoute
  /** Undefined: no limit beyond the caller's patience. */
  readonly timeoutMs: number | undefined
  /** How hard the model thinks in this session, where the request does not say. */
  readonly thinkingLevel?: string | undefined
}

/**
 * One turn: waits for the session's lane, joins stored and sent messages, calls the model, and emits its events. Never
 * rejects: a failure is its end. Resolves after the turn is on disk.
 */
export async function runTurn(
  context: RunContext,
  request: RunRequest,
  door: RunEmit,
  turn = new Turn(request),
): Promise<RunFinal> {
  const { clock, turns } = context
  const startedAt = clock.monotonic()
  const timeoutMs = request.timeoutMs ?? context.timeoutMs ?? 0
  if (timeoutMs > 0) turn.limit(clock, timeoutMs)
  const { runId, signal, collected } = turn
  const models = new TurnModels(context.route, request.sessionKey)
  let record: RunRecord | undefined
  let leave: (() => void) | undefined
  let final: RunFinal
  turns.begin()
  try {
    const format = request.sampling.responseFormat
    const check = format === undefined ? undefined : await outputCheck(format)
    if (request.sessionKey === undefined) record = passingRecord(request)
    else {
      leave = await (turn.place ?? context.lanes.enter(request.sessionKey, signal))
      turn.running = true
      record = await openRecord(context.store, clock, runId, models, request, request.sessionKey)
    }
    const emit = announced(context, models.model, request, runId, record, door)
    const result = await answer({ context, models, request, runId, record, signal, collected, check, emit })
    await record.finish(result)
    final = { type: 'end', result }
  } catch (thrown) {
    final = await failed(thrown, turn, record, context.log)
  }
  turn.release()
  leave?.()
  turns.end()
  finished(context, models.model, request, runId, clock.monotonic() - startedAt, collected, final)
  return final
}

/** Tells those who watch the session that the turn begins; what it gives lets them hear its events too. */
function announced(
  { bus }: RunContext,
  model: ResolvedModel,
  { sessionKey, agent, origin }: RunRequest,
  runId: string,
  { fresh }: RunRecord,
  door: RunEmit,
): RunEmit {
  if (sessionKey === undefined) return door
  if (bus.has('run.started')) {
    bus.emit('run.started', { runId, sessionKey, agent, origin, model: model.ref, input: fresh })
  }
  return withWatchers(bus, { runId, sessionKey, agent }, door)
}

function finished(
  { bus }: RunContext,
  model: ResolvedModel,
  { sessionKey, agent, origin }: RunRequest,
  runId: string,
  durationMs: number,
  { usage }: Accumulator,
  final: RunFinal,
): void {
  bus.emit('run.finished', {
    runId,
    sessionKey,
    agent,
    provider: model.provider,
    model: model.ref,
    origin,
    outcome: final.type === 'end' ? 'ok' : final.type,
    durationMs,
    usage,
    final,
  })
}

interface Answering {
  readonly context: RunContext
  readonly models: TurnModels
  readonly request: RunRequest
  readonly runId: string
  readonly record: RunRecord
  readonly signal: StopSignal
  readonly collected: Accumulator
  readonly check: OutputCheck | undefined
  readonly emit: RunEmit
}

/** From the prompt to what the model made of it. Throws what ends the turn early. */
async function answer(turn: Answering): Promise<RunResult> {
  const { context, models, request, runId, record, signal, collected, check, emit } = turn
  const { clock, agent } = context
  if (agent.project?.fresh === false) await agent.project.refresh()
  const prompt = buildPrompt(agent, projectText(context, request), request.input.filter(isSystem), record.prompt)
  const bytes = promptBytes(prompt, request.clientTools)
  await emit({ type: 'start', runId, model: models.model.ref, promptBytes: bytes })
  const calledAt = clock.monotonic()
  const gate = check && request.stream ? new FenceGate() : undefined
  let seen = false
  const take: ModelEmit = (event) => {
    collected.add(event)
    // Nobody reads the pieces of an answer that is wanted whole.
    if (!request.stream) return undefined
    seen = true
    if (!gate || event.type !== 'text') return emit(event)
    const delta = gate.pass(event.delta)
    return delta === '' ? undefined : emit({ type: 'text', delta })
  }
  const call = models.requestOf(modelCall(context, models.model, request, prompt))
  let end = await models.call(call, signal, take, emit)
  if (end.type === 'done') models.worked()
  else {
    const failed = { failure: end.failure, seen, anew: () => collected.clear() }
    end = await models.failOver(failed, call, signal, take, emit)
  }
  if (end.type === 'error') throw failureToError(end.failure)
  const result = settle(collected.result(end, clock.monotonic() - calledAt), request, check)
  const rest = gate?.rest(result.text) ?? ''
  if (rest !== '') await emit({ type: 'text', delta: rest })
  return result
}

function projectText({ agent }: RunContext, { sessionKey, origin }: RunRequest): string {
  const main = sessionKey !== undefined && sessionKey === agent.mainSessionKey
  return agent.project?.text({ main, heartbeat: origin === 'heartbeat' }) ?? ''
}

const isSystem = (message: ModelMessage) => message.role === 'system' || message.role === 'developer'

function modelCall(
  { thinkingLevel }: RunContext,
  model: ResolvedModel,
  request: RunRequest,
  messages: readonly ModelMessage[],
): ModelRequest {
  const { toolChoice, clientTools, stream } = request
  const tools = toolChoice === 'none' ? [] : clientTools
  return {
    model,
    messages,
    tools,
    toolChoice,
    sampling: withThinking(request.sampling, request.thinkingLevel ?? thinkingLevel),
    stream,
  }
}

/** `off` and `adaptive` leave it to the model. */
function withThinking(sampling: Sampling, level: string | undefined): Sampling {
  const given = level !== undefined && level !== 'off' && level !== 'adaptive'
  return given && sampling.reasoningEffort === undefined ? { ...sampling, reasoningEffort: level } : sampling
}

/** Holds the model to what the caller demanded. */
function settle(result: RunResult, request: RunRequest, check: OutputCheck | undefined): RunResult {
  const { toolChoice } = request
  const wanted = typeof toolChoice === 'object' ? toolChoice.name : undefined
  const demanded = toolChoice === 'required' || wanted !== undefined
  if (demanded && !result.toolCalls.some((call) => wanted === undefined || call.name === wanted)) {
    throw new GatewayError('tool_choice_unsatisfied')
  }
  if (!check || result.finish !== 'stop' || result.refusal !== null) return result
  return { ...result, text: check(result.text) }
}

async function failed(thrown: unknown, turn: Turn, record: RunRecord | undefined, log: Logger): Promise<RunFinal> {
  const { signal, collected } = turn
  const partial = collected.text
  if (signal.aborted && !turn.timedOut) {
    await record?.abort(collected).catch(unrecorded(log))
    return { type: 'aborted', partial }
  }
  const error = toGatewayError(signal.aborted ? signal.reason : thrown)
  await record?.fail(error, collected).catch(unrecorded(log))
  // A turn with a record has asked its model, or was about to: repeating it is not the client library's to decide.
  return { type: 'error', error: record ? duringTurn(error) : error, partial }
}

/** The caller hears of the failure that came first; that it could not be recorded is for the log. */
const unrecorded = (log: Logger) => (error: unknown) => log.error({ err: error }, 'the end of a turn was not recorded')
