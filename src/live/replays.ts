import type { Clock } from '../kernel/clock.js'
import { News } from '../kernel/news.js'

/** How long an answer is kept after its end, how many there are, and how large one may be. */
const keepMs = 300_000
const maxRecordings = 1_000
const maxBytes = 8 * 1024 * 1024
const maxTotalBytes = 64 * 1024 * 1024

export type RecordedHeaders = Readonly<Record<string, number | string | string[] | undefined>>

/** `whole`: it may be given again. `failed`: complete, and the next call tries anew. `cut`: it has no end. */
export type RecordingEnd = 'whole' | 'failed' | 'cut'

/** The answer to one call, kept while it is written, so that a repeated call gets the same. */
export class Recording {
  /** Of the request that it answers. */
  readonly fingerprint: string
  head: { readonly status: number; readonly headers: RecordedHeaders } | undefined
  readonly chunks: string[] = []
  bytes = 0
  state: 'open' | RecordingEnd = 'open'
  endedAt = 0
  readonly #ended: ((recording: Recording) => void)[]
  readonly news = new News()

  constructor(fingerprint: string, ended: (recording: Recording) => void) {
    this.fingerprint = fingerprint
    this.#ended = [ended]
  }

  begin(status: number, headers: RecordedHeaders): void {
    this.head ??= { status, headers: { ...headers } }
    this.news.tell()
  }

  add(chunk: string): void {
    if (this.state !== 'open' || chunk === '') return
    this.bytes += chunk.length
    if (this.bytes > maxBytes) this.end('cut')
    else {
      this.chunks.push(chunk)
      this.news.tell()
    }
  }

  /** Calls back once, when the answer is complete or will never be. */
  onEnd(listener: () => void): void {
    this.#ended.push(listener)
  }

  end(how: RecordingEnd): void {
    if (this.state !== 'open') return
    this.state = how
    for (const told of this.#ended) told(this)
    this.news.tell()
  }
}

/** Answers by idempotency key: those that are being written, and those of the last five minutes. Bounded in number and size. */
export class Replays {
  readonly #clock: Clock
  readonly #known = new Map<string, Recording>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(key: string): Recording | undefined {
    const known = this.#known.get(key)
    if (!known || known.state === 'open') return known
    return this.#clock.monotonic() - known.endedAt < keepMs ? known : undefined
  }

  /** Begins the answer of a key. */
  open(key: string, fingerprint: string): Recording {
    const recording = new Recording(fingerprint, (ended) => {
      ended.endedAt = this.#clock.monotonic()
      if (ended.state !== 'whole' && this.#known.get(key) === ended) this.#known.delete(key)
      this.#trim()
    })
    this.#known.delete(key)
    this.#known.set(key, recording)
    this.#trim()
    return recording
  }

  /** Forgets what is over its time, then the oldest that are complete. */
  #trim(): void {
    const now = this.#clock.monotonic()
    let bytes = 0
    for (const { bytes: size } of this.#known.values()) bytes += size
    for (const [key, { state, endedAt, bytes: size }] of this.#known) {
      if (state === 'open') continue
      const full = this.#known.size > maxRecordings || bytes > maxTotalBytes
      if (!full && now - endedAt < keepMs) continue
      this.#known.delete(key)
      bytes -= size
    }
  }
}
