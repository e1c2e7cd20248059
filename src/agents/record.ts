import type { Clock } from '../kernel/clock.js'
import type { GatewayError } from '../kernel/errors.js'
import { costOf } from '../models/price.js'
import type { ModelMessage, ResolvedModel, Usage } from '../models/types.js'
import type { AnswerFacts, PendingEvent, RunEnd, Store, TranscriptAppend, TranscriptBody } from '../storage/types.js'
import { mergeHistory, noticeMessage } from './history.js'
import type { Steered } from './live-runs.js'
import { answerOf } from './loop.js'
import { checkToolPairing } from './tool-pairing.js'
import type { Gathered, RunRequest, RunResult, SaidByRun } from './types.js'

/** The durable side of one turn. */
export interface RunRecord {
  /** What the model sees, without system messages. */
  readonly prompt: readonly ModelMessage[]
  /** Those of them that are new to the session. */
  readonly fresh: readonly ModelMessage[]
  /** Adds what happened on the way: an answer with calls, results. Resolves when it is on disk. */
  step(messages: readonly ModelMessage[], by: StepFacts): Promise<void>
  /** Adds messages that came meanwhile, each as the run that it came as. Resolves when they are on disk. */
  join(taken: readonly Steered[]): Promise<void>
  /** `message` is the last answer alone. Resolves when the turn is on disk. */
  finish(result: RunResult, message: ModelMessage, last: Usage | undefined): Promise<void>
  fail(error: GatewayError, cut: CutOff): Promise<void>
  abort(cut: CutOff): Promise<void>
}

/** What a turn had brought when it broke off. */
interface CutOff {
  /** What the answer that broke off had said. */
  readonly stepText: string
  readonly usage: Usage | undefined
}

/** What an answer on the way had cost. */
export interface StepFacts {
  readonly usage: Usage | undefined
}

const isConversation = (message: ModelMessage) => message.role !== 'system' && message.role !== 'developer'

/**
 * Reads the session of a request and records the start of its turn. Throws `invalid_request`, with nothing written,
 * when tool results and tool calls do not pair.
 */
export async function openRecord(
  store: Store,
  clock: Clock,
  runId: string,
  /** Its model is the one that answers, which may become another until the end. */
  by: { readonly model: ResolvedModel },
  request: RunRequest,
  sessionKey: string,
  { before, after, joins }: Gathered = alone,
): Promise<RunRecord> {
  const conversation = request.input.filter(isConversation)
  const { agent, origin } = request
  const [stored, events] = await Promise.all([store.transcripts.current(sessionKey), store.systemEvents.of(sessionKey)])
  const merged = mergeHistory(stored, conversation)
  const [first] = merged.fresh
  // Between a call and its result nothing can be told.
  const notice = first?.role === 'user' ? noticeOf(events) : undefined
  const offset = first ? Math.max(request.input.indexOf(first), 0) : request.input.length
  checkToolPairing(merged.known, request.input.slice(offset), offset)
  const entryOf = (of: string, ...bodies: TranscriptBody[]): TranscriptAppend => {
    return { sessionKey, agent, runId: of, at: clock.now(), bodies }
  }
  const entry = (...bodies: TranscriptBody[]) => entryOf(runId, ...bodies)
  const saidBy = ({ runId: of, message }: SaidByRun) => entryOf(of, { kind: 'message', message })
  const fresh = merged.fresh.map((message): TranscriptBody => ({ kind: 'message', message }))
  if (notice !== undefined) fresh.unshift({ kind: 'notice', text: notice })
  if (merged.replaces) fresh.unshift({ kind: 'reset', reason: 'the caller sent another history' })
  // Not awaited: the write is ordered before the end of the run, whose acknowledgement covers both.
  const started = store.runs.start(
    { id: runId, sessionKey, agent, origin, model: by.model.ref, at: clock.now() },
    [...before.map(saidBy), entry(...fresh), ...after.map(saidBy)],
    notice === undefined ? undefined : events.at(-1)?.id,
    joins,
  )
  started.catch(() => {})
  const step = async (messages: readonly ModelMessage[], { usage }: StepFacts) => {
    const answered = { model: by.model.ref, usage, finish: 'tool_calls' }
    const bodies = messages.map((message): TranscriptBody => {
      return { kind: 'message', message, ...(message.role === 'assistant' && { by: answered }) }
    })
    await Promise.all([started, store.runs.append(entry(...bodies))])
  }
  const join = async (taken: readonly Steered[]) => {
    const said = taken.map(({ run, message }) => saidBy({ runId: run.runId, message }))
    const guests = taken.flatMap(({ run, stays }) => (stays ? [] : [run.runId]))
    await Promise.all([started, store.runs.join(runId, said, guests)])
  }
  const end = async (
    status: RunEnd['status'],
    usage: Usage | undefined,
    said: Said | undefined,
    { error, last = usage }: { readonly error?: string; readonly last?: Usage | undefined } = {},
  ) => {
    const { model } = by
    const append = said && entry(bodyOf(said, { model: model.ref, usage, finish: said.finish }))
    const cost = costOf(model.price, usage)
    await Promise.all([
      started,
      store.runs.end({
        id: runId,
        status,
        at: clock.now(),
        model: model.ref,
        usage,
        contextTokens: last && last.input + last.output,
        cost,
        error,
        ...(append && { append }),
      }),
    ])
  }
  const news = [...before.map(messageOf), ...merged.fresh, ...after.map(messageOf)]
  return {
    prompt: [...merged.known, ...(notice === undefined ? [] : [noticeMessage(notice)]), ...news],
    fresh: news,
    step,
    join,
    finish: (result, message, last) => end('ok', result.usage, { message, finish: result.finish }, { last }),
    fail: (error, { stepText, usage }) => end('error', usage, partial(stepText, 'error'), { error: error.code }),
    abort: ({ stepText, usage }) => end('aborted', usage, partial(stepText, 'aborted')),
  }
}

const alone: Gathered = { before: [], after: [], joins: [] }
const messageOf = ({ message }: SaidByRun) => message

/** What waits to be told, a line each (spec/runtime.md 6.1). */
function noticeOf(events: readonly PendingEvent[]): string | undefined {
  if (events.length === 0) return undefined
  // A text of several lines must not look like several events.
  return events.map(({ text, at }) => `System: [${minuteOf(at)}] ${text.replaceAll('\n', '\n  ')}`).join('\n')
}

const minuteOf = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** What the model said, and how it came to an end. */
interface Said {
  readonly message: ModelMessage
  readonly finish: string
  readonly aborted?: true
}

/** The record of a turn without a session: it remembers nothing. Throws as `openRecord` does. */
export function passingRecord({ input }: RunRequest): RunRecord {
  checkToolPairing([], input, 0)
  const conversation = input.filter(isConversation)
  return { prompt: conversation, fresh: conversation, step: done, join: done, finish: done, fail: done, abort: done }
}

const done = async () => {}

/** All that the model said in a turn, as one message. */
export function answerMessage(result: RunResult): ModelMessage {
  return answerOf(result, result.text, result.toolCalls)
}

function bodyOf({ message, aborted }: Said, by: AnswerFacts): TranscriptBody {
  return { kind: 'message', message, ...(aborted && { aborted }), by }
}

/** Partial text stays readable in the transcript and is left out of later prompts. */
function partial(text: string, finish: string): Said | undefined {
  if (text === '') return undefined
  return { message: { role: 'assistant', content: [{ type: 'text', text }] }, finish, aborted: true }
}
