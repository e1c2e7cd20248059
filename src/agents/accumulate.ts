import { addUsage } from '../models/add-usage.js'
import { costOf, type Price } from '../models/price.js'
import type { ModelEvent, ModelFinal, ToolCall, Usage } from '../models/types.js'
import type { RunResult } from './types.js'

const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, reasoning: 0, estimated: true }
/** Stands between what the model says before a tool call and what it says after it. */
export const paragraph = '\n\n'

/** Collects what the models of one turn say: over all of its model calls, and of the call that runs. */
export class Accumulator {
  /** Hears of each call that was paid for; dollars are undefined where the model has no price. */
  onSpend: ((usage: Usage | undefined, usd: number | undefined) => void) | undefined
  /** All that was said so far. */
  text = ''
  /** Tokens of the calls that ended. */
  #spent: Usage | undefined
  /** Where the running call's text begins. */
  #from = 0
  #usage: Usage | undefined
  /** US dollars of the calls that ended; undefined when none had a price. */
  #cost: number | undefined
  #contextTokens: number | undefined
  #refusal = ''
  #reasoning = ''
  #calls: { id: string; name: string; arguments: string }[] = []

  /** Undefined until a model has given figures. */
  get usage(): Usage | undefined {
    if (!this.#spent) return this.#usage
    return this.#usage ? addUsage(this.#spent, this.#usage) : this.#spent
  }

  /** Tokens of the running call, which say how much of the model's window is in use. */
  get lastUsage(): Usage | undefined {
    return this.#usage
  }

  /** US dollars; undefined when no call had a price. */
  get cost(): number | undefined {
    return this.#cost
  }

  /** Tokens of the model's window that the newest call with figures took up, its answer included. */
  get contextTokens(): number | undefined {
    return this.#contextTokens
  }

  /** To be called when a call has ended, however: what it spent has its model's price. */
  charge(price: Price | undefined): void {
    const cost = costOf(price, this.#usage)
    this.onSpend?.(this.#usage, cost)
    this.#pay(cost)
  }

  /** Adds what was spent for the turn beside its own calls. */
  spend(usage: Usage, cost: number | undefined): void {
    this.#spent = this.#spent ? addUsage(this.#spent, usage) : usage
    this.onSpend?.(usage, cost)
    this.#pay(cost)
  }

  /** True when a text of this call would run into what an earlier call said. */
  get needsParagraph(): boolean {
    return this.#from > 0 && this.text.length === this.#from && !this.text.endsWith('\n')
  }

  /** The text of the running call alone. */
  get stepText(): string {
    return this.#from === 0 ? this.text : this.text.slice(this.#from).replace(/^\n\n/, '')
  }

  add(event: ModelEvent): void {
    if (event.type === 'text') this.text += event.delta
    else if (event.type === 'refusal') this.#refusal += event.delta
    else if (event.type === 'reasoning') this.#reasoning += event.delta
    else if (event.type === 'usage') {
      this.#usage = event.usage
      this.#contextTokens = event.usage.input + event.usage.output
    } else if (event.type === 'tool_call') {
      const call = this.#calls[event.index]
      if (call) call.arguments += event.delta
      else this.#calls[event.index] = { id: event.id, name: event.name, arguments: event.delta }
    }
  }

  /** The next model call of the turn begins. */
  next(): void {
    this.#spent = this.usage
    this.#from = this.text.length
    this.#usage = undefined
    this.#refusal = ''
    this.#calls = []
  }

  /** Forgets what a model brought that broke off before anybody had seen it. */
  clear(): void {
    this.text = this.text.slice(0, this.#from)
    this.#usage = undefined
    this.#refusal = ''
    this.#reasoning = ''
    this.#calls = []
  }

  /** What the running call asks for. */
  get calls(): readonly ToolCall[] {
    return this.#calls.filter(Boolean)
  }

  result({ reason: finish, replay }: ModelFinal & { type: 'done' }, modelMs: number): RunResult {
    return {
      text: this.text,
      refusal: this.#refusal === '' ? null : this.#refusal,
      reasoning: this.#reasoning,
      toolCalls: this.calls,
      ...(replay && { replay }),
      finish,
      usage: this.usage ?? noUsage,
      modelMs,
    }
  }

  #pay(cost: number | undefined): void {
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost
  }
}
