import type { Clock } from '../kernel/clock.js'
import type { StopSignal } from '../kernel/stop.js'
import type { TurnModels } from '../models/failover.js'
import { failureToError } from '../models/failure.js'
import { seenBy } from '../models/input.js'
import type { ModelEmit, ModelEvent, ModelMessage, ModelRequest, ModelTool, ToolChoice } from '../models/types.js'
import { type Accumulator, paragraph } from './accumulate.js'
import { FenceGate, type OutputCheck } from './structured-output.js'
import type { RunEmit, RunRequest, RunResult } from './types.js'

export interface AskInput {
  readonly clock: Clock
  readonly models: TurnModels
  readonly request: RunRequest
  readonly sampling: ModelRequest['sampling']
  readonly signal: StopSignal
  readonly collected: Accumulator
  /** Holds the answer to the caller's format. */
  readonly check: OutputCheck | undefined
  /** True when the gateway may run tools: then what comes first need not be the answer. */
  readonly hasTools: boolean
  readonly emit: RunEmit
}

/** The model calls of one turn: each with its fallbacks, its events shown to the door as they come. */
export class Asker {
  readonly #input: AskInput
  readonly #clients: ReadonlySet<string>
  /** Numbers of the caller's calls: what the model numbered, as the caller counts. */
  #numbers = new Map<number, number>()
  #clientCalls = 0
  #calls = 0
  #modelMs = 0

  constructor(input: AskInput) {
    this.#input = input
    this.#clients = new Set(input.request.clientTools.map(({ name }) => name))
  }

  /** Throws what the model failed with when nobody could answer. */
  async ask(
    messages: readonly ModelMessage[],
    tools: readonly ModelTool[],
    toolChoice: ToolChoice | undefined,
  ): Promise<RunResult> {
    const { clock, models, request, sampling, signal, collected, check, hasTools, emit } = this.#input
    if (this.#calls > 0) collected.next()
    this.#calls += 1
    this.#numbers = new Map()
    const gate = check && request.stream ? new FenceGate(hasTools) : undefined
    let seen = false
    const take: ModelEmit = (event) => {
      const said = this.#joined(event)
      collected.add(said)
      // Nobody reads the pieces of an answer that is wanted whole.
      if (!request.stream) return undefined
      seen = true
      if (said.type === 'tool_call') return this.#clientCall(said)
      if (!gate || said.type !== 'text') return emit(said)
      const delta = gate.pass(said.delta)
      return delta === '' ? undefined : emit({ type: 'text', delta })
    }
    const calledAt = clock.monotonic()
    const call = models.requestOf({
      model: models.model,
      messages: seenBy(models.model, messages),
      tools,
      toolChoice,
      sampling,
      stream: request.stream,
      sessionKey: request.sessionKey,
    })
    let end = await models.call(call, signal, take, emit)
    if (end.type === 'done') models.worked()
    else {
      const failed = { failure: end.failure, seen, streams: request.stream, anew: () => collected.clear() }
      end = await models.failOver(failed, call, signal, take, emit)
    }
    this.#modelMs += clock.monotonic() - calledAt
    collected.charge(models.model.price)
    if (end.type === 'error') throw failureToError(end.failure)
    const result = collected.result(end, this.#modelMs)
    if (!check || this.#callsOwn(result)) return result
    const text = result.finish === 'stop' && result.refusal === null ? check(collected.stepText) : collected.stepText
    const rest = gate?.rest(text) ?? ''
    if (rest !== '') await emit({ type: 'text', delta: rest })
    return { ...result, text }
  }

  /** What is said after a tool call begins a paragraph, unless the answer has a format of its own. */
  #joined(event: ModelEvent): ModelEvent {
    const { collected, check } = this.#input
    if (event.type !== 'text' || check || !collected.needsParagraph) return event
    return { type: 'text', delta: paragraph + event.delta }
  }

  /** Calls of the gateway's own tools are told when they are run. */
  #clientCall(event: ModelEvent & { type: 'tool_call' }): void | Promise<void> {
    const { hasTools, emit } = this.#input
    if (!hasTools) return emit(event)
    if (!this.#clients.has(event.name)) return undefined
    let index = this.#numbers.get(event.index)
    if (index === undefined) {
      index = this.#clientCalls++
      this.#numbers.set(event.index, index)
    }
    return emit({ ...event, index })
  }

  #callsOwn({ toolCalls }: RunResult): boolean {
    return this.#input.hasTools && toolCalls.some(({ name }) => !this.#clients.has(name))
  }
}
