import type { FinishReason, Usage } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import type { AnswerReader, Word } from '../_call/wire.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
])

/** A content block while it comes. */
interface OpenBlock {
  readonly type: string
  /** Number of the tool call. */
  readonly call: number
  readonly id: string
  readonly name: string
  /** Arguments that came with the start, which servers do that send no pieces. */
  readonly input: string
  pieces: boolean
  /** Of thoughts. */
  text: string
  signature: string
}

/** Reads Messages events and whole messages into an answer. */
export class MessagesReader implements AnswerReader {
  readonly #answer: Answer
  readonly #makeId: () => string
  readonly #blocks = new Map<unknown, OpenBlock>()
  /** Signed thoughts, to be sent back with the tool calls. */
  readonly #thoughts: object[] = []
  #calls = 0
  #usage: Json = {}

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#makeId = makeId
  }

  flaw(): string | undefined {
    const nameless = [...this.#blocks.values()].some(({ call, name }) => call >= 0 && name === '')
    return nameless ? 'a tool call without a name' : undefined
  }

  event(data: string, name: string): Word | undefined {
    const event = asRecord(JSON.parse(data))
    if (!event) return undefined
    switch (event.type ?? name) {
      case 'message_start':
        // Its output figure is only what has been written so far: nothing.
        this.#figures({ ...asRecord(asRecord(event.message)?.usage), output_tokens: undefined })
        return undefined
      case 'content_block_start':
        this.#start(event.index, asRecord(event.content_block) ?? {})
        return undefined
      case 'content_block_delta':
        this.#delta(event.index, asRecord(event.delta) ?? {})
        return undefined
      case 'content_block_stop':
        this.#stop(event.index)
        return undefined
      case 'message_delta':
        this.#figures(event.usage)
        this.#reason(asRecord(event.delta)?.stop_reason)
        return undefined
      case 'message_stop':
        return 'end'
      case 'error':
        return { error: event.error ?? event }
      default:
        return event.error ? { error: event.error } : undefined
    }
  }

  whole(reply: Json): Word | undefined {
    if (reply.type === 'error' || reply.error) return { error: reply.error ?? reply }
    if (!Array.isArray(reply.content)) return undefined
    for (const [index, entry] of asList(reply.content).entries()) {
      this.#start(index, asRecord(entry) ?? {})
      this.#stop(index)
    }
    this.#figures(reply.usage)
    this.#reason(reply.stop_reason)
    return 'end'
  }

  #start(index: unknown, content: Json): void {
    const type = asText(content.type) ?? ''
    const isCall = type === 'tool_use'
    const input = asRecord(content.input)
    const block: OpenBlock = {
      type,
      call: isCall ? this.#calls++ : -1,
      id: asText(content.id) ?? this.#makeId(),
      name: asText(content.name) ?? '',
      input: input && Object.keys(input).length > 0 ? JSON.stringify(input) : '',
      pieces: false,
      text: '',
      signature: asText(content.signature) ?? '',
    }
    this.#blocks.set(index, block)
    if (isCall) this.#answer.toolCall(block.call, block.id, block.name, '')
    if (type === 'text') this.#answer.add('text', asText(content.text) ?? '')
    if (type === 'thinking') this.#think(block, asText(content.thinking) ?? '')
    if (type === 'redacted_thinking') this.#keep(content)
  }

  #delta(index: unknown, delta: Json): void {
    const block = this.#blocks.get(index)
    switch (delta.type) {
      case 'text_delta':
        this.#answer.add('text', asText(delta.text) ?? '')
        return
      case 'thinking_delta':
        if (block) this.#think(block, asText(delta.thinking) ?? '')
        return
      case 'signature_delta':
        if (block) block.signature += asText(delta.signature) ?? ''
        return
      case 'input_json_delta':
        if (block) this.#arguments(block, asText(delta.partial_json) ?? '')
    }
  }

  #stop(index: unknown): void {
    const block = this.#blocks.get(index)
    if (!block) return
    if (!block.pieces) this.#arguments(block, block.input)
    if (block.type !== 'thinking' || block.signature === '') return
    this.#keep({ type: 'thinking', thinking: block.text, signature: block.signature })
  }

  #keep(thought: object): void {
    this.#thoughts.push(thought)
    this.#answer.setReplay(this.#thoughts)
  }

  #think(block: OpenBlock, delta: string): void {
    block.text += delta
    this.#answer.add('reasoning', delta)
  }

  #arguments(block: OpenBlock, delta: string): void {
    if (block.call < 0 || delta === '') return
    block.pieces = true
    this.#answer.toolCall(block.call, block.id, block.name, delta)
  }

  #reason(reason: unknown): void {
    if (typeof reason === 'string') this.#answer.setReason(reasons.get(reason) ?? 'stop')
  }

  /** Figures come in parts; later ones are totals of their own kind. */
  #figures(raw: unknown): void {
    const figures = asRecord(raw)
    if (!figures) return
    for (const [key, value] of Object.entries(figures)) {
      if (asCount(value) !== undefined) this.#usage = { ...this.#usage, [key]: value }
    }
    const usage = readUsage(this.#usage)
    if (usage) this.#answer.setUsage(usage)
  }
}

function readUsage(raw: Json): Usage | undefined {
  const fresh = asCount(raw.input_tokens)
  const output = asCount(raw.output_tokens)
  if (fresh === undefined && output === undefined) return undefined
  const cacheRead = asCount(raw.cache_read_input_tokens) ?? 0
  const cacheWrite = asCount(raw.cache_creation_input_tokens) ?? 0
  return {
    input: (fresh ?? 0) + cacheRead + cacheWrite,
    output: output ?? 0,
    cacheRead,
    ...(cacheWrite > 0 && { cacheWrite }),
    reasoning: 0,
    estimated: false,
  }
}
