import type { FinishReason, Usage } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'
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
export class ReplyReader {
  readonly #answer: Answer
  readonly #calls: ToolCalls

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#calls = new ToolCalls(answer, makeId)
  }

  get malformed(): boolean {
    return this.#calls.malformed
  }

  /** One `chat.completion.chunk` or `chat.completion`. Other choices than the first are not ours. */
  read(reply: Json): void {
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

/** The text that is all that `ReplyReader` would make of this chunk; undefined when there is more to it, or no text. */
export function onlyText(reply: Json): string | undefined {
  const [first, ...others] = asList(reply.choices)
  const choice = asRecord(first)
  const delta = asRecord(choice?.delta)
  if (!choice || !delta || others.length > 0 || (choice.index ?? 0) !== 0) return undefined
  if (reply.error || reply.usage || reply.x_groq || choice.usage || choice.finish_reason) return undefined
  const { content, reasoning_content, reasoning, refusal, tool_calls, function_call } = delta
  if (reasoning_content || reasoning || refusal || tool_calls || function_call) return undefined
  return typeof content === 'string' ? content : undefined
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
