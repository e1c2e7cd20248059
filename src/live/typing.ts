import type { RunEvent } from '../agents/types.js'
import type { Capabilities, ChatKind, Connection, Place } from '../channels/port.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'

const usualMs = 6_000
/** A turn in which nothing has happened for so long has stopped to look alive. */
const longestMs = 120_000

export type TypingMode = NonNullable<NonNullable<Config['session']>['typingMode']>

/** When the sign begins, and how often it is renewed, in milliseconds (spec/runtime.md 1.7). */
export function typingRules(
  { session, agents }: Config,
  { typingMs = usualMs }: Pick<Capabilities, 'typingMs'>,
  { kind, mentioned }: { readonly kind: ChatKind; readonly mentioned: boolean },
): { readonly mode: TypingMode; readonly everyMs: number } {
  const usual = kind === 'direct' || mentioned ? 'instant' : 'message'
  const seconds = session?.typingIntervalSeconds ?? agents?.defaults?.typingIntervalSeconds
  return {
    mode: session?.typingMode ?? agents?.defaults?.typingMode ?? usual,
    everyMs: seconds === undefined || seconds === 0 ? typingMs : seconds * 1_000,
  }
}

export interface TypingOptions {
  readonly connection: Pick<Connection, 'typing' | 'idle'>
  readonly place: Place
  readonly clock: Clock
  readonly mode: TypingMode
  readonly everyMs: number
}

/** The sign that somebody writes. What goes wrong with it is nobody's concern. */
export class Typing {
  readonly #options: TypingOptions
  readonly #stop = new AbortController()
  #cancel = () => {}
  #begun = false
  #until = 0

  constructor(options: TypingOptions) {
    this.#options = options
    if (options.mode === 'instant') this.#begin()
  }

  /** Something has happened in the turn. */
  add({ type }: RunEvent): void {
    this.#until = this.#options.clock.monotonic() + longestMs
    const { mode } = this.#options
    if (mode === 'message' && type !== 'text') return
    if (mode === 'thinking' && type !== 'reasoning' && type !== 'text') return
    if (mode !== 'never') this.#begin()
  }

  stop(): void {
    this.#cancel()
    this.#stop.abort()
    const { connection, place } = this.#options
    if (this.#begun) connection.idle?.(place, AbortSignal.timeout(usualMs)).catch(() => {})
  }

  #begin(): void {
    if (this.#begun || this.#stop.signal.aborted) return
    this.#begun = true
    this.#until = this.#options.clock.monotonic() + longestMs
    this.#beat()
  }

  #beat(): void {
    const { connection, place, clock, everyMs } = this.#options
    if (this.#stop.signal.aborted) return
    // A turn that goes on after a long silence is seen again.
    if (clock.monotonic() <= this.#until) connection.typing?.(place, this.#stop.signal).catch(() => {})
    this.#cancel = clock.after(everyMs, () => this.#beat())
  }
}
