import type { InboxRow } from '../storage/types.js'
import type { Inbound } from './port.js'

/** What one turn answers: a message, or those of a burst, oldest first. Rows that share a run belong together. */
export interface Batch {
  readonly rows: readonly InboxRow[]
  /** The newest row: the run, its tries and the preview are those of this one. */
  readonly head: InboxRow
  /** All that was said, as one message with the id of the newest. */
  readonly message: Inbound
}

/** Undefined for no rows at all. */
export function batchOf(parts: readonly { readonly row: InboxRow; readonly message: Inbound }[]): Batch | undefined {
  const newest = parts.at(-1)
  if (!newest) return undefined
  const rows = parts.map(({ row }) => row)
  if (parts.length === 1) return { rows, head: newest.row, message: newest.message }
  const replyTo = parts.findLast(({ message }) => message.replyTo)?.message.replyTo
  const message: Inbound = {
    ...newest.message,
    text: parts.map(({ message: { text } }) => text).join('\n'),
    // Whose words are whose is not known any more when they stand together.
    ...(parts.some(({ message: { forwarded } }) => forwarded) && { forwarded: true as const }),
    mentioned: parts.some(({ message: { mentioned } }) => mentioned === true),
    ...(replyTo && { replyTo }),
  }
  return { rows, head: newest.row, message }
}

/** Open rows as they are to be answered, in order: those that an earlier start had put together stay together. */
export function batchesOf(rows: readonly InboxRow[]): Batch[] {
  const byRun = new Map<string, InboxRow[]>()
  for (const row of rows) byRun.set(row.runId, [...(byRun.get(row.runId) ?? []), row])
  return [...byRun.values()].flatMap((of) => batchOf(of.map((row) => ({ row, message: JSON.parse(row.body) }))) ?? [])
}
