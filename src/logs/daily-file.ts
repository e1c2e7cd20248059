import { createWriteStream, lstatSync, mkdirSync, renameSync, type WriteStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { isStillSafe } from '../instance/log-dir.js'
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
  /** What the open file stands for: its day, or the path that was asked for. */
  #key = ''
  #bytes = 0
  #stream: WriteStream | undefined
  #retryAt = Number.NEGATIVE_INFINITY
  #closed = false
  readonly #listeners = new Set<() => void>()
  readonly #tell = () => {
    for (const listener of [...this.#listeners]) listener()
  }
  /** Streams that were replaced and still have lines to write. */
  readonly #ending = new Set<Promise<void>>()

  constructor(options: DailyFileOptions, settings: DailyFileSettings = {}) {
    this.#options = options
    this.#settings = settings
  }

  /** Holds from the next line on. */
  apply(settings: DailyFileSettings): void {
    if (settings.file !== this.#settings.file) this.#retryAt = Number.NEGATIVE_INFINITY
    this.#settings = settings
  }

  /** The file of today. */
  get path(): string {
    if (this.#settings.file !== undefined) return this.#settings.file
    return join(this.#options.folder, `${this.#options.prefix}-${localDay(this.#options.clock.now())}.log`)
  }

  write(line: string): void {
    const { clock } = this.#options
    const { file, maxBytes = defaultMaxBytes } = this.#settings
    if (this.#closed || clock.monotonic() < this.#retryAt) return
    const key = file ?? localDay(clock.now())
    if (key !== this.#key) this.#open(key)
    // A file that is not open yet cannot be moved out of the way.
    else if (this.#bytes > maxBytes && this.#stream?.pending === false) this.#rotate(key)
    if (!this.#stream || this.#stream.writableLength > maxPendingBytes) return
    this.#bytes += Buffer.byteLength(line)
    if (this.#listeners.size === 0) this.#stream.write(line)
    else this.#stream.write(line, this.#tell)
  }

  /** Tells when lines have reached the file, those that are on their way too; the returned function stops. */
  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener)
    // An empty write ends when what stands before it has been written.
    if (this.#stream?.writable && this.#stream.writableLength > 0) this.#stream.write('', this.#tell)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when everything written so far has reached the file. What is written later is dropped. */
  async close(): Promise<void> {
    this.#closed = true
    this.#end()
    await Promise.all(this.#ending)
  }

  #end(): void {
    const stream = this.#stream
    this.#stream = undefined
    if (!stream || stream.destroyed) return
    const ended = new Promise<void>((resolve) => {
      stream.once('close', resolve)
      stream.end()
    }).then(() => void this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  #open(key: string): void {
    this.#end()
    this.#key = key
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
      // A path that was asked for is used as it is.
      if (this.#settings.file === undefined && !isStillSafe(dirname(this.path))) {
        this.#fail()
        return
      }
      const found = lstatSync(this.path, { throwIfNoEntry: false })
      this.#bytes = found?.isFile() ? found.size : 0
    } catch {
      this.#bytes = 0
    }
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 })
    stream.on('error', () => {
      if (this.#stream === stream) this.#fail()
    })
    this.#stream = stream
  }

  #fail(): void {
    this.#stream = undefined
    this.#key = ''
    this.#retryAt = this.#options.clock.monotonic() + retryMs
  }

  #rotate(key: string): void {
    try {
      for (let n = archives - 1; n >= 1; n -= 1) moveIfThere(`${this.path}.${n}`, `${this.path}.${n + 1}`)
      moveIfThere(this.path, `${this.path}.1`)
    } catch {
      this.#bytes = 0
    }
    this.#open(key)
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
