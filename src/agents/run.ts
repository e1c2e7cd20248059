import type { Clock } from '../kernel/clock.js'
import { duringTurn, GatewayError, toGatewayError } from '../kernel/errors.js'
import type { EventBus } from '../kernel/events.js'
import { followSignal } from '../kernel/follow-signal.js'
import type { Logger } from '../kernel/logger.js'
import { randomId } from '../kernel/random-id.js'
import { failureToError } from '../models/failure.js'
import type { FinishReason, ModelMessage, ModelProvider, ModelRequest, ResolvedModel, Usage } from '../models/types.js'
import type { Store } from '../storage/types.js'
import { Accumulator } from './accumulate.js'
import type { Lanes } from './lanes.js'
import { type AgentFacts, buildPrompt, promptBytes } from './prompt.js'
import { openRecord, type RunRecord } from './record.js'
import { FenceGate, type OutputCheck, outputCheck } from './structured-output.js'
import type { RunEvent, RunRequest, RunResult } from './types.js'

export interface RunFinished {
  readonly runId: string
  readonly agent: string
  readonly provider: string
  readonly model: string
  readonly origin: string
  readonly outcome: 'ok' | 'error' | 'aborted'
  readonly durationMs: number
  /** What was spent, also by a turn that failed; undefined when the model gave no figures. */
  readonly usage: Usage | undefined
  readonly result: RunResult | undefined
}

export interface AgentEvents {
  'run.finished': RunFinished
}

/** What a turn needs of the gateway. Everything that touches the world comes in here. */
export interface RunContext {
  readonly log: Logger
  readonly clock: Clock
  readonly lanes: Lanes
  readonly store: Store
  readonly bus: EventBus<AgentEvents>
  readonly agent: AgentFacts
  readonly model: ResolvedModel
  readonly provider: ModelProvider
  /** Undefined: no limit beyond the caller's patience. */
  readonly timeoutMs: number | undefined
}

/**
 * One turn: waits for the session's lane, joins stored and sent messages, calls the model, and gives its events.
 * Never throws: a failure is the last event. `end` comes after the turn is on disk.
 */
export async function* runTurn(context: RunContext, request: RunRequest): AsyncGenerator<RunEvent, void, void> {
  const startedAt = context.clock.monotonic()
  const runId = `run_${randomId()}`
  const { signal, release } = limited(context, request.signal)
  const collected = new Accumulator()
  let record: RunRecord | undefined
  let leave: (() => void) | undefined
  let final: RunEvent | undefined
  try {
    const check = await outputCheck(request.sampling.responseFormat)
    if (request.sessionKey !== undefined) leave = await context.lanes.enter(request.sessionKey, signal)
    record = await openRecord(context.store, context.clock, runId, context.model.ref, request)
    const prompt = buildPrompt(context.agent, request.input.filter(isSystem), record.prompt)
    yield { type: 'start', runId, model: context.model.ref, promptBytes: promptBytes(prompt, request.clientTools) }
    const calledAt = context.clock.monotonic()
    const gate = check && request.stream ? new FenceGate() : undefined
    let reason: FinishReason | undefined
    for await (const event of context.provider.stream(modelCall(context.model, request, prompt), signal)) {
      if (event.type === 'done') {
        reason = event.reason
        break
      }
      if (event.type === 'error') throw failureToError(event.failure)
      collected.add(event)
      // Nobody reads the pieces of an answer that is wanted whole.
      if (!request.stream) continue
      if (!gate || event.type !== 'text') yield event
      else {
        const delta = gate.pass(event.delta)
        if (delta !== '') yield { type: 'text', delta }
      }
    }
    if (reason === undefined) throw new GatewayError('upstream_stream_interrupted')
    const result = settle(collected.result(reason, context.clock.monotonic() - calledAt), request, check)
    const rest = gate?.rest(result.text) ?? ''
    if (rest !== '') yield { type: 'text', delta: rest }
    await record.finish(result)
    final = { type: 'end', result }
  } catch (thrown) {
    final = await failed(thrown, signal, record, collected, context.log)
  } finally {
    if (!final) {
      // The reader left before the end. Leaving the loop over the model's events has ended the model call.
      await record?.abort(collected).catch(unrecorded(context.log))
    }
    release()
    leave?.()
    context.bus.emit('run.finished', {
      runId,
      agent: request.agent,
      provider: context.model.provider,
      model: context.model.ref,
      origin: request.origin,
      outcome: final?.type === 'end' ? 'ok' : final?.type === 'error' ? 'error' : 'aborted',
      durationMs: context.clock.monotonic() - startedAt,
      usage: collected.usage,
      result: final?.type === 'end' ? final.result : undefined,
    })
  }
  yield final
}

const timeoutReason = new GatewayError('run_timeout')

const isSystem = (message: ModelMessage) => message.role === 'system' || message.role === 'developer'

/** The caller's signal, and the turn's own time limit where there is one. `release` ends the limit. */
function limited({ clock, timeoutMs }: RunContext, caller: AbortSignal): { signal: AbortSignal; release: () => void } {
  if (timeoutMs === undefined) return { signal: caller, release: () => {} }
  const { controller, unlink } = followSignal(caller)
  const cancel = clock.after(timeoutMs, () => controller.abort(timeoutReason))
  const release = () => {
    cancel()
    unlink()
  }
  return { signal: controller.signal, release }
}

function modelCall(model: ResolvedModel, request: RunRequest, messages: readonly ModelMessage[]): ModelRequest {
  const { toolChoice, clientTools, sampling, stream } = request
  const tools = toolChoice === 'none' ? [] : clientTools
  return { model, messages, tools, sampling, stream, ...(toolChoice === undefined ? {} : { toolChoice }) }
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

async function failed(
  thrown: unknown,
  signal: AbortSignal,
  record: RunRecord | undefined,
  collected: Accumulator,
  log: Logger,
): Promise<RunEvent> {
  const partial = collected.text
  if (signal.aborted && signal.reason !== timeoutReason) {
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
