import { estimatePrompt, estimateTokens } from '../models/tokens.js'
import type { FinishReason, ModelRequest, Usage } from '../models/types.js'
import type { EventQueue } from './_event-queue.js'

type Kind = 'text' | 'refusal' | 'reasoning'

/**
 * One answer on its way to the reader: keeps surrogate pairs whole, knows whether output has begun, and sees to it
 * that usage and the finish reason are there and fit what was sent. Provider files only feed it.
 */
export class Answer {
  readonly #queue: EventQueue
  readonly #request: ModelRequest
  /** Half a surrogate pair that waits for its other half, and whose it is: a kind or a tool call's index. */
  #half = ''
  #halfOf: Kind | number = 'text'
  #written = ''
  #reasoned = ''
  /** Id and name of every tool call, by index. */
  readonly #calls: [id: string, name: string][] = []
  #usage: Usage | undefined
  #reason: FinishReason | undefined
  #replay: readonly unknown[] = []

  constructor(queue: EventQueue, request: ModelRequest) {
    this.#queue = queue
    this.#request = request
  }

  /** True once something was given out, after which the call must not be repeated. */
  get began(): boolean {
    return this.#written !== '' || this.#reasoned !== '' || this.#calls.length > 0
  }

  /** True once the upstream said why it stops: what is lost after that does not matter. */
  get complete(): boolean {
    return this.#reason !== undefined
  }

  add(kind: Kind, delta: string): void {
    if (delta === '') return
    if (kind === 'reasoning') this.#reasoned += delta
    else this.#written += delta
    const whole = this.#pair(kind, delta)
    if (whole !== '') this.#queue.delta(kind, whole)
  }

  /** A new index must be the next one. The first call for an index announces it, also with an empty delta. */
  toolCall(index: number, id: string, name: string, delta: string): void {
    const isNew = index >= this.#calls.length
    if (isNew) this.#calls.push([id, name])
    this.#written += isNew ? name + delta : delta
    const whole = this.#pair(index, delta)
    if (isNew || whole !== '') this.#queue.toolCall(index, id, name, whole)
  }

  /** Figures of the upstream; the last ones count. */
  setUsage(usage: Usage): void {
    this.#usage = usage
  }

  setReason(reason: FinishReason): void {
    this.#reason = reason
  }

  /** What the model wants to see again with its tool calls; the last parts count. */
  setReplay(parts: readonly unknown[]): void {
    this.#replay = parts
  }

  /** Gives the last events of a complete answer. */
  finish(): void {
    this.#flushHalf()
    this.#queue.usage(this.usage())
    const reason = this.#fitting(this.#reason ?? 'stop')
    const parts = this.#calls.length > 0 ? this.#replay : []
    if (parts.length === 0) this.#queue.end({ type: 'done', reason })
    else this.#queue.end({ type: 'done', reason, replay: { ref: this.#request.model.ref, parts } })
  }

  /** What the call cost: the upstream's figures where they make sense, else an estimate. */
  usage(): Usage {
    const given = this.#usage
    if (given && given.input > 0 && (given.output > 0 || !this.began)) return given
    const reasoning = estimateTokens(this.#reasoned)
    return {
      input: given?.input || estimatePrompt(this.#request.messages, this.#request.tools),
      output: given?.output || estimateTokens(this.#written) + reasoning,
      cacheRead: given?.cacheRead ?? 0,
      reasoning,
      estimated: true,
    }
  }

  /** Upstreams disagree on whether a tool call ends with `stop`; the events decide. */
  #fitting(reason: FinishReason): FinishReason {
    if (this.#calls.length > 0) return reason === 'stop' ? 'tool_calls' : reason
    return reason === 'tool_calls' ? 'stop' : reason
  }

  /** Gives the delta with the half that waited in front, and keeps back a half at its end. */
  #pair(owner: Kind | number, delta: string): string {
    let whole = delta
    if (this.#half !== '') {
      if (this.#halfOf === owner) {
        whole = this.#half + delta
        this.#half = ''
      } else if (delta !== '') this.#flushHalf()
    }
    const last = whole.charCodeAt(whole.length - 1)
    if (last < 0xd800 || last > 0xdbff || whole === '') return whole
    this.#half = whole.slice(-1)
    this.#halfOf = owner
    return whole.slice(0, -1)
  }

  /** The other half never came. */
  #flushHalf(): void {
    if (this.#half === '') return
    this.#half = ''
    const owner = this.#halfOf
    if (typeof owner !== 'number') this.#queue.delta(owner, '\ufffd')
    else {
      const [id = '', name = ''] = this.#calls[owner] ?? []
      this.#queue.toolCall(owner, id, name, '\ufffd')
    }
  }
}
