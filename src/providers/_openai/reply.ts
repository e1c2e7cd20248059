import type { FinishReason, Usage } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import type { AnswerReader, Word } from '../_call/wire.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'
import { onlyText } from './only-text.js'
import { TextTemplate } from './text-template.js'
import { ToolCalls } from './tool-calls.js'

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['content_filter', 'content_filter'],
  // Other spellings in use.
  ['function_call', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['safety', 'content_filter'],
])

/** Reads chat completion objects, streamed chunks and whole answers alike, into an answer. */
export class ChatReader implements AnswerReader {
  readonly #answer: Answer
  readonly #calls: ToolCalls
  readonly #template = new TextTemplate()

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#calls = new ToolCalls(answer, makeId)
  }

  flaw(): string | undefined {
    return this.#calls.malformed ? 'a tool call without a name' : undefined
  }

  event(data: string, name: string): Word | undefined {
    if (data === '[DONE]') return 'end'
    const text = name === '' ? this.#template.read(data) : undefined
    if (text !== undefined) {
      this.#answer.add('text', text)
      return undefined
    }
    const reply = asRecord(JSON.parse(data))
    const error = reply?.error ?? (name === 'error' ? reply : undefined)
    if (error) return { error }
    if (!reply) return undefined
    this.#read(reply)
    if (onlyText(reply)) this.#template.learn(data)
    return undefined
  }

  whole(reply: Json): Word | undefined {
    if (reply.error) return { error: reply.error }
    if (!Array.isArray(reply.choices)) return undefined
    this.#read(reply)
    return 'end'
  }

  /** One `chat.completion.chunk` or `chat.completion`. Other choices than the first are not ours. */
  #read(reply: Json): void {
    const choice = asRecord(asList(reply.choices)[0])
    if (choice && (choice.index === 0 || choice.index === undefined || choice.index === null)) this.#choice(choice)
    const usage = reply.usage ?? asRecord(reply.x_groq)?.usage ?? choice?.usage
    if (usage) {
      const figures = readUsage(asRecord(usage))
      if (figures) this.#answer.setUsage(figures)
    }
  }

  #choice(choice: Json): void {
    // Some streams close with the whole message once more.
    const message = asRecord(choice.delta) ?? (this.#answer.began ? undefined : asRecord(choice.message))
    if (message) this.#message(message)
    else if (typeof choice.text === 'string') this.#answer.add('text', choice.text)
    const reason = choice.finish_reason
    if (typeof reason === 'string' && reason !== '') this.#answer.setReason(reasons.get(reason.toLowerCase()) ?? 'stop')
  }

  #message(message: Json): void {
    const { content, refusal, tool_calls, function_call } = message
    const reasoning = message.reasoning_content ?? message.reasoning
    if (typeof reasoning === 'string') this.#answer.add('reasoning', reasoning)
    if (typeof content === 'string') this.#answer.add('text', content)
    else if (content) this.#parts(content)
    if (typeof refusal === 'string') this.#answer.add('refusal', refusal)
    if (tool_calls) this.#calls.read(tool_calls)
    else if (function_call) this.#calls.readLegacy(function_call)
  }

  /** Content in parts, as Mistral sends it; `thinking` holds parts itself. */
  #parts(content: unknown): void {
    for (const entry of asList(content)) {
      const part = asRecord(entry)
      if (part?.type === 'text') this.#answer.add('text', asText(part.text) ?? '')
      if (part?.type !== 'thinking') continue
      for (const thought of asList(part.thinking)) this.#answer.add('reasoning', asText(asRecord(thought)?.text) ?? '')
    }
  }
}

/** Undefined when there is no figure at all. */
export function readUsage(raw: Json | undefined): Usage | undefined {
  const input = asCount(raw?.prompt_tokens)
  const output = asCount(raw?.completion_tokens)
  if (!raw || (input === undefined && output === undefined)) return undefined
  const cached = asRecord(raw.prompt_tokens_details)?.cached_tokens ?? raw.prompt_cache_hit_tokens
  const reasoning = asRecord(raw.completion_tokens_details)?.reasoning_tokens
  return {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: asCount(cached) ?? 0,
    reasoning: asCount(reasoning) ?? 0,
    estimated: false,
  }
}
