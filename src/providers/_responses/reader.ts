import type { FinishReason, Usage } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import type { AnswerReader, Word } from '../_call/wire.js'
import { asCount, asList, asRecord, asText, type Json } from '../_json.js'

interface Call {
  readonly position: number
  readonly id: string
  readonly name: string
  arguments: string
}

/** Reads Responses events and whole responses into an answer. */
export class ResponseReader implements AnswerReader {
  readonly #answer: Answer
  readonly #makeId: () => string
  /** By place in the output. */
  readonly #calls = new Map<unknown, Call>()
  /** Places whose text came in pieces. */
  readonly #said = new Set<unknown>()
  /** Sealed thoughts by place, to be sent back with the tool calls. */
  readonly #thoughts = new Map<unknown, Json>()
  #thought = false

  constructor(answer: Answer, makeId: () => string) {
    this.#answer = answer
    this.#makeId = makeId
  }

  flaw(): string | undefined {
    return [...this.#calls.values()].some(({ name }) => name === '') ? 'a tool call without a name' : undefined
  }

  event(data: string, name: string): Word | undefined {
    if (data === '[DONE]') return 'end'
    const event = asRecord(JSON.parse(data))
    if (!event) return undefined
    const item = asRecord(event.item)
    // llama.cpp numbers nothing, and its items have one of two names.
    const place = event.output_index ?? event.item_id ?? item?.id ?? item?.call_id
    const delta = asText(event.delta) ?? ''
    switch (event.type ?? name) {
      case 'response.output_text.delta':
        return this.#add('text', place, delta)
      case 'response.refusal.delta':
        return this.#add('refusal', place, delta)
      case 'response.reasoning_summary_part.added':
        if (this.#thought) this.#answer.add('reasoning', '\n\n')
        return undefined
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#thought = true
        return this.#add('reasoning', place, delta)
      case 'response.output_item.added':
        this.#open(place, item)
        return undefined
      case 'response.function_call_arguments.delta':
        this.#arguments(place, delta)
        return undefined
      case 'response.output_item.done':
        this.#item(place, item)
        return undefined
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.#end(asRecord(event.response) ?? {})
      case 'error':
        return { error: asRecord(event.error) ?? event }
      default:
        return event.error ? { error: event.error } : undefined
    }
  }

  whole(reply: Json): Word | undefined {
    if (!Array.isArray(reply.output)) return reply.error ? { error: reply.error } : undefined
    return this.#end(reply)
  }

  #add(kind: 'text' | 'refusal' | 'reasoning', place: unknown, delta: string): undefined {
    this.#said.add(place)
    this.#answer.add(kind, delta)
  }

  #open(place: unknown, item: Json | undefined): void {
    if (item?.type !== 'function_call' || this.#calls.has(place)) return
    // Under another name: it is not called twice.
    if ([...this.#calls.values()].some(({ id }) => id === item.call_id)) return
    const id = asText(item.call_id) ?? asText(item.id) ?? this.#makeId()
    const call = { position: this.#calls.size, id, name: asText(item.name) ?? '', arguments: '' }
    this.#calls.set(place, call)
    this.#answer.toolCall(call.position, call.id, call.name, '')
    this.#arguments(place, asText(item.arguments) ?? '')
  }

  #arguments(place: unknown, delta: string): void {
    const call = this.#calls.get(place)
    if (!call || delta === '') return
    call.arguments += delta
    this.#answer.toolCall(call.position, call.id, call.name, delta)
  }

  /** A whole item; what of it has come in pieces is not said twice. */
  #item(place: unknown, item: Json | undefined): void {
    if (item?.type === 'function_call') {
      this.#open(place, item)
      const given = this.#calls.get(place)?.arguments ?? ''
      const all = asText(item.arguments) ?? ''
      if (all.startsWith(given)) this.#arguments(place, all.slice(given.length))
    } else if (item?.type === 'message') this.#message(place, item)
    else if (item?.type === 'reasoning') this.#reasoning(place, item)
  }

  #message(place: unknown, item: Json): void {
    if (this.#said.has(place)) return
    for (const entry of asList(item.content)) {
      const part = asRecord(entry)
      if (part?.type === 'output_text') this.#add('text', place, asText(part.text) ?? '')
      if (part?.type === 'refusal') this.#add('refusal', place, asText(part.refusal) ?? '')
    }
  }

  #reasoning(place: unknown, item: Json): void {
    const { summary = [], encrypted_content } = item
    if (encrypted_content && !this.#thoughts.has(place)) {
      // Without its id: the upstream would look for what it has not stored.
      this.#thoughts.set(place, { type: 'reasoning', summary, encrypted_content })
      this.#answer.setReplay([...this.#thoughts.values()])
    }
    if (this.#said.has(place)) return
    const texts = [...asList(item.summary), ...asList(item.content)].map((part) => asText(asRecord(part)?.text) ?? '')
    this.#add('reasoning', place, texts.filter((text) => text !== '').join('\n\n'))
  }

  #knows(place: unknown): boolean {
    return this.#calls.has(place) || this.#said.has(place) || this.#thoughts.has(place)
  }

  #end(response: Json): Word {
    if (response.status === 'failed' || response.error) return { error: response.error ?? response }
    for (const [index, entry] of asList(response.output).entries()) {
      const item = asRecord(entry)
      const named = [item?.id, item?.call_id].find((name) => name !== undefined && this.#knows(name))
      this.#item(named ?? index, item)
    }
    const usage = readUsage(asRecord(response.usage))
    if (usage) this.#answer.setUsage(usage)
    this.#answer.setReason(reasonOf(response))
    return 'end'
  }
}

function reasonOf({ status, incomplete_details }: Json): FinishReason {
  if (status !== 'incomplete') return 'stop'
  return asRecord(incomplete_details)?.reason === 'content_filter' ? 'content_filter' : 'length'
}

function readUsage(raw: Json | undefined): Usage | undefined {
  const input = asCount(raw?.input_tokens)
  const output = asCount(raw?.output_tokens)
  if (!raw || (input === undefined && output === undefined)) return undefined
  return {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: asCount(asRecord(raw.input_tokens_details)?.cached_tokens) ?? 0,
    reasoning: asCount(asRecord(raw.output_tokens_details)?.reasoning_tokens) ?? 0,
    estimated: false,
  }
}
