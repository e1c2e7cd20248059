import { GatewayError } from '../kernel/errors.js'
import { abortSignalOf, type StopSignal } from '../kernel/stop.js'
import type { ContentPart, ModelMessage, ToolCall } from '../models/types.js'
import type { ToolResult } from '../tools/_types.js'
import { ApprovalWait } from './approval-wait.js'
import type { LateMessages } from './late.js'
import { redacted } from './redact-result.js'
import type { Repeats } from './repeats.js'
import type { TurnTools } from './turn-tools.js'
import type { RunEmit } from './types.js'

/** Read-only calls that run at the same time. */
const maxParallel = 8

export interface CallToolsInput {
  readonly calls: readonly ToolCall[]
  readonly tools: TurnTools
  readonly signal: StopSignal
  readonly emit: RunEmit
  /** Resolves when the messages are on disk. */
  readonly record: (messages: readonly ModelMessage[]) => Promise<void>
  readonly late: LateMessages
  readonly repeats: Repeats | undefined
  readonly redact: ((text: string) => string) | undefined
  /** See `LoopInput`. */
  readonly holdClock: (() => () => void) | undefined
}

/**
 * Runs the calls of one answer in their order, read-only ones that follow each other side by side, and records each
 * result. A message that comes meanwhile goes before what has not begun. Throws when the turn is called off, or when the
 * model does not stop repeating itself.
 */
export async function callTools(input: CallToolsInput): Promise<void> {
  const { calls, signal, record, late } = input
  // Tools take a real AbortSignal; one for all of them.
  const abort = abortSignalOf(signal)
  let skips = false
  for (const batch of batches(calls, input.tools)) {
    signal.throwIfAborted()
    skips ||= late.waits()
    const results = await Promise.all(
      batch.map((call) => (skips ? skipped(call, input.emit, input.tools) : callOne(call, abort, input))),
    )
    await record(results.map(({ message }) => message))
    const over = results.find(({ end }) => end)
    if (over?.end) throw over.end
  }
  signal.throwIfAborted()
  const taken = late.take(false)
  if (taken.length > 0) await late.keep(taken)
}

interface Called {
  readonly message: ModelMessage
  /** Ends the turn. */
  readonly end?: GatewayError
}

function batches(calls: readonly ToolCall[], tools: TurnTools): ToolCall[][] {
  const all: ToolCall[][] = []
  let open: ToolCall[] | undefined
  for (const call of calls) {
    if (!tools.isReadOnly(call)) {
      all.push([call])
      open = undefined
    } else if (open && open.length < maxParallel) open.push(call)
    else {
      open = [call]
      all.push(open)
    }
  }
  return all
}

async function callOne(call: ToolCall, abort: AbortSignal, input: CallToolsInput): Promise<Called> {
  const { tools, emit, repeats, redact } = input
  const { name, args } = tools.shown(call)
  const verdict = repeats?.judge(call) ?? 'fine'
  await emit({ type: 'tool_start', callId: call.id, name, args })
  if (verdict !== 'fine') {
    repeats?.refused(call)
    const result = failure('This call was not run: it was made many times with the same result. Do something else.')
    const message = await told(call, name, result, 0, emit)
    return { message, ...(verdict === 'stop' && { end: new GatewayError('tool_loop') }) }
  }
  const wait = new ApprovalWait(input.holdClock)
  const progress = (partial: ToolResult) => {
    wait.heard(partial)
    void emit({ type: 'tool_update', callId: call.id, name, partial: redacted(partial, redact) })
  }
  const ran = await tools.run(call, abort, progress)
  wait.over()
  const result = redacted(ran.result, redact)
  const { hint, stop } = repeats?.note(call, result.content) ?? {}
  const content = hint === undefined ? result.content : [...result.content, { type: 'text' as const, text: hint }]
  const message = await told(call, name, { ...result, content }, ran.durationMs, emit)
  return { message, ...(stop && { end: new GatewayError('tool_loop') }) }
}

/** The model asked for it before it heard of the message that has come. */
async function skipped(call: ToolCall, emit: RunEmit, tools: TurnTools): Promise<Called> {
  const { name, args } = tools.shown(call)
  await emit({ type: 'tool_start', callId: call.id, name, args })
  const result = failure('Skipped: a new message of the user came first. Read it, then call again if it still fits.')
  return { message: await told(call, name, result, 0, emit) }
}

async function told(
  call: ToolCall,
  name: string,
  result: ToolResult,
  durationMs: number,
  emit: RunEmit,
): Promise<ModelMessage> {
  await emit({ type: 'tool_result', callId: call.id, name, result, durationMs })
  return { role: 'tool', toolCallId: call.id, content: saidSomething(result.content) ? result.content : nothing }
}

const failure = (text: string): ToolResult => ({ content: [{ type: 'text', text }], isError: true })
/** Some APIs refuse an empty result. */
const nothing: readonly ContentPart[] = [{ type: 'text', text: '(no output)' }]
const saidSomething = (content: readonly ContentPart[]) =>
  content.some((part) => part.type !== 'text' || part.text !== '')
