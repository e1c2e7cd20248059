import { GatewayError } from '../kernel/errors.js'
import type { StopSignal } from '../kernel/stop.js'
import type { ModelMessage, ModelTool, ToolCall } from '../models/types.js'
import { callTools } from './call-tools.js'
import type { LateMessages } from './late.js'
import { Repeats } from './repeats.js'
import type { TurnTools } from './turn-tools.js'
import type { RunEmit, RunResult } from './types.js'

/** Model calls of one turn. The last one may call no tool, so that the turn ends with an answer. */
export const maxModelCalls = 64

export interface LoopInput {
  readonly prompt: readonly ModelMessage[]
  /**
   * One model call. `last`: it may call no tool. May put less in the place of the older messages. Throws what ends the
   * turn early.
   */
  readonly ask: (messages: ModelMessage[], last: boolean) => Promise<RunResult>
  /** What the model has said in the call that just ended, without what it said before. */
  readonly stepText: () => string
  readonly tools: TurnTools | undefined
  /** The caller's own tools: a call of one of them ends the turn, and the caller runs it. */
  readonly clientTools: readonly ModelTool[]
  readonly signal: StopSignal
  readonly emit: RunEmit
  /** Resolves when the messages are on disk. */
  readonly record: (messages: readonly ModelMessage[]) => Promise<void>
  readonly late: LateMessages
  /** False: a model that repeats itself is left alone. */
  readonly watchRepeats: boolean
  /** Blanks secret values in what tools bring. */
  readonly redact?: ((text: string) => string) | undefined
  /** Stops the turn's time limit while a person is asked; gives what lets it run on. */
  readonly holdClock?: (() => () => void) | undefined
}

export interface LoopEnd {
  /** `text` is all that was said on the way, `toolCalls` those that the caller must run. */
  readonly result: RunResult
  /** What ends the transcript of the turn: the last answer alone. */
  readonly message: ModelMessage
  /** What was recorded on the way to it. */
  readonly steps: readonly ModelMessage[]
}

/**
 * A turn: the model is asked, its tool calls are run, it is asked again with what came of them, until it answers in words
 * or calls a tool of the caller. Everything is recorded as it happens. Knows no file, no config and no door.
 */
export async function runLoop(input: LoopInput): Promise<LoopEnd> {
  const { prompt, ask, stepText, tools, clientTools, signal, emit, record, watchRepeats } = input
  const { redact, holdClock } = input
  const clients = new Set(clientTools.map(({ name }) => name))
  const repeats = watchRepeats ? new Repeats() : undefined
  const messages = [...prompt]
  const steps: ModelMessage[] = []
  const ended = (result: RunResult, message: ModelMessage): LoopEnd => ({ result, message, steps })
  const keep = async (fresh: readonly ModelMessage[]) => {
    messages.push(...fresh)
    steps.push(...fresh)
    await record(fresh)
  }
  const late: LateMessages = {
    ...input.late,
    keep(taken) {
      const said = taken.map(({ message }) => message)
      messages.push(...said)
      steps.push(...said)
      return input.late.keep(taken)
    },
  }
  for (let asked = 1; ; asked += 1) {
    const before = messages.length
    const step = await ask(messages, asked >= maxModelCalls)
    if (messages.length < before) repeats?.compacted()
    const own = tools ? step.toolCalls.filter(({ name }) => !clients.has(name)) : []
    if (!tools || own.length === 0) {
      const more = step.toolCalls.length === 0 && asked < maxModelCalls ? late.take(true) : []
      if (more.length === 0) return ended(step, answerOf(step, stepText(), step.toolCalls))
      await Promise.all([keep([answerOf(step, stepText(), [])]), late.keep(more)])
    } else {
      if (asked >= maxModelCalls) throw new GatewayError('run_limit')
      // On disk before anything is done: after a crash the transcript shows what was being attempted.
      await keep([answerOf(step, stepText(), own)])
      const theirs = step.toolCalls.filter(({ name }) => clients.has(name))
      await callTools({ calls: own, tools, signal, emit, record: keep, late, repeats, redact, holdClock })
      if (theirs.length > 0) return ended({ ...step, toolCalls: theirs }, answerOf(step, '', theirs))
    }
    signal.throwIfAborted()
  }
}

/** An answer of the model as the conversation keeps it, with some of its calls. */
export function answerOf(step: RunResult, text: string, calls: readonly ToolCall[]): ModelMessage {
  const { refusal, replay } = step
  return {
    role: 'assistant',
    content: text === '' ? [] : [{ type: 'text', text }],
    ...(calls.length > 0 && { toolCalls: calls }),
    // What an API wants to see again belongs to the answer as it was, with all its calls.
    ...(replay && calls.length === step.toolCalls.length && { replay }),
    ...(refusal !== null && { refusal }),
  }
}
