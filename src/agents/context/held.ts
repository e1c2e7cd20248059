import type { ModelMessage } from '../../models/types.js'
import type { Compaction, TranscriptEntry } from '../../storage/types.js'

/** Marks the message that the gateway made: a user may begin with the same words. No provider and no file sees it. */
const isSummary = Symbol('summary')

type Marked = ModelMessage & { readonly [isSummary]?: true }

const head = 'Summary of the conversation so far. What is older than the next message was left out for it:\n\n'

/** What stands in a prompt for the messages that were summed up. It is no order: its words came from anywhere. */
export function summaryMessage(summary: string): ModelMessage {
  const message: Marked = { role: 'user', content: [{ type: 'text', text: head + summary }], [isSummary]: true }
  return message
}

/** What the gateway tells the agent, as the model sees it. */
export function noticeMessage(text: string): ModelMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** True for the entry that the message of a prompt stands for. */
export function isEntryOf({ body }: TranscriptEntry, message: ModelMessage): boolean {
  if (body.kind === 'message') return body.message === message
  const [part] = message.content
  return body.kind === 'notice' && message.role === 'user' && part?.type === 'text' && part.text === body.text
}

/** The summary that a prompt begins with; undefined for any other message. */
export function summaryOf(message: ModelMessage): string | undefined {
  const [part] = message.content
  return (message as Marked)[isSummary] && part?.type === 'text' ? part.text.slice(head.length) : undefined
}

/** The newest compaction of these entries. */
export function compactionOf(stored: readonly TranscriptEntry[]): (Compaction & { readonly seq: number }) | undefined {
  const entry = stored.findLast(({ body }) => body.kind === 'compaction')
  return entry?.body.kind === 'compaction' ? { ...entry.body, seq: entry.seq } : undefined
}

/** The stored conversation as prompts hold it. */
export function heldMessages(stored: readonly TranscriptEntry[]): ModelMessage[] {
  const compaction = compactionOf(stored)
  const first = compaction?.firstKept ?? 0
  const messages = stored.flatMap(({ seq, body }) => {
    if (seq < first) return []
    if (body.kind === 'notice') return [noticeMessage(body.text)]
    return body.kind === 'message' && !body.aborted && !body.command ? [body.message] : []
  })
  return compaction && compaction.summary !== '' ? [summaryMessage(compaction.summary), ...messages] : messages
}

/** Tokens of a prompt as its model counted them. */
export interface Measured {
  readonly tokens: number
  /** The messages of the conversation that they cover, from the first. */
  readonly messages: number
}

/** What the model counted when it gave the last answer; undefined when the conversation has changed since. */
export function measuredOf(stored: readonly TranscriptEntry[], messages: number): Measured | undefined {
  const last = stored.findLast(
    ({ body }) => body.kind !== 'nothing' && (body.kind !== 'message' || (!body.aborted && !body.command)),
  )
  const usage = last?.body.kind === 'message' ? last.body.by?.usage : undefined
  const compaction = compactionOf(stored)
  // An answer of the turn in which the summary was made has seen it, or has not: it stands before it then.
  if (!usage || (compaction && last && last.seq < compaction.seq)) return undefined
  return { tokens: usage.input + usage.output, messages }
}
