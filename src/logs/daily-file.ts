import { createWriteStream, lstatSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../kernel/clock.js'

export interface DailyFileOptions {
  readonly folder: string
  /** `openclaw` gives `openclaw-2026-11-20.log`. */
  readonly prefix: string
  readonly clock: Clock
}

/** What may change while it is written. */
export interface DailyFileSettings {
  /** A path that is used as it is, every day; absent: the file of the day. */
  readonly file?: string | undefined
  /** Bytes after which the file is set aside; five are kept. */
  readonly maxBytes?: number | undefined
}

const defaultMaxBytes = 100 * 1024 * 1024
const archives = 5
/** Bytes that may wait for a slow disk; lines beyond that are lost. */
const maxPendingBytes = 16 * 1024 * 1024
/** How long a disk that failed is left alone, in milliseconds. */
const retryMs = 10_000

/** Appends lines to the day's log file (local date), or to one that was asked for. A disk that fails costs log lines, never the gateway. */
export class DailyFile {
  readonly #options: DailyFileOptions
  #settings: DailyFileSettings
  #day = ''
  #bytes = 0
  #stream: WriteStream | undefined
  #retryAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: DailyFileOptions, settings: DailyFileSettings = {}) {
    this.#options = options
    this.#settings = settings
  }

  /** Holds from the next line on. */
  apply(settings: DailyFileSettings): void {
    if (settings.file !== this.#settings.file) {
      this.#day = ''
      this.#retryAt = Number.NEGATIVE_INFINITY
    }
    this.#settings = settings
  }

  /** The file of today. */
  get path(): string {
    if (this.#settings.file !== undefined) return this.#settings.file
    return join(this.#options.folder, `${this.#options.prefix}-${localDay(this.#options.clock.now())}.log`)
  }

  write(line: string): void {
    const { clock } = this.#options
    const { maxBytes = defaultMaxBytes } = this.#settings
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
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
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

/** A link or a device that was asked for as the log file, e.g. /dev/stdout, stays where it is. */
function moveIfThere(from: string, to: string): void {
  if (lstatSync(from, { throwIfNoEntry: false })?.isFile()) renameSync(from, to)
}

function localDay(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
