import type { CliIo } from './io.js'
import type { Output } from './output.js'

type Close = () => Promise<void>

/**
 * What a command has open. It is closed when the command has ended, last opened, first closed; and when a signal ends the
 * command, which then dies of that signal: what fails because its connections were closed under it is no outcome of its own,
 * and is not shown. A command that listens for signals itself (stop-signal.ts) ends itself, with a code of its own.
 */
export class Owned {
  /** For the command: knows whether it listens itself. */
  readonly io: CliIo
  readonly #onStop: CliIo['onStop']
  readonly #out: Output
  readonly #closes: Close[] = []
  #listeners = 0
  #release: () => void = () => {}
  #dying: Promise<void> | undefined

  constructor(io: CliIo, out: Output) {
    this.#out = out
    this.#onStop = io.onStop
    this.io = { ...io, onStop: (listener) => this.#listen(listener) }
  }

  add(close: Close): void {
    this.#closes.push(close)
    if (this.#closes.length === 1) this.#release = this.#onStop((signal) => this.#stop(signal))
  }

  /** Closes everything; after a signal it does not come back. */
  async close(): Promise<void> {
    await (this.#dying ?? this.#closeAll())
    this.#release()
  }

  #listen(listener: (signal: string) => void): () => void {
    const release = this.#onStop(listener)
    this.#listeners += 1
    let done = false
    return () => {
      release()
      if (!done) this.#listeners -= 1
      done = true
    }
  }

  #stop(signal: string): void {
    if (this.#listeners > 0) return
    this.#out.mute()
    this.#dying = this.#closeAll().then(() => dieOf(signal))
  }

  async #closeAll(): Promise<void> {
    for (let close = this.#closes.pop(); close; close = this.#closes.pop()) await close().catch(() => {})
  }
}

/** Listening took the default away, which is to end; so does whoever else listens, such as a module that was preloaded. */
function dieOf(signal: string): void {
  const name = signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM'
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}
