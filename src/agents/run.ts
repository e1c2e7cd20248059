import type { Clock } from '../kernel/clock.js'
import { duringTurn, GatewayError, toGatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import { TurnModels } from '../models/failover.js'
import type { ModelRoute } from '../models/route.js'
import type { ModelMessage, ModelTool, ResolvedModel, Sampling, Usage } from '../models/types.js'
import type { Spender } from '../spending/budgets.js'
import type { Store } from '../storage/types.js'
import type { Accumulator } from './accumulate.js'
import { Asker } from './ask.js'
import { type FitServices, openFitter } from './context/open-fitter.js'
import { type AgentEvents, withWatchers } from './events.js'
import type { Lanes } from './lanes.js'
import { answerOf, type LoopEnd, runLoop } from './loop.js'
import { type AgentFacts, buildPrompt, promptBytes } from './prompt.js'
import { openRecord, passingRecord, type RunRecord } from './record.js'
import { type OutputCheck, outputCheck } from './structured-output.js'
import { Turn } from './turn.js'
import type { TurnCount } from './turn-count.js'
import type { TurnToolbox, TurnTools } from './turn-tools.js'
import type { RunEmit, RunFinal, RunRequest, RunResult, TurnSettings } from './types.js'

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
  /** What is set on the session. */
  readonly settings?: TurnSettings
  /** The tools of the gateway; undefined where turns have none. */
  readonly toolbox?: TurnToolbox | undefined
  /** False: models that repeat themselves are left alone. */
  readonly watchRepeats?: boolean
  /** Keeps prompts within the window of their model; undefined: they are sent as they are. */
  readonly fit?: FitServices
  /** Counts what turns cost, and says when it is enough. */
  readonly spending?: Purse | undefined
  /** Blanks secret values in what tools bring. */
  readonly redact?: ((text: string) => string) | undefined
}

/** Where what turns cost is counted. */
export interface Purse {
  /** Throws `budget_exceeded`. */
  check(spender: Spender): void | Promise<void>
  add(spender: Spender, usage: Usage | undefined, usd: number | undefined): void
}

/** Longest turn of a session when nobody says (spec/runtime.md 0). */
const sessionTurnMs = 600_000

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
  const inSession = request.sessionKey !== undefined
  // Whoever waits for a turn that stands alone ends it by leaving; nobody need be waiting for a session's.
  const timeoutMs = request.timeoutMs ?? context.timeoutMs ?? (inSession ? sessionTurnMs : 0)
  const turnsAhead = inSession ? context.lanes.waiting(turn.sessionKey) : 0
  if (timeoutMs > 0) turn.limit(clock, timeoutMs * (1 + turnsAhead))
  const { runId, signal, collected } = turn
  const mayCall = context.spending && billed(context.spending, request, collected)
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
      if (turn.host) throw new GatewayError('run_aborted')
      turn.begin()
      // Waiting for its place has cost it no time.
      if (timeoutMs > 0) turn.limit(clock, timeoutMs)
      const gathered = await request.gather?.(signal)
      record = await openRecord(context.store, clock, runId, models, request, request.sessionKey, gathered)
    }
    const emit = announced(context, models.model, request, runId, record, door)
    const { result, message, steps } = await answer({ context, models, request, turn, record, check, emit, mayCall })
    await record.finish(result, message, collected)
    final = { type: 'end', result, messages: steps.length === 0 ? [message] : [...steps, message] }
  } catch (thrown) {
    final = turn.host ? await turn.hostEnd(turn.host) : await failed(thrown, turn, record, context.log)
  }
  turn.release()
  leave?.()
  turns.end()
  if (turn.host) joined(context, turn, final)
  else finished(context, models.model, request, runId, clock.monotonic() - startedAt, collected, final)
  turn.tell(final)
  return final
}

/** Counts what the turn costs for whom it runs; what it gives throws when there is nothing left. */
function billed(purse: Purse, { agent, origin, caller }: RunRequest, collected: Accumulator) {
  const spender: Spender = { agent, origin, caller: caller?.name, job: caller?.job }
  collected.onSpend = (usage, usd) => purse.add(spender, usage, usd)
  return () => purse.check(spender)
}

function joined({ bus }: RunContext, { runId, sessionKey, agent }: Turn, final: RunFinal): void {
  bus.emit('run.joined', { runId, sessionKey, agent, final })
}

