import { createHash } from 'node:crypto'
import type { InboxRow } from '../storage/types.js'
import { blockText } from './deliver/blocks.js'
import type { Shown } from './deliver/preview.js'

/** How much of its answer a run has said in blocks. */
export interface Told {
  readonly runId: string
  /** Of all that the run says. */
  readonly chars: number
  /** The end of that, as far as the model said it without working in between. */
  readonly stretch: { readonly chars: number; readonly hash: string }
}

/** What a chat shows of an answer that is not complete. It is kept on disk with the message that is answered. */
export interface Trace {
  /** A message that grows. */
  readonly shown?: Shown | undefined
  readonly told?: Told | undefined
}

/** What an earlier start has left in the chat. */
export function traceOf({ preview }: InboxRow): Trace {
  if (preview === undefined) return {}
  const { told, id, replyTo }: Partial<Shown> & Trace = JSON.parse(preview)
  return {
    ...(id !== undefined && { shown: { id, ...(replyTo !== undefined && { replyTo }) } }),
    ...(told && { told }),
  }
}

export const traceText = ({ shown, told }: Trace) => JSON.stringify({ ...shown, ...(told && { told }) })

export function toldOf(runId: string, chars: number, stretch: string): Told {
  return { runId, chars, stretch: { chars: stretch.length, hash: hashOf(stretch) } }
}

/** What is left to say of all that a run has said. */
export function restOf(text: string, runId: string, told: Told | undefined): string {
  return told?.runId === runId ? blockText(text, told.chars) : text
}

/** The same after a restart, of what the model said last: what it said before it worked is not in it. */
export function restOfLast(text: string, runId: string, told: Told | undefined): string {
  if (told?.runId !== runId) return text
  const { chars, hash } = told.stretch
  return hashOf(text.slice(0, chars)) === hash ? blockText(text, chars) : text
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')
