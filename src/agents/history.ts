import type { ContentPart, ModelMessage } from '../models/types.js'
import type { TranscriptEntry } from '../storage/types.js'
import { paragraph } from './accumulate.js'
import { heldMessages } from './context/held.js'

export interface MergedHistory {
  /** What the transcript holds and the model still sees. */
  readonly known: readonly ModelMessage[]
  /** What follows it and is new. */
  readonly fresh: readonly ModelMessage[]
  /** True when the caller's own history replaces the stored one. */
  readonly replaces: boolean
}

/**
 * Joins what a session holds with what the caller sends (spec/http.md section 4). Clients send either the new message
 * alone or their whole history once more:
 * - where the end of the stored conversation is the beginning of the request, only the rest is new;
 * - a request without assistant messages is all new;
 * - a request with another history of its own is taken at its word and replaces the stored one.
 * `stored` may hold more than prompts do: what was summed up is recognised all the same.
 */
export function mergeHistory(stored: readonly TranscriptEntry[], input: readonly ModelMessage[]): MergedHistory {
  const held = heldMessages(stored)
  const overlap = longestOverlap(asCallersSee(stored), input)
  if (overlap === 0 && held.length > 0 && input.some((message) => message.role === 'assistant')) {
    return { known: [], fresh: input, replaces: true }
  }
  const known = closeOpenCalls(held, input[overlap])
  return { known, fresh: input.slice(overlap), replaces: false }
}

/**
 * The conversation without the gateway's own tool calls: all that was said in one turn is one answer, with the calls that
 * are the caller's.
 */
function asCallersSee(stored: readonly TranscriptEntry[]): ModelMessage[] {
  const seen: ModelMessage[] = []
  let answering: string | undefined
  for (const { runId, body } of stored) {
    if (body.kind !== 'message' || body.aborted) continue
    const { message, by } = body
    const last = seen.at(-1)
    if (answering !== runId || last?.role !== 'assistant') {
      seen.push(message)
      // From its first answer on, everything in a turn is the turn's answer.
      answering = by ? runId : undefined
    } else if (message.role === 'assistant') seen[seen.length - 1] = joined(last, message)
  }
  return seen
}

function joined(first: ModelMessage & { role: 'assistant' }, next: ModelMessage & { role: 'assistant' }): ModelMessage {
  const { toolCalls: _own, ...rest } = first
  const texts = [...first.content, ...next.content].map((part) => (part.type === 'text' ? part.text : ''))
  const said = texts.filter((one) => one !== '').join(paragraph)
  return {
    ...rest,
    ...(next.toolCalls && { toolCalls: next.toolCalls }),
    content: said === '' ? [] : [{ type: 'text', text: said }],
  }
}

/**
 * A caller may drop a tool call of an earlier turn and go on talking. The call then gets a result that says so, since
 * providers refuse a conversation with unanswered calls and the session would be stuck.
 */
function closeOpenCalls(held: readonly ModelMessage[], next: ModelMessage | undefined): readonly ModelMessage[] {
  const closed: ModelMessage[] = []
  let open: string[] = []
  for (const message of [...held, next]) {
    if (message?.role === 'tool') open = open.filter((id) => id !== message.toolCallId)
    else {
      for (const toolCallId of open) closed.push({ role: 'tool', toolCallId, content: noResult })
      open = message?.role === 'assistant' ? (message.toolCalls ?? []).map((call) => call.id) : []
    }
    if (message && message !== next) closed.push(message)
  }
  return closed
}

const noResult: readonly ContentPart[] = [{ type: 'text', text: '(no result)' }]

/** Longest k with: the last k stored messages are the first k of the request, and something new follows. */
function longestOverlap(held: readonly ModelMessage[], input: readonly ModelMessage[]): number {
  for (let length = Math.min(held.length, input.length - 1); length > 0; length -= 1) {
    // The stored conversation ends with the assistant; an overlap that does not is a coincidence.
    if (input[length - 1]?.role === 'user') continue
    const start = held.length - length
    if (input.slice(0, length).every((message, index) => sameMessage(message, held[start + index]))) return length
  }
  return 0
}

function sameMessage(a: ModelMessage, b: ModelMessage | undefined): boolean {
  if (a.role !== b?.role || text(a.content) !== text(b.content)) return false
  if (a.role === 'tool' && b.role === 'tool') return a.toolCallId === b.toolCallId
  if (a.role === 'assistant' && b.role === 'assistant') return callIds(a) === callIds(b)
  return true
}

function text(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : part.data)).join('\u0000')
}

function callIds(message: ModelMessage & { role: 'assistant' }): string {
  return (message.toolCalls ?? []).map((call) => call.id).join()
}
