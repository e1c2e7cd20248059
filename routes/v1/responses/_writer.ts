import type { ResponseObject, ResponseOutputItem } from '../../../schemas/http/responses.js'
import type { RunEvent, RunFinal, RunResult } from '../../../src/agents/types.js'
import { randomId } from '../../../src/kernel/random-id.js'
import type { StoredEvent } from '../../../src/storage/types.js'
import { outputOf } from '../../_tool-events.js'
import { endOf } from './_response.js'

/** One event of a stream, without its number. */
export type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>

/** Takes one event as JSON. A promise that it gives holds back the model. */
export type SendEvent = (event: StoredEvent) => void | Promise<void>

type Kind = 'text' | 'refusal' | 'reasoning'

interface OpenPart {
  readonly kind: Kind
  readonly index: number
  readonly item: ResponseOutputItem
  text: string
}

interface OpenCall {
  readonly index: number
  readonly item: ResponseOutputItem
  arguments: string
}

/**
 * Turns the events of one turn into OpenAI's events and, in the end, into the response object. Every event is numbered
 * from 0 on; whatever the turn does, exactly one event ends the stream (spec/http.md 7.3).
 */
export class ResponseWriter {
  #response: ResponseObject
  readonly #send: SendEvent
  readonly #output: ResponseOutputItem[] = []
  readonly #calls = new Map<number, OpenCall>()
  readonly #showTools: boolean
  /** Calls of the agent's own tools that run, by id. */
  readonly #tools = new Map<string, { readonly index: number; readonly item: ResponseOutputItem }>()
  #part: OpenPart | undefined
  #number = 0

  /** `showTools`: calls of the agent's own tools become items too. */
  constructor(response: ResponseObject, send: SendEvent, showTools = false) {
    this.#response = response
    this.#showTools = showTools
    this.#send = send
  }

  get response(): ResponseObject {
    return this.#response
  }

  async begin(): Promise<void> {
    if (this.#response.status === 'queued') {
      await this.#lifecycle('response.created')
      await this.#lifecycle('response.queued')
      this.#response = { ...this.#response, status: 'in_progress' }
    } else await this.#lifecycle('response.created')
    await this.#lifecycle('response.in_progress')
  }

  async event(event: RunEvent): Promise<void> {
    if (event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning') {
      await this.#piece(event.type, event.delta)
    } else if (event.type === 'tool_call') await this.#call(event)
    else if (this.#showTools && event.type === 'tool_start') await this.#toolBegins(event)
    else if (this.#showTools && event.type === 'tool_result') await this.#toolEnds(event)
  }

  /** The events of an answer that came whole. */
  async whole({ reasoning, text, refusal, toolCalls }: RunResult): Promise<void> {
    if (reasoning !== '') await this.event({ type: 'reasoning', delta: reasoning })
    if (text !== '') await this.event({ type: 'text', delta: text })
    if (refusal !== null) await this.event({ type: 'refusal', delta: refusal })
    for (const [index, { id, name, arguments: delta }] of toolCalls.entries()) {
      await this.event({ type: 'tool_call', index, id, name, delta })
    }
  }

  /** Closes what is open and gives the finished response. */
  async end(final: RunFinal, now: number): Promise<ResponseObject> {
    const whole = final.type === 'end' && final.result.finish !== 'length'
    await this.#closePart(whole)
    for (const call of [...this.#calls.values()]) await this.#closeCall(call, whole)
    for (const { index, item } of this.#tools.values()) await this.#done(index, { ...item, status: 'failed' })
    this.#response = { ...this.#response, ...endOf(final, now), output: this.#output }
    return this.#response
  }

  /** The event that ends the stream; to be sent when what it says is on disk. */
  get conclusion(): StoredEvent {
    const { status } = this.#response
    // OpenAI has no event of that name for what was called off.
    const type = `response.${status === 'cancelled' ? 'failed' : status}`
    const number = this.#number
    return { number, type, json: JSON.stringify({ type, sequence_number: number, response: this.#response }) }
  }

  #lifecycle(type: string): void | Promise<void> {
    return this.#emit({ type, response: this.#response })
  }

  #emit({ type, ...rest }: StreamEvent): void | Promise<void> {
    const number = this.#number++
    return this.#send({ number, type, json: JSON.stringify({ type, sequence_number: number, ...rest }) })
  }

  async #piece(kind: Kind, delta: string): Promise<void> {
    if (this.#part?.kind !== kind) {
      await this.#closePart(true)
      await this.#openPart(kind)
    }
    const part = this.#part
    if (!part) return
    part.text += delta
    await this.#emit({ type: `${names[kind]}.delta`, ...place(part), delta, ...(kind === 'text' && { logprobs: [] }) })
  }

  async #openPart(kind: Kind): Promise<void> {
    const item: ResponseOutputItem =
      kind === 'reasoning'
        ? { type: 'reasoning', id: `rs_${randomId()}`, status: 'in_progress', summary: [], content: [] }
        : { type: 'message', id: `msg_${randomId()}`, status: 'in_progress', role: 'assistant', content: [] }
    const index = this.#add(item)
    const part = { kind, index, item, text: '' }
    this.#part = part
    await this.#emit({ type: 'response.output_item.added', output_index: index, item })
    await this.#emit({ type: 'response.content_part.added', ...place(part), part: partOf(part) })
  }

  async #closePart(whole: boolean): Promise<void> {
    const part = this.#part
    if (!part) return
    this.#part = undefined
    const { kind, index, text } = part
    const field = kind === 'refusal' ? { refusal: text } : { text }
    await this.#emit({
      type: `${names[kind]}.done`,
      ...place(part),
      ...field,
      ...(kind === 'text' && { logprobs: [] }),
    })
    await this.#emit({ type: 'response.content_part.done', ...place(part), part: partOf(part) })
    const item = {
      ...part.item,
      status: whole ? ('completed' as const) : ('incomplete' as const),
      content: [partOf(part)],
    }
    await this.#done(index, item)
  }

  async #toolBegins({ callId, name, args }: RunEvent & { type: 'tool_start' }): Promise<void> {
    await this.#closePart(true)
    const item: ResponseOutputItem = {
      type: 'mcp_call',
      id: `mcp_${randomId()}`,
      status: 'in_progress',
      server_label: 'openclaw',
      name,
      arguments: typeof args === 'string' ? args : JSON.stringify(args),
      output: null,
      error: null,
    }
    const index = this.#add(item)
    this.#tools.set(callId, { index, item })
    const place = { output_index: index, item_id: item.id }
    await this.#emit({ type: 'response.output_item.added', output_index: index, item })
    await this.#emit({ type: 'response.mcp_call.in_progress', ...place })
    await this.#emit({ type: 'response.mcp_call_arguments.done', ...place, arguments: item.arguments })
  }

