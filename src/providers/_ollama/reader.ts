import type { Answer } from '../_answer.js'
import type { AnswerReader, Word } from '../_call/wire.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'

/** Reads chat responses, of which a stream is a sequence, into an answer. */
export class ChatReader implements AnswerReader {
  readonly #answer: Answer
  readonly #makeId: () => string
  #calls = 0
  #nameless = false

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#makeId = makeId
  }

  flaw(): string | undefined {
    return this.#nameless ? 'a tool call without a name' : undefined
  }

  event(data: string): Word | undefined {
    const reply = asRecord(JSON.parse(data))
    return reply && this.#read(reply)
  }

  whole(reply: Json): Word | undefined {
    if (!reply.error && !asRecord(reply.message)) return undefined
    return this.#read(reply) ?? 'end'
  }

  #read(reply: Json): Word | undefined {
    if (reply.error) return { error: reply.error }
    const message = asRecord(reply.message)
    this.#answer.add('reasoning', asText(message?.thinking) ?? '')
    this.#answer.add('text', asText(message?.content) ?? '')
    for (const call of asList(message?.tool_calls)) this.#call(asRecord(asRecord(call)?.function) ?? {})
    if (reply.done !== true) return undefined
    this.#answer.setReason(reply.done_reason === 'length' ? 'length' : 'stop')
    const input = asCount(reply.prompt_eval_count)
    const output = asCount(reply.eval_count)
    if (input !== undefined || output !== undefined) {
      this.#answer.setUsage({ input: input ?? 0, output: output ?? 0, cacheRead: 0, reasoning: 0, estimated: false })
    }
    return 'end'
  }

  #call(call: Json): void {
    const name = asText(call.name) ?? ''
    this.#nameless ||= name === ''
    const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {})
    this.#answer.toolCall(this.#calls++, this.#makeId(), name, args)
  }
}
