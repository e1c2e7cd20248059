import { setMaxListeners } from 'node:events'
import type { HelloOk } from '../../../schemas/ws/connect.js'
import { type Clock, sleep } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { EventBus } from '../../kernel/events.js'
import { type CallOptions, type Calls, defaultCallMs } from '../calls.js'
import { backoffMs } from './backoff.js'
import type { Connection, ConnectionListener, Gap } from './connection.js'
import type { GatewayEvent } from './frames.js'
import { maxPending } from './pending.js'
import { mayRetry } from './retry.js'
import { closedBy, type WireEnd } from './wire.js'

/** Calls that may wait for the next connection. */
const maxWaiting = 256
/** A gateway that names a time is believed within these bounds, in milliseconds. */
const [minWaitMs, maxWaitMs] = [100, 60_000]
/** A connection that lasted as long as this was a good one: the waits begin anew, in milliseconds. */
const steadyMs = 5_000

export interface ReconnectingOptions {
  /** Makes one connection. */
  open(listener: ConnectionListener, signal: AbortSignal): Promise<Connection>
  readonly display: string
  /** Its timers should keep the process alive: between two attempts nothing else does. */
  readonly clock: Clock
  readonly random?: () => number
}

export interface ClientEvents {
  connected: HelloOk
  /** The gateway is gone; the next attempt comes after `retryInMs`. */
  disconnected: { readonly error: unknown; readonly retryInMs: number }
  /** No attempt will follow; a person has to do something first. */
  stopped: unknown
  event: GatewayEvent
  gap: Gap
}

/**
 * A client that stays: it comes back after a lost connection, with growing waits, until the gateway says that trying
 * again is of no use. Calls wait for the connection; one that was sent and lost is not sent again.
 */
export class ReconnectingClient implements Calls {
  readonly events = new EventBus<ClientEvents>()
  readonly #options: ReconnectingOptions
  readonly #over = new AbortController()
  readonly #waiting = new Set<() => void>()
  #connection: Connection | undefined
  #stopped: unknown
  #attempt = 0
  #openedAt = 0
  #connectedBefore = false

  constructor(options: ReconnectingOptions) {
    this.#options = options
  }

  /** Begins to connect; listen first. */
  start(): this {
    void this.#run()
    return this
  }

  get connected(): boolean {
    return this.#connection !== undefined
  }

  /** The greeting of the present connection, when there is one. */
  get hello(): HelloOk | undefined {
    return this.#connection?.hello
  }

  async call(name: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    const { clock } = this.#options
    const until = clock.monotonic() + (options.timeoutMs ?? defaultCallMs)
    const connection = await this.#connected(until, options.signal)
    return connection.call(name, params, { ...options, timeoutMs: Math.max(until - clock.monotonic(), 1) })
  }

  /** Ends the connection and every attempt. */
  close(): void {
    if (this.#over.signal.aborted) return
    this.#stopped ??= new GatewayError('run_aborted', { message: 'The client was closed.' })
    this.#over.abort(this.#stopped)
    this.#connection?.close()
    this.#wake()
  }

  async #run(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      const error = await this.#live(signal)
      if (signal.aborted) return
      if (!mayRetry(error)) {
        this.#stopped = error
        this.events.emit('stopped', error)
        this.#wake()
        return
      }
      const retryInMs = this.#waitAfter(error)
      this.events.emit('disconnected', { error, retryInMs })
      await sleep(this.#options.clock, retryInMs, signal).catch(() => {})
    }
  }

  /** One connection from its first try to its end; gives why it is over. */
  async #live(signal: AbortSignal): Promise<unknown> {
    let ended: ((end: WireEnd) => void) | undefined
    const end = new Promise<WireEnd>((resolve) => {
      ended = resolve
    })
    try {
      await this.#options.open(
        this.#listener((how) => ended?.(how)),
        signal,
      )
    } catch (error) {
      return error
    }
    const how = await end
    this.#connection = undefined
    if (this.#options.clock.monotonic() - this.#openedAt >= steadyMs) this.#attempt = 0
    return closedBy(this.#options.display, how)
  }

  #listener(closed: (end: WireEnd) => void): ConnectionListener {
    return {
      opened: (connection) => this.#opened(connection),
      event: (event) => this.events.emit('event', event),
      gap: (gap) => this.events.emit('gap', gap),
      closed,
    }
  }

  #opened(connection: Connection): void {
    this.#connection = connection
    this.#openedAt = this.#options.clock.monotonic()
    this.events.emit('connected', connection.hello)
    if (this.#connectedBefore) this.events.emit('gap', { reason: 'reconnected', count: undefined })
    this.#connectedBefore = true
    this.#wake()
  }

  #waitAfter(error: unknown): number {
    const told = error instanceof GatewayError ? error.retryAfterMs : undefined
    if (told !== undefined) return Math.min(Math.max(told, minWaitMs), maxWaitMs)
    return backoffMs(this.#attempt++, this.#options.random ?? Math.random)
  }

  async #connected(until: number, signal: AbortSignal | undefined): Promise<Connection> {
    const { clock, display } = this.#options
    while (!this.#connection || this.#connection.closed) {
      if (this.#stopped !== undefined) throw this.#stopped
      signal?.throwIfAborted()
      const leftMs = until - clock.monotonic()
      if (leftMs <= 0) throw new GatewayError('gateway_unreachable', { message: `${display} is not connected.` })
      if (this.#waiting.size >= maxWaiting) {
        throw new GatewayError('server_busy', { message: `More than ${maxWaiting} calls wait for the gateway.` })
      }
      await this.#change(leftMs, signal)
    }
    return this.#connection
  }

  /** Waits until something changes, or for the time that is left. */
  #change(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        signal?.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const cancel = this.#options.clock.after(ms, done)
      if (signal) setMaxListeners(maxPending, signal)
      signal?.addEventListener('abort', done, { once: true })
      this.#waiting.add(done)
    })
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}
