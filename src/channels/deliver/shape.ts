import type { OutboundMedia } from '../port.js'
import { type ChunkMode, chunkMarkdown } from './chunk.js'
import { takeMediaLines } from './media-lines.js'

export type ReplyToMode = 'off' | 'first' | 'all' | 'batched'

export interface ShapeRules {
  /** Longest message. */
  readonly limit: number
  readonly mode?: ChunkMode
  readonly prefix?: string | undefined
  readonly replyToMode: ReplyToMode
  /** The message that is answered. */
  readonly current?: string | undefined
  /** Its beginning was sent before. */
  readonly continues?: boolean
}

export interface Piece {
  readonly text: string
  readonly replyTo?: string
  readonly media?: readonly OutboundMedia[]
  /** As of an `Outbound`. */
  readonly textAnyway?: true
}

const quietWords = /^\s*(?:NO_REPLY|ANNOUNCE_SKIP|REPLY_SKIP)\s*$/i
const heartbeatWord = /^\s*HEARTBEAT_OK\b\s*|\s*\bHEARTBEAT_OK\s*$/g
const replyTag = /\[\[\s*reply_to(?:_current|:\s*([^\]\s]+))?\s*\]\]/gi

/** Sound files of the answer are voice messages. */
export const voiceTag = '[[audio_as_voice]]'
/** Answers, or the beginnings of answers, that are for nobody. */
const silent = ['NO_REPLY', 'ANNOUNCE_SKIP', 'REPLY_SKIP', 'HEARTBEAT_OK']

/** Whether an answer that begins like this may still be for nobody, or says nothing yet. */
export function maybeSilent(beginning: string): boolean {
  const text = beginning.trim().toUpperCase()
  return silent.some((word) => word.startsWith(text))
}

/** Whether nothing at all is sent of an answer: no words, and no file. */
export function saysNothing(answer: string): boolean {
  const words = shapeAnswer(answer, { limit: Number.MAX_SAFE_INTEGER, replyToMode: 'off' })
  return words.length === 0 && takeMediaLines(answer).files.length === 0
}

/** What is sent of the words of an answer: nothing for one that says so itself. */
export function shapeAnswer(answer: string, rules: ShapeRules): Piece[] {
  if (quietWords.test(answer)) return []
  let quoted: string | undefined
  const text = takeMediaLines(answer)
    .text.replace(replyTag, (_tag, id?: string) => {
      quoted = id ?? rules.current
      return ''
    })
    .replaceAll(voiceTag, '')
    .replace(heartbeatWord, '')
    .trim()
  if (text === '') return []
  // A fence opens only where a line begins.
  const space = /^(?:`{3,}|~{3,})/.test(text) ? '\n' : ' '
  const chunks = chunkMarkdown(rules.prefix ? `${rules.prefix}${space}${text}` : text, rules.limit, rules.mode)
  const every = rules.replyToMode === 'all'
  const quotes = every || (rules.replyToMode !== 'off' && !rules.continues)
  const wanted = quoted ?? (quotes ? rules.current : undefined)
  return chunks.map((chunk, index) => ({
    text: chunk,
    ...(wanted !== undefined && (index === 0 || every) && { replyTo: wanted }),
  }))
}
