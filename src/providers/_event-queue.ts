import type { ModelEvent, ModelFailure, Usage } from '../models/types.js'

/** Characters that may wait for a slow reader before the upstream is paused, and at which it goes on. */
const HIGH_WATER = 256 * 1024
const LOW_WATER = 64 * 1024

type Delta = { type: 'text' | 'refusal' | 'reasoning'; delta: string }
type ToolDelta = { type: 'tool_call'; index: number; id: string; name: string; delta: string }
type Item = Delta | ToolDelta | Exclude<ModelEvent, { delta: string }>

export interface QueueOwner {
  /** The reader asked for the first event. */
  start(): void
  /** The reader left before the end. */
  leave(): void
  /** The reader lags (true) or has caught up (false). */
  full(isFull: boolean): void
}

/**
 * Between a socket that pushes and one reader that pulls. Deltas that wait are joined: what one network read brought,
 * or what came while the reader was busy, is one event. So the cost downstream is per read, not per token, and memory
 * stays bounded with a slow reader.
 */
export class EventQueue implements AsyncIterableIterator<ModelEvent> {
  readonly #owner: QueueOwner
  #items: Item[] = []
  #size = 0
  #full = false
  #started = false
  #ended = false
  #waiting: ((result: IteratorResult<ModelEvent>) => void) | undefined

  constructor(owner: QueueOwner) {
    this.#owner = owner
  }

  /** Adds a delta. Readers see it after `flush`. */
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

  /** Adds the last event and flushes. Whatever comes after is dropped. */
  end(last: { type: 'done'; reason: 'stop' | 'length' | 'tool_calls' | 'content_filter' } | FailureEvent): void {
    if (this.#ended) return
    this.#items.push(last)
    this.#ended = true
    this.flush()
  }

  /** Wakes the reader when there is something to read. */
  flush(): void {
    const wake = this.#waiting
    if (!wake) return
    const item = this.#take()
    if (!item && !this.#ended) return
    this.#waiting = undefined
    wake(item ? { value: item, done: false } : finished)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<ModelEvent>> {
    if (!this.#started) {
      this.#started = true
      this.#owner.start()
    }
    const item = this.#take()
    if (item) return Promise.resolve({ value: item, done: false })
    if (this.#ended) return Promise.resolve(finished)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  return(): Promise<IteratorResult<ModelEvent>> {
    this.#items = []
    if (!this.#ended) {
      this.#ended = true
      this.#owner.leave()
    }
    this.flush()
    return Promise.resolve(finished)
  }

  #take(): Item | undefined {
    const item = this.#items.shift()
    if (item && 'delta' in item) {
      this.#size -= item.delta.length
      if (this.#full && this.#size <= LOW_WATER) {
        this.#full = false
        this.#owner.full(false)
      }
    }
    return item
  }

  #grow(by: number): void {
    this.#size += by
    if (!this.#full && this.#size > HIGH_WATER) {
      this.#full = true
      this.#owner.full(true)
    }
  }
}

interface FailureEvent {
  readonly type: 'error'
  readonly failure: ModelFailure
}

const finished: IteratorResult<ModelEvent> = { value: undefined, done: true }
