import type { FinishReason, Usage } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import type { AnswerReader, Word } from '../_call/wire.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
])
/** The model tried to call a function and wrote nonsense: worth another try. */
const broken = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MISSING_THOUGHT_SIGNATURE'])

/** Reads generateContent responses, of which a stream is a sequence, into an answer. */
export class ContentReader implements AnswerReader {
  readonly #answer: Answer
  readonly #makeId: () => string
  readonly #ids = new Set<string>()
  /** What signs each call, by its number; empty where nothing does. */
  readonly #signatures: string[] = []
  #nameless = false

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#makeId = makeId
  }

  flaw(): string | undefined {
    return this.#nameless ? 'a tool call without a name' : undefined
  }

  event(data: string): Word | undefined {
    if (data === '[DONE]') return 'end'
    const reply = asRecord(JSON.parse(data))
    return reply && this.#read(reply)
  }

  whole(reply: Json): Word | undefined {
    if (!reply.error && !Array.isArray(reply.candidates) && !reply.promptFeedback) return undefined
    return this.#read(reply) ?? 'end'
  }

  #read(reply: Json): Word | undefined {
    if (reply.error) return { error: reply.error }
    const usage = readUsage(asRecord(reply.usageMetadata))
    if (usage) this.#answer.setUsage(usage)
    const candidate = asRecord(asList(reply.candidates)[0])
    const blocked = asText(asRecord(reply.promptFeedback)?.blockReason)
    if (blocked && !candidate)
      return { error: { code: 400, message: `the prompt was blocked by the content filter: ${blocked}` } }
    for (const part of asList(asRecord(candidate?.content)?.parts)) this.#part(asRecord(part) ?? {})
    const reason = asText(candidate?.finishReason)
    if (reason === undefined) return undefined
    if (broken.has(reason) && !this.#answer.began) return { error: { code: 502, message: reason } }
    this.#answer.setReason(reasons.get(reason) ?? 'stop')
    return undefined
  }

  #part(part: Json): void {
    const call = asRecord(part.functionCall)
    if (call) this.#call(call, asText(part.thoughtSignature) ?? '')
    else this.#answer.add(part.thought === true ? 'reasoning' : 'text', asText(part.text) ?? '')
  }

  #call(call: Json, signature: string): void {
    const name = asText(call.name) ?? ''
    const given = asText(call.id)
    const id = given === undefined || this.#ids.has(given) ? this.#makeId() : given
    this.#ids.add(id)
    this.#nameless ||= name === ''
    this.#signatures.push(signature)
    if (signature !== '') this.#answer.setReplay(this.#signatures)
    this.#answer.toolCall(this.#signatures.length - 1, id, name, JSON.stringify(call.args ?? {}))
  }
}

function readUsage(raw: Json | undefined): Usage | undefined {
  const input = asCount(raw?.promptTokenCount)
  const said = asCount(raw?.candidatesTokenCount)
  if (!raw || (input === undefined && said === undefined)) return undefined
  const reasoning = asCount(raw.thoughtsTokenCount) ?? 0
  return {
    input: (input ?? 0) + (asCount(raw.toolUsePromptTokenCount) ?? 0),
    output: (said ?? 0) + reasoning,
    cacheRead: asCount(raw.cachedContentTokenCount) ?? 0,
    reasoning,
    estimated: false,
  }
}
