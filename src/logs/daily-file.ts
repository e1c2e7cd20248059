import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../kernel/clock.js'

export interface DailyFileOptions {
  readonly folder: string
  /** `openclaw` gives `openclaw-2026-11-20.log`. */
  readonly prefix: string
  readonly clock: Clock
  /** Bytes after which the day's file is set aside; five are kept. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 100 * 1024 * 1024
const archives = 5
/** Bytes that may wait for a slow disk; lines beyond that are lost. */
const maxPendingBytes = 16 * 1024 * 1024
/** How long a disk that failed is left alone, in milliseconds. */
const retryMs = 10_000

/** Appends lines to the day's log file (local date). A disk that fails costs log lines, never the gateway. */
export class DailyFile {
  readonly #options: DailyFileOptions
  #day = ''
  #bytes = 0
  #stream: WriteStream | undefined
  #retryAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: DailyFileOptions) {
    this.#options = options
  }

  /** The file of today. */
  get path(): string {
    return join(this.#options.folder, `${this.#options.prefix}-${localDay(this.#options.clock.now())}.log`)
  }

  write(line: string): void {
    const { clock, maxBytes = defaultMaxBytes } = this.#options
    if (this.#closed || clock.monotonic() < this.#retryAt) return
    const day = localDay(clock.now())
    if (day !== this.#day) this.#open(day)
    else if (this.#bytes > maxBytes) this.#rotate(day)
    if (!this.#stream || this.#stream.writableLength > maxPendingBytes) return
    this.#bytes += Buffer.byteLength(line)
    this.#stream.write(line)
  }

  /** Resolves when everything written so far has reached the file. What is written later is dropped. */
  close(): Promise<void> {
    const stream = this.#stream
    this.#stream = undefined
    this.#closed = true
    if (!stream || stream.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      stream.once('error', () => resolve())
      stream.end(() => resolve())
    })
  }

  #open(day: string): void {
    this.#stream?.end()
    this.#day = day
    try {
      mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 })
      this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
    } catch {
      this.#bytes = 0
    }
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 })
    stream.on('error', () => {
      if (this.#stream !== stream) return
      this.#stream = undefined
      this.#day = ''
      this.#retryAt = this.#options.clock.monotonic() + retryMs
    })
    this.#stream = stream
  }

  #rotate(day: string): void {
    try {
      for (let n = archives - 1; n >= 1; n -= 1) moveIfThere(`${this.path}.${n}`, `${this.path}.${n + 1}`)
      moveIfThere(this.path, `${this.path}.1`)
    } catch {
      this.#bytes = 0
    }
    this.#open(day)
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}

function localDay(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
