import type { Clock } from '../kernel/clock.js'
import type { GatewayError } from '../kernel/errors.js'
import type { ModelMessage, ResolvedModel, Usage } from '../models/types.js'
import type {
  AnswerFacts,
  Appended,
  Compaction,
  PendingEvent,
  RunEnd,
  Store,
  TranscriptAppend,
  TranscriptBody,
  TranscriptEntry,
} from '../storage/types.js'
import { compactionOf, isEntryOf, type Measured, measuredOf, noticeMessage } from './context/held.js'
import { mergeHistory } from './history.js'
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
  /** What the model counted at the end of the last turn. */
  readonly measured?: Measured | undefined
  /** Adds what happened on the way: an answer with calls, results. Resolves when it is on disk. */
  step(messages: readonly ModelMessage[], by: StepFacts): Promise<void>
  /** Adds messages that came meanwhile, each as the run that it came as. Resolves when they are on disk. */
  join(taken: readonly Steered[]): Promise<void>
  /**
   * Later prompts begin with the summary and this message, which must be a part of the prompt or of a step. Undefined
   * where nothing is kept.
   */
  readonly compact?: (compaction: Omit<Compaction, 'firstKept'>, firstKept: ModelMessage) => Promise<void>
  /** `message` is the last answer alone. Resolves when the turn is on disk. */
  finish(result: RunResult, message: ModelMessage, spent: Spent): Promise<void>
  fail(error: GatewayError, cut: CutOff): Promise<void>
  /** `error`: why, when nobody has asked for it. */
  abort(cut: CutOff, error: string | undefined): Promise<void>
}

/** What a turn has cost; `lastUsage` is that of its newest call. */
interface Spent {
  readonly usage: Usage | undefined
  readonly lastUsage: Usage | undefined
  readonly cost: number | undefined
  readonly contextTokens: number | undefined
}

/** What a turn had brought when it broke off. */
interface CutOff extends Spent {
  /** What the answer that broke off had said. */
  readonly stepText: string
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
  const [stored, events] = await Promise.all([
    readSession(store, sessionKey, conversation),
    store.systemEvents.of(sessionKey),
  ])
  const merged = mergeHistory(stored, conversation)
  const [first] = merged.fresh
  // Between a call and its result nothing can be told.
  const notice = first?.role === 'user' ? noticeOf(events) : undefined
  const offset = first ? Math.max(request.input.indexOf(first), 0) : request.input.length
  checkToolPairing(merged.known, request.input.slice(offset), offset)
  const entryOf = (of: string, ...bodies: TranscriptBody[]): TranscriptAppend => {
    return { sessionKey, agent, runId: of, at: clock.now(), bodies, ...(origin === 'heartbeat' && { quiet: true }) }
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
  const written: Promise<readonly Appended[]>[] = [started]
  const append = async (...bodies: TranscriptBody[]) => {
    const added = store.runs.append(entry(...bodies))
    written.push(added)
    await Promise.all([started, added])
  }
  const step: RunRecord['step'] = (messages, { usage }) => {
    const answered = { model: by.model.ref, usage, finish: 'tool_calls' }
    const bodies = messages.map((message): TranscriptBody => {
      return { kind: 'message', message, ...(message.role === 'assistant' && { by: answered }) }
    })
    return append(...bodies)
  }
  const join = async (taken: readonly Steered[]) => {
    const said = taken.map(({ run, message }) => saidBy({ runId: run.runId, message }))
    const guests = taken.flatMap(({ run, stays }) => (stays ? [] : [run.runId]))
    const added = store.runs.join(runId, said, guests)
    written.push(added)
    await Promise.all([started, added])
  }
  const compact: RunRecord['compact'] = async (compaction, firstKept) => {
    const added = (await Promise.all(written)).flat()
    // The same words may have been told before: the newest are meant.
    const place = [...stored, ...added.flatMap(({ entries }) => entries)].findLast((one) => isEntryOf(one, firstKept))
    if (!place) throw new Error('a summary must keep a message that is on disk')
    await append({ kind: 'compaction', ...compaction, firstKept: place.seq })
  }
  const end = async (status: RunEnd['status'], spent: Spent, said: Said | undefined, error?: string) => {
    const { model } = by
    const { usage, lastUsage, contextTokens, cost } = spent
    const last = said && entry(bodyOf(said, { model: model.ref, usage: lastUsage, finish: said.finish }))
    const facts = { id: runId, status, at: clock.now(), model: model.ref, usage, contextTokens, cost, error }
    await Promise.all([started, store.runs.end({ ...facts, ...(last && { append: last }) })])
  }
  const news = [...before.map(messageOf), ...merged.fresh, ...after.map(messageOf)]
  return {
    prompt: [...merged.known, ...(notice === undefined ? [] : [noticeMessage(notice)]), ...news],
    fresh: news,
    measured: merged.replaces ? undefined : measuredOf(stored, merged.known.length),
    step,
    join,
    compact,
    finish: ({ finish }, message, spent) => end('ok', spent, { message, finish }),
    fail: (error, cut) => end('error', cut, partial(cut.stepText, 'error'), error.code),
    abort: (cut, error) => end('aborted', cut, partial(cut.stepText, 'aborted'), error),
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

/** What the prompt is made of; all of it when the caller sends a history that may be older than the last summary. */
async function readSession(store: Store, key: string, input: readonly ModelMessage[]): Promise<TranscriptEntry[]> {
  const stored = await store.transcripts.current(key)
  const resent = compactionOf(stored) && input.some(({ role }) => role === 'assistant')
  return resent ? store.transcripts.sinceReset(key) : stored
}

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