  async #toolEnds({ callId, result }: RunEvent & { type: 'tool_result' }): Promise<void> {
    const tool = this.#tools.get(callId)
    if (!tool) return
    this.#tools.delete(callId)
    const failed = result.isError ?? false
    const output = outputOf(result)
    const status = failed ? 'failed' : 'completed'
    const { index, item } = tool
    await this.#emit({ type: `response.mcp_call.${status}`, output_index: index, item_id: item.id })
    await this.#done(index, { ...item, status, ...(failed ? { error: output } : { output }) })
  }

  async #call({ index: number, id, name, delta }: RunEvent & { type: 'tool_call' }): Promise<void> {
    await this.#closePart(true)
    let call = this.#calls.get(number)
    if (!call) {
      const item: ResponseOutputItem = {
        type: 'function_call',
        id: `fc_${randomId()}`,
        status: 'in_progress',
        call_id: id,
        name,
        arguments: '',
      }
      call = { index: this.#add(item), item, arguments: '' }
      this.#calls.set(number, call)
      await this.#emit({ type: 'response.output_item.added', output_index: call.index, item })
    }
    if (delta === '') return
    call.arguments += delta
    const { index, item } = call
    await this.#emit({ type: 'response.function_call_arguments.delta', item_id: item.id, output_index: index, delta })
  }

  async #closeCall({ index, item, arguments: args }: OpenCall, whole: boolean): Promise<void> {
    const { id, name } = item
    await this.#emit({
      type: 'response.function_call_arguments.done',
      item_id: id,
      output_index: index,
      name,
      arguments: args,
    })
    await this.#done(index, { ...item, status: whole ? 'completed' : 'incomplete', arguments: args })
  }

  #add(item: ResponseOutputItem): number {
    return this.#output.push(item) - 1
  }

  #done(index: number, item: ResponseOutputItem): void | Promise<void> {
    this.#output[index] = item
    return this.#emit({ type: 'response.output_item.done', output_index: index, item })
  }
}

const names: Readonly<Record<Kind, string>> = {
  text: 'response.output_text',
  refusal: 'response.refusal',
  reasoning: 'response.reasoning_text',
}

function place({ item, index }: OpenPart): object {
  return { item_id: item.id, output_index: index, content_index: 0 }
}

function partOf({ kind, text }: OpenPart) {
  if (kind === 'refusal') return { type: 'refusal' as const, refusal: text }
  if (kind === 'reasoning') return { type: 'reasoning_text' as const, text }
  return { type: 'output_text' as const, text, annotations: [], logprobs: [] }
}
