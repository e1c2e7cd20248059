import type { ProgramOutput } from '../../models/program-types.js'
import type { Usage } from '../../models/types.js'
import { asList, asRecord, asText, type Json, parseJson } from '../_json.js'
import { NdjsonParser } from '../_ndjson.js'
import { usageOf } from './usage.js'

/** Bytes of an answer that comes in one piece, and characters of text that are kept of one that comes in lines. */
const MAX_OUTPUT = 8 * 1024 * 1024

/** What a program has said in the end. */
export interface Said {
  readonly text: string | undefined
  readonly sessionId: string | undefined
  readonly usage: Usage | undefined
  /** What it complained of, when that is all it said. */
  readonly error: string | undefined
}

/** Reads the output of a program. Nothing that is in it is trusted: a field of the wrong type is as good as absent. */
export class OutputReader {
  readonly #idFields: readonly string[]
  readonly #lines: NdjsonParser | undefined
  readonly #form: ProgramOutput
  #chunks: Buffer[] = []
  #size = 0
  #text: string | undefined
  #partial = ''
  #sessionId: string | undefined
  #usage: Usage | undefined
  #complaint: string | undefined
  #fatal: string | undefined

  constructor(form: ProgramOutput, idFields: readonly string[]) {
    this.#form = form
    this.#idFields = idFields
    if (form === 'jsonl') this.#lines = new NdjsonParser((line) => this.#record(asRecord(parseJson(line))))
  }

  /** Throws `RangeError` when it is too much. */
  push(chunk: Buffer): void {
    if (this.#lines) {
      this.#lines.push(chunk)
      return
    }
    this.#size += chunk.length
    if (this.#size > MAX_OUTPUT) throw new RangeError('too much output')
    this.#chunks.push(chunk)
  }

  /** To be called once, when no more comes. */
  end(): Said {
    const whole = Buffer.concat(this.#chunks).toString('utf8').trim()
    if (this.#form === 'text') this.#text = whole
    if (this.#form === 'json') for (const record of recordsOf(whole)) this.#record(record)
    this.#lines?.end()
    const text = (this.#text ?? this.#partial).trim()
    const error = this.#fatal ?? (text === '' ? this.#complaint : undefined)
    return {
      text: error !== undefined || text === '' ? undefined : text,
      sessionId: this.#sessionId,
      usage: this.#usage,
      error,
    }
  }

  #record(record: Json | undefined): void {
    if (!record) return
    for (const field of this.#idFields) {
      const id = asText(record[field])
      if (id !== undefined && idPattern.test(id)) this.#sessionId = id
    }
    this.#usage = usageOf(record) ?? this.#usage
    const said = textOf(record)
    if (record.is_error === true || record.type === 'turn.failed') {
      this.#fatal = said ?? asText(record.subtype) ?? complaintOf(record) ?? 'it says that it failed'
    } else if (record.type === 'error' || record.error) this.#complaint = complaintOf(record) ?? this.#complaint
    else if (said !== undefined && isAnswer(record)) this.#take(said, record.delta === true)
  }

  #take(text: string, piece: boolean): void {
    const kept = piece ? this.#partial + text : text
    if (kept.length > MAX_OUTPUT) throw new RangeError('too much output')
    if (piece) this.#partial = kept
    else this.#text = kept
  }
}

/** An id goes back into an argument list: it must not look like an option. */
const idPattern = /^[A-Za-z0-9][\w.:-]{0,199}$/

/** One object, a list of them, or the last line that is one, after whatever was printed before it. */
function recordsOf(text: string): Json[] {
  const parsed = parseJson(text)
  if (Array.isArray(parsed)) return parsed.map(asRecord).filter((item) => item !== undefined)
  const lines = text.split('\n').reverse()
  const record = asRecord(parsed) ?? lines.map((line) => asRecord(parseJson(line))).find((found) => found !== undefined)
  return record ? [record] : []
}

/** False for what is no answer: the program's own words about its work, and what it was told. */
function isAnswer({ type, role, item }: Json): boolean {
  const kind = asText(asRecord(item)?.type)
  if (kind !== undefined) return /message/.test(kind)
  return role !== 'user' && role !== 'system' && !/^(?:system|user|stream_event|tool|init|thinking)/.test(String(type))
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  const record = asRecord(value)
  if (!record) return partsOf(asList(value))
  for (const field of ['result', 'response', 'text', 'output_text', 'content', 'message', 'output', 'item']) {
    const text = textOf(record[field])
    if (text !== undefined) return text
  }
  return undefined
}

function partsOf(parts: readonly unknown[]): string | undefined {
  const texts = parts.flatMap((part) => {
    const record = asRecord(part)
    return record?.type === undefined || /text/.test(String(record.type)) ? (textOf(part) ?? []) : []
  })
  return texts.length === 0 ? undefined : texts.join('')
}

function complaintOf(record: Json): string | undefined {
  const error = asRecord(record.error)
  return asText(record.error) ?? asText(error?.message) ?? asText(record.message)
}
