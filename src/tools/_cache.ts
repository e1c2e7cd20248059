import type { Clock } from '../kernel/clock.js'

/** Entries kept beyond this are those used longest ago. */
const MAX_ENTRIES = 256

export interface CacheOptions {
  readonly clock: Clock
  /** Of all texts together, in characters. */
  readonly maxChars: number
}

interface Entry {
  readonly text: string
  readonly expires: number
}

/** Texts that tools fetched, for a while; bounded in number and in size. */
export class TextCache {
  readonly #options: CacheOptions
  readonly #entries = new Map<string, Entry>()
  #chars = 0

  constructor(options: CacheOptions) {
    this.#options = options
  }

  get(key: string): string | undefined {
    const found = this.#entries.get(key)
    if (!found) return undefined
    this.#drop(key)
    if (found.expires <= this.#options.clock.monotonic()) return undefined
    this.#keep(key, found)
    return found.text
  }

  /** Keeps nothing when `ttlMs` is 0 or the text alone is too large. */
  put(key: string, text: string, ttlMs: number): void {
    this.#drop(key)
    if (ttlMs <= 0 || text.length > this.#options.maxChars) return
    this.#keep(key, { text, expires: this.#options.clock.monotonic() + ttlMs })
    while (this.#chars > this.#options.maxChars || this.#entries.size > MAX_ENTRIES) {
      const [oldest] = this.#entries.keys()
      if (oldest === undefined) return
      this.#drop(oldest)
    }
  }

  #keep(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#chars += entry.text.length
  }

  #drop(key: string): void {
    const found = this.#entries.get(key)
    if (!found) return
    this.#entries.delete(key)
    this.#chars -= found.text.length
  }
}
