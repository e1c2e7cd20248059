import type { Answer } from '../_answer.js'
import { asList, asRecord, asText, type Json, parseJson } from '../_json.js'

/** Calls in one answer; more is a model in a loop. */
const MAX_CALLS = 256

interface Piece {
  readonly index: number | undefined
  readonly id: string | undefined
  readonly name: string | undefined
  readonly delta: string
}

interface Call {
  readonly position: number
  /** Index and id as the upstream gave them; undefined when it did not. */
  readonly index: number | undefined
  readonly upstreamId: string | undefined
  id: string
  name: string
  arguments: string
  announced: boolean
}

/**
 * Puts the pieces of tool calls together. The OpenAI API sends index, id and name once and then argument pieces by
 * index. Others leave out the index or the id, repeat id and name in every piece, use index 0 for every call, send the
 * arguments as an object, or whole calls at once. So a piece belongs to the call with its id, else its index, else to
 * the last one, unless it plainly begins another: see `begins`.
 */
export class ToolCalls {
  readonly #answer: Answer
  readonly #makeId: () => string
  readonly #calls: Call[] = []
  /** How many were given out. */
  #announced = 0

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#makeId = makeId
  }

  /** Reads `tool_calls` of a delta or message. */
  read(entries: unknown): void {
    let previous: Call | undefined
    for (const entry of asList(entries)) {
      const piece = asRecord(entry)
      if (piece) previous = this.#piece(piece, previous)
    }
  }

  /** Reads the older `function_call`, of which there is at most one. */
  readLegacy(call: unknown): void {
    if (asRecord(call)) this.read([{ function: call }])
  }

  /** True when a call never got a name: nobody could run it. */
  get malformed(): boolean {
    return this.#announced < this.#calls.length
  }

  /** `previous` is the call of the entry before in the same list: whole calls in one list are different ones. */
  #piece(piece: Json, previous: Call | undefined): Call | undefined {
    const fields = asRecord(piece.function) ?? piece
    const id = asText(piece.id)
    const name = asText(fields.name)
    const delta = argumentText(fields.arguments)
    const index = typeof piece.index === 'number' ? piece.index : undefined
    const call = this.#find({ index, id, name, delta }, previous) ?? this.#open(index, id)
    if (!call) return undefined
    call.name ||= name ?? ''
    call.arguments += delta
    if (!call.announced) this.#announce()
    else if (delta !== '') this.#answer.toolCall(call.position, call.id, call.name, delta)
    return call
  }

  /** Gives out calls whose name is known, in their order. */
  #announce(): void {
    for (let call = this.#calls[this.#announced]; call?.name; call = this.#calls[++this.#announced]) {
      call.announced = true
      this.#answer.toolCall(call.position, call.id, call.name, call.arguments)
    }
  }

  #find(piece: Piece, previous: Call | undefined): Call | undefined {
    const { index, id } = piece
    const byId = id === undefined ? undefined : this.#calls.findLast((call) => call.upstreamId === id)
    const byIndex = index === undefined ? undefined : this.#calls.findLast((call) => call.index === index)
    if (index !== undefined && byId?.index !== index) return unlessBegun(byIndex, piece, previous)
    if (byId) return unlessBegun(byId, piece, previous)
    const last = index === undefined ? this.#calls.at(-1) : byIndex
    const foreignId = index === undefined && id !== undefined && last?.upstreamId !== undefined
    return foreignId ? undefined : unlessBegun(last, piece, previous)
  }

  #open(index: number | undefined, upstreamId: string | undefined): Call | undefined {
    if (this.#calls.length >= MAX_CALLS) return undefined
    const taken = upstreamId === undefined || this.#calls.some((call) => call.id === upstreamId)
    const call: Call = {
      position: this.#calls.length,
      index,
      upstreamId,
      id: taken ? this.#makeId() : upstreamId,
      name: '',
      arguments: '',
      announced: false,
    }
    this.#calls.push(call)
    return call
  }
}

function unlessBegun(call: Call | undefined, piece: Piece, previous: Call | undefined): Call | undefined {
  return call && begins(call, piece, previous) ? undefined : call
}

/** Whether the piece, though it looks like one of `call`, is the start of another call. */
function begins(call: Call, { id, name, delta }: Piece, previous: Call | undefined): boolean {
  if (name === undefined || call.name === '') return false
  if (name !== call.name || call === previous) return true
  if (id !== undefined && call.upstreamId !== undefined && id !== call.upstreamId) return true
  return delta !== '' && isComplete(call)
}

function isComplete(call: Call): boolean {
  return call.arguments !== '' && parseJson(call.arguments) !== undefined
}

function argumentText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
