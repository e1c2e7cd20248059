import type { ModelEvent, ModelFinal, Usage } from '../models/types.js'
import type { RunResult } from './types.js'

const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, reasoning: 0, estimated: true }

/** Collects the events of one model call into its result. */
export class Accumulator {
  text = ''
  /** Undefined until the model has given figures. */
  usage: Usage | undefined
  #refusal = ''
  #reasoning = ''
  #calls: { id: string; name: string; arguments: string }[] = []

  add(event: ModelEvent): void {
    if (event.type === 'text') this.text += event.delta
    else if (event.type === 'refusal') this.#refusal += event.delta
    else if (event.type === 'reasoning') this.#reasoning += event.delta
    else if (event.type === 'usage') this.usage = event.usage
    else if (event.type === 'tool_call') {
      const call = this.#calls[event.index]
      if (call) call.arguments += event.delta
      else this.#calls[event.index] = { id: event.id, name: event.name, arguments: event.delta }
    }
  }

  /** Forgets what a model brought that broke off before anybody had seen it. */
  clear(): void {
    this.text = ''
    this.usage = undefined
    this.#refusal = ''
    this.#reasoning = ''
    this.#calls = []
  }

  result({ reason: finish, replay }: ModelFinal & { type: 'done' }, modelMs: number): RunResult {
    return {
      text: this.text,
      refusal: this.#refusal === '' ? null : this.#refusal,
      reasoning: this.#reasoning,
      toolCalls: this.#calls.filter(Boolean),
      ...(replay && { replay }),
      finish,
      usage: this.usage ?? noUsage,
      modelMs,
    }
  }
}
