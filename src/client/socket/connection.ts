import type { HelloOk } from '../../../schemas/ws/connect.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { type CallOptions, type Calls, defaultCallMs } from '../calls.js'
import { unreachable } from '../failures.js'
import { type GatewayEvent, readIncoming } from './frames.js'
import { type Login, type Policy, policyOf, shakeHands } from './handshake.js'
import { PendingCalls } from './pending.js'
import { Watchdog } from './watchdog.js'
import { type Address, closedBy, Wire, type WireEnd } from './wire.js'

/** Events that were not delivered: whoever shows state that events keep up to date reads it again. */
export interface Gap {
  /** missed: the gateway dropped events to this client. reconnected: nobody knows what happened in between. */
  readonly reason: 'missed' | 'reconnected'
  /** Events that are missing; undefined after a reconnect. */
  readonly count: number | undefined
}

export interface ConnectionListener {
  /** Before the first event. */
  opened?(connection: Connection): void
  event?(event: GatewayEvent): void
  gap?(gap: Gap): void
  closed?(end: WireEnd): void
}

export interface ConnectionOptions {
  readonly address: Address
  readonly login: Login
  /** Until the socket is open, in milliseconds. */
  readonly openMs: number
  /** From there to `hello-ok`, in milliseconds. */
  readonly helloMs: number
  readonly clock: Clock
  readonly listener?: ConnectionListener | undefined
  readonly signal?: AbortSignal | undefined
}

/** One socket of the control plane that was admitted, until it closes. It never comes back by itself. */
export class Connection implements Calls {
  readonly hello: HelloOk
  readonly #wire: Wire
  readonly #pending: PendingCalls
  readonly #watchdog: Watchdog
  readonly #policy: Policy
  readonly #listener: ConnectionListener
  #next = 1
  #lastSeq = 0

  private constructor(wire: Wire, hello: HelloOk, { clock, listener = {} }: ConnectionOptions) {
    this.hello = hello
    this.#wire = wire
    this.#listener = listener
    this.#policy = policyOf(hello)
    this.#pending = new PendingCalls(clock, wire.display)
    this.#watchdog = new Watchdog(clock, this.#policy.tickIntervalMs, () => this.close(4000, 'tick timeout'))
    listener.opened?.(this)
    wire.listen({
      text: (text) => this.#received(text),
      ping: () => this.#watchdog.feed(),
      closed: (end) => this.#over(end),
    })
  }

  /**
   * Connects and shakes hands. What does not even open a socket is given up soon; a gateway that did may be busy with its
   * own start. Throws `gateway_unreachable` or the reason of the signal.
   */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { address, login, openMs, helloMs, signal } = options
    const wire = await within(openMs, address.display, signal, (stop) => Wire.open(address, stop))
    return within(helloMs, address.display, signal, async (stop) => {
      const cut = () => wire.terminate()
      stop.addEventListener('abort', cut, { once: true })
      try {
        return new Connection(wire, await shakeHands(wire, login), options)
      } catch (error) {
        wire.terminate()
        throw error
      } finally {
        stop.removeEventListener('abort', cut)
      }
    })
  }

  get closed(): boolean {
    return this.#wire.ended !== undefined
  }

  async call(name: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    options.signal?.throwIfAborted()
    if (this.#wire.ended) throw closedBy(this.#wire.display, this.#wire.ended)
    const id = String(this.#next++)
    const text = JSON.stringify({ type: 'req', id, method: name, ...(params !== undefined && { params }) })
    this.#check(Buffer.byteLength(text))
    const answer = this.#pending.add(id, options, options.timeoutMs ?? defaultCallMs)
    this.#wire.send(text)
    return answer
  }

  close(code = 1000, reason = ''): void {
    this.#watchdog.stop()
    this.#wire.close(code, reason)
  }

  /** A frame that is too large would cost us the connection, and what nobody takes must not pile up here. */
  #check(bytes: number): void {
    const { maxPayload, maxBufferedBytes } = this.#policy
    if (bytes > maxPayload) {
      throw new GatewayError('request_too_large', { message: `The gateway takes at most ${maxPayload} bytes at once.` })
    }
    if (this.#wire.bufferedBytes + bytes > maxBufferedBytes) {
      throw new GatewayError('server_busy', {
        message: 'The gateway does not read fast enough. Try again in a moment.',
      })
    }
  }

  #received(text: string): void {
    this.#watchdog.feed()
    const frame = readIncoming(text)
    if (frame?.type === 'res') this.#pending.settle(frame)
    else if (frame) this.#event(frame)
  }

  #event(event: GatewayEvent): void {
    const { seq } = event
    if (seq !== undefined) {
      const missed = seq - this.#lastSeq - 1
      this.#lastSeq = seq
      if (missed > 0) this.#listener.gap?.({ reason: 'missed', count: missed })
    }
    this.#listener.event?.(event)
  }

  #over(end: WireEnd): void {
    this.#watchdog.stop()
    this.#pending.failAll(closedBy(this.#wire.display, end))
    this.#listener.closed?.(end)
  }
}

/** Runs with a signal that aborts when the time is over or the caller gives up, and says which it was. */
async function within<T>(
  ms: number,
  display: string,
  signal: AbortSignal | undefined,
  run: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(ms)
  try {
    return await run(signal ? AbortSignal.any([limit, signal]) : limit)
  } catch (error) {
    signal?.throwIfAborted()
    throw limit.aborted ? unreachable('timeout', display, `${ms} ms`, error) : error
  }
}