/** Tells those who watch the session that the turn begins; what it gives lets them hear its events too. */
function announced(
  { bus, settings }: RunContext,
  model: ResolvedModel,
  { sessionKey, agent, origin }: RunRequest,
  runId: string,
  { fresh }: RunRecord,
  door: RunEmit,
): RunEmit {
  if (sessionKey === undefined) return door
  if (bus.has('run.started')) {
    const run = { runId, sessionKey, agent, origin, model: model.ref, input: fresh }
    bus.emit('run.started', { ...run, ...(settings && { settings }) })
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
  readonly turn: Turn
  readonly record: RunRecord
  readonly check: OutputCheck | undefined
  readonly emit: RunEmit
  readonly mayCall: (() => void | Promise<void>) | undefined
}

/** From the prompt to what the model made of it. Throws what ends the turn early. */
async function answer({ context, models, request, turn, record, check, emit, mayCall }: Answering): Promise<LoopEnd> {
  const { clock, agent } = context
  const { runId, signal, collected } = turn
  if (agent.project?.fresh === false) await agent.project.refresh()
  const tools = await offered(context, models.model, request, runId)
  const prompt = buildPrompt(agent, projectText(context, request), request.input.filter(isSystem), record.prompt)
  const clientTools = request.toolChoice === 'none' ? [] : request.clientTools
  const toolBytes = promptBytes([], clientTools) + (tools?.bytes ?? 0)
  const promptSize = promptBytes(prompt, []) + toolBytes
  await emit({ type: 'start', runId, model: models.model.ref, promptBytes: promptSize })
  const sampling = withThinking(request.sampling, request.thinkingLevel ?? context.thinkingLevel)
  const hasTools = tools !== undefined
  const asker = new Asker({ clock, models, request, sampling, signal, collected, check, hasTools, emit })
  const definitions = offer(tools, clientTools)
  const toolChoice = request.toolChoice === 'none' && hasTools ? undefined : request.toolChoice
  // A turn that nothing can come between is one model call.
  if (!hasTools && request.sessionKey === undefined) {
    const allowed = mayCall?.()
    if (allowed) await allowed
    const result = settle(await asker.ask(prompt, definitions, toolChoice), request)
    return { result, message: answerOf(result, result.text, result.toolCalls), steps: [] }
  }
  const { fit } = context
  const { log, route, redact } = context
  const shared = { clock, log, route, redact, models, request, turn, record, tools, toolBytes, emit }
  const fitter = fit && openFitter({ ...shared, fit })
  const end = await runLoop({
    prompt,
    ask: async (messages, last) => {
      const call = (sent: readonly ModelMessage[]) =>
        asker.ask(sent, definitions, last && hasTools ? 'none' : toolChoice)
      // Before the conversation is summed up, which is a call of its own.
      const allowed = mayCall?.()
      if (allowed) await allowed
      if (!fitter) return call(messages)
      const step = await fitter.ask(messages, call)
      fitter.answered(messages, collected.lastUsage)
      return step
    },
    stepText: () => collected.stepText,
    tools,
    clientTools,
    signal,
    emit,
    record: (messages) => record.step(messages, { usage: collected.lastUsage }),
    late: {
      waits: () => turn.hasSteered,
      take: (last) => turn.steered(last),
      keep: (taken) => record.join(taken),
    },
    watchRepeats: context.watchRepeats ?? true,
    redact,
    holdClock: () => turn.holdClock(),
  })
  return { ...end, result: settle(end.result, request) }
}

/** The agent's own tools. A caller that demands a call of its tools gets no other. */
async function offered(
  { toolbox, settings }: RunContext,
  model: ResolvedModel,
  request: RunRequest,
  runId: string,
): Promise<TurnTools | undefined> {
  const { agent, sessionKey, origin, channel, caller = nobody, toolChoice } = request
  const demanded = toolChoice === 'required' || typeof toolChoice === 'object'
  if (!toolbox || request.tools === false || demanded) return undefined
  return toolbox.offer({ agent, sessionKey, runId, origin, channel, caller, model, settings })
}

const nobody = { owner: false }

/** A tool of the caller takes the place of one of the agent with the same name. */
function offer(tools: TurnTools | undefined, clientTools: readonly ModelTool[]): readonly ModelTool[] {
  if (!tools) return clientTools
  if (clientTools.length === 0) return tools.definitions
  const names = new Set(clientTools.map(({ name }) => name))
  return [...tools.definitions.filter(({ name }) => !names.has(name)), ...clientTools]
}

function projectText({ agent }: RunContext, { sessionKey, origin, lightContext: light }: RunRequest): string {
  const main = sessionKey !== undefined && sessionKey === agent.mainSessionKey
  return agent.project?.text({ main, heartbeat: origin === 'heartbeat', minimal: isSubagent(sessionKey), light }) ?? ''
}

const isSubagent = (sessionKey: string | undefined) => sessionKey?.includes(':subagent:') ?? false

const isSystem = (message: ModelMessage) => message.role === 'system' || message.role === 'developer'

/** `off` and `adaptive` leave it to the model. */
function withThinking(sampling: Sampling, level: string | undefined): Sampling {
  const given = level !== undefined && level !== 'off' && level !== 'adaptive'
  return given && sampling.reasoningEffort === undefined ? { ...sampling, reasoningEffort: level } : sampling
}

/** Holds the model to what the caller demanded. */
function settle(result: RunResult, { toolChoice }: RunRequest): RunResult {
  const wanted = typeof toolChoice === 'object' ? toolChoice.name : undefined
  const demanded = toolChoice === 'required' || wanted !== undefined
  if (demanded && !result.toolCalls.some((call) => wanted === undefined || call.name === wanted)) {
    throw new GatewayError('tool_choice_unsatisfied')
  }
  return result
}

async function failed(thrown: unknown, turn: Turn, record: RunRecord | undefined, log: Logger): Promise<RunFinal> {
  const { signal, collected } = turn
  const partial = collected.text
  if (signal.aborted && !turn.timedOut) {
    // Whoever it was for may want it done again when the gateway is back.
    const { code } = toGatewayError(signal.reason)
    await record?.abort(collected, code === 'draining' ? code : undefined).catch(unrecorded(log))
    return { type: 'aborted', partial }
  }
  const error = toGatewayError(signal.aborted ? signal.reason : thrown)
  await record?.fail(error, collected).catch(unrecorded(log))
  // A turn with a record has asked its model, or was about to: repeating it is not the client library's to decide.
  return { type: 'error', error: record ? duringTurn(error) : error, partial }
}

/** The caller hears of the failure that came first; that it could not be recorded is for the log. */
const unrecorded = (log: Logger) => (error: unknown) => log.error({ err: error }, 'the end of a turn was not recorded')
