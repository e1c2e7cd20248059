import type { ModelEmit, ModelEvent, ModelFinal, Usage } from '../models/types.js'

/** Characters that may wait for a slow reader before the upstream is paused, and at which it goes on. */
const HIGH_WATER = 256 * 1024
const LOW_WATER = 64 * 1024

type Delta = { type: 'text' | 'refusal' | 'reasoning'; delta: string }
type ToolDelta = { type: 'tool_call'; index: number; id: string; name: string; delta: string }
type Item = Delta | ToolDelta | Exclude<ModelEvent, { delta: string }>

/**
 * Between a socket that pushes and one reader that may be slower. Deltas that wait are joined: what one network read
 * brought, or what came while the reader was busy, is one event. So the cost downstream is per read, not per token, and
 * memory stays bounded with a slow reader.
 */
export class EventQueue {
  /** Resolves with the end of the call when the reader has had everything before it. */
  readonly final: Promise<ModelFinal>
  readonly #emit: ModelEmit
  readonly #full: (isFull: boolean) => void
  #settle: (final: ModelFinal) => void = () => {}
  #items: Item[] = []
  #size = 0
  #isFull = false
  #busy = false
  #end: ModelFinal | undefined

  /** `full` hears that the reader lags (true), and that it has caught up (false). */
  constructor(emit: ModelEmit, full: (isFull: boolean) => void) {
    this.#emit = emit
    this.#full = full
    this.final = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Adds a delta. The reader gets it with the next `flush`. */
  delta(type: Delta['type'], delta: string): void {
    const last = this.#items[this.#items.length - 1]
    if (last?.type === type) last.delta += delta
    else this.#items.push({ type, delta })
    this.#grow(delta.length)
  }

  toolCall(index: number, id: string, name: string, delta: string): void {
    const last = this.#items[this.#items.length - 1]
    if (last?.type === 'tool_call' && last.index === index) last.delta += delta
    else this.#items.push({ type: 'tool_call', index, id, name, delta })
    this.#grow(delta.length)
  }

  usage(usage: Usage): void {
    this.#items.push({ type: 'usage', usage })
  }

  /** Sets the end and flushes. Only the first end counts. */
  end(final: ModelFinal): void {
    if (this.#end) return
    this.#end = final
    this.flush()
  }

  /** Gives the reader what waits, unless it is still busy with what it has. */
  flush(): void {
    if (this.#busy) return
    // Also while an event is taken and given: both may bring more from the socket, or end the call.
    this.#busy = true
    try {
      for (let item = this.#take(); item; item = this.#take()) {
        const wait = this.#emit(item)
        if (wait) {
          wait.then(this.#next, this.#next)
          return
        }
      }
    } catch (error) {
      this.#busy = false
      throw error
    }
    this.#busy = false
    if (this.#end) this.#settle(this.#end)
  }

  readonly #next = (): void => {
    this.#busy = false
    this.flush()
  }

  #take(): Item | undefined {
    const item = this.#items.shift()
    if (item && 'delta' in item) {
      this.#size -= item.delta.length
      if (this.#isFull && this.#size <= LOW_WATER) {
        this.#isFull = false
        this.#full(false)
      }
    }
    return item
  }

  #grow(by: number): void {
    this.#size += by
    if (!this.#isFull && this.#size > HIGH_WATER) {
      this.#isFull = true
      this.#full(true)
    }
  }
}
