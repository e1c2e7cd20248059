import { chunkMarkdown } from './chunk.js'

export type ReplyToMode = 'off' | 'first' | 'all' | 'batched'

export interface ShapeRules {
  /** Longest message. */
  readonly limit: number
  readonly prefix?: string | undefined
  readonly replyToMode: ReplyToMode
  /** The message that is answered. */
  readonly current?: string | undefined
}

export interface Piece {
  readonly text: string
  readonly replyTo?: string
}

const quietWords = /^\s*(?:NO_REPLY|ANNOUNCE_SKIP|REPLY_SKIP)\s*$/i
const heartbeatWord = /^\s*HEARTBEAT_OK\b\s*|\s*\bHEARTBEAT_OK\s*$/g
const replyTag = /\[\[\s*reply_to(?:_current|:\s*([^\]\s]+))?\s*\]\]/gi

/** Answers, or the beginnings of answers, that are for nobody. */
const silent = ['NO_REPLY', 'ANNOUNCE_SKIP', 'REPLY_SKIP', 'HEARTBEAT_OK']

/** Whether an answer that begins like this may still be for nobody, or says nothing yet. */
export function maybeSilent(beginning: string): boolean {
  const text = beginning.trim().toUpperCase()
  return silent.some((word) => word.startsWith(text))
}

/** What is sent of an answer: nothing for one that says so itself. */
export function shapeAnswer(answer: string, rules: ShapeRules): Piece[] {
  if (quietWords.test(answer)) return []
  let quoted: string | undefined
  const text = answer
    .replace(replyTag, (_tag, id?: string) => {
      quoted = id ?? rules.current
      return ''
    })
    .replaceAll('[[audio_as_voice]]', '')
    .replace(heartbeatWord, '')
    .trim()
  if (text === '') return []
  const chunks = chunkMarkdown(rules.prefix ? `${rules.prefix} ${text}` : text, rules.limit)
  const wanted = quoted ?? (rules.replyToMode === 'off' ? undefined : rules.current)
  const every = rules.replyToMode === 'all'
  return chunks.map((chunk, index) => ({
    text: chunk,
    ...(wanted !== undefined && (index === 0 || every) && { replyTo: wanted }),
  }))
}
