import { setMaxListeners } from 'node:events'
import type { WebSocket } from 'ws'
import { maxBufferedBytes, maxPayloadBytes } from '../../schemas/ws/frames.js'
import type { RequestFacts } from '../../src/auth/verdict.js'
import type { ConnectRequest } from '../../src/devices/admit/handshake.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { randomId } from '../../src/kernel/random-id.js'
import type { Caller } from '../../src/live/caller.js'
import type { Peer } from '../../src/live/peer.js'
import { type DispatchServices, dispatch, type Requester } from './_dispatch.js'
import { errorFrame, errorShape, eventFrame, okFrame, readFrame } from './_frames.js'
import { type Admit, closeReason, firstFrame } from './_handshake.js'
import { helloOk } from './_hello.js'
import { setMaxPayload } from './_max-payload.js'

export interface SocketServices extends DispatchServices {
  readonly admit: Admit
  /** Milliseconds from the open socket to `hello-ok`. */
  readonly handshakeMs: number
  readonly closed: (socket: ControlSocket) => void
}

/** What is known of a client before its first frame. */
export interface Stranger {
  readonly facts: RequestFacts
  /** Told once: it was admitted, or its socket closed before. */
  readonly settled: () => void
}

/** Frames that may wait while `connect` is looked at. */
const maxWaitingFrames = 15
/** Refusals for the wrong role in a row. */
const maxUnauthorized = 10
/** Answers that one socket may wait for. */
const maxUnanswered = 1_024
/** How long a peer that is cut off may take to read why. */
const farewellMs = 1_000

interface Opening extends Stranger {
  readonly challenge: ConnectRequest['challenge']
  readonly cancel: () => void
}

/** One socket of the control plane, from its challenge to its close. */
export class ControlSocket implements Peer, Requester {
  readonly connId = randomId()
  readonly connectedAt: number
  readonly messageKeys = new Set<string>()
  wantsSessions = false
  /** False from one ping to its pong. */
  alive = true
  readonly #ws: WebSocket
  readonly #services: SocketServices
  #caller: Caller | undefined
  /** What the handshake needs; dropped with it, since an idle socket should be small. */
  #opening: Opening | undefined
  /** Frames that came while `connect` was looked at; undefined once they were handed on. */
  #waiting: string[] | undefined
  #seq = 0
  #unauthorized = 0
  #unanswered = 0
  #gone: AbortController | undefined
  #closed = false

  constructor(ws: WebSocket, stranger: Stranger, services: SocketServices) {
    const { clock } = services.runtime
    this.#ws = ws
    this.#services = services
    this.connectedAt = clock.now()
    const challenge = { nonce: crypto.randomUUID(), ts: Math.trunc(this.connectedAt) }
    this.#opening = { ...stranger, challenge, cancel: clock.after(services.handshakeMs, () => this.close(1000, '')) }
    ws.on('message', (data: Buffer, isBinary: boolean) => this.#received(data, isBinary))
    ws.on('pong', () => {
      this.alive = true
    })
    ws.on('close', () => this.#over())
    // `ws` has begun to close by itself, and cuts a peer that does not answer.
    ws.on('error', () => {})
    this.#send(eventFrame('connect.challenge', JSON.stringify(challenge)))
  }

  get caller(): Caller {
    if (!this.#caller) throw new Error('this socket has not been admitted')
    return this.#caller
  }

  get peer(): Peer {
    return this
  }

  get signal(): AbortSignal {
    if (!this.#gone) {
      this.#gone = new AbortController()
      // Every request that waits listens to it; their number has a bound of its own.
      setMaxListeners(0, this.#gone.signal)
    }
    if (this.#closed) this.#gone.abort(new GatewayError('run_aborted'))
    return this.#gone.signal
  }

  event(name: string, payload: string, { droppable = false, stateVersion }: Parameters<Peer['event']>[2] = {}): void {
    // A peer that misses an event sees it by the gap in its numbers.
    this.#seq += 1
    if (droppable && this.#ws.bufferedAmount > maxBufferedBytes) return
    this.#send(eventFrame(name, payload, this.#seq, stateVersion))
  }

  direct(name: string, payload: string): void {
    this.#send(eventFrame(name, payload))
  }

  answer(text: string): void {
    this.#send(text)
  }

  answered(error: GatewayError | undefined): void {
    this.#unanswered -= 1
    if (error?.code !== 'unauthorized_role') this.#unauthorized = 0
    else if (++this.#unauthorized > maxUnauthorized) this.close(1008, 'repeated unauthorized calls')
  }

  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#ws.close(code, closeReason(reason))
  }

  /** Asks for a sign of life; a peer that gave none since the last time is gone. */
  ping(): void {
    if (this.alive) this.#ws.ping()
    else this.#ws.terminate()
    this.alive = false
  }

  #received(data: Buffer, isBinary: boolean): void {
    // What comes after our close frame is of no interest (RFC 6455 section 5.5.1).
    if (this.#closed || this.#ws.readyState !== this.#ws.OPEN) return
    const text = data.toString()
    if (isBinary) this.close(1003, 'frames must be text')
    else if (!this.#opening) this.#request(text, data.length)
    else if (!this.#waiting) this.#first(text, this.#opening)
    else if (this.#waiting.length < maxWaitingFrames) this.#waiting.push(text)
    else this.close(1008, 'too many pending handshake frames')
  }

  #first(text: string, opening: Opening): void {
    const first = firstFrame(text)
    if (first.kind === 'refused') {
      const error = new GatewayError('invalid_request', { message: first.reason })
      if (first.id !== undefined) this.#send(errorFrame(first.id, errorShape(error)))
      this.close(first.code, first.reason)
      return
    }
    this.#waiting = []
    const { id, params } = first.frame
    this.#connect(id, params, opening).catch((error: unknown) => {
      this.#services.log.error({ err: error, connId: this.connId }, 'a handshake failed')
      this.#send(errorFrame(id, errorShape(new GatewayError('internal_error'))))
      this.close(1011, 'the gateway failed on this handshake')
    })
  }

  async #connect(id: string, params: unknown, { facts, challenge }: Opening): Promise<void> {
    const { runtime, table, admit } = this.#services
    // Read before: between the admission and its place in the hub nothing may be awaited, or a device that is removed
    // in between would keep its socket.
    const health = await runtime.health.read()
    const admission = await admit({ params, facts, challenge, signal: () => this.signal })
    if (admission.ok) {
      const hello = helloOk(runtime, table, this.connId, { admitted: admission, health })
      this.#open(admission.caller, okFrame(id, hello))
    } else {
      this.#send(errorFrame(id, admission.error))
      this.close(admission.close.code, admission.close.reason)
    }
  }

  #open(caller: Caller, hello: string): void {
    if (this.#closed || this.#ws.readyState !== this.#ws.OPEN) return
    this.#caller = caller
    this.#endOpening()
    setMaxPayload(this.#ws, maxPayloadBytes)
    this.#send(hello)
    this.#services.runtime.hub.add(this)
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const text of waiting) this.#request(text, text.length)
  }

  #request(text: string, bytes: number): void {
    const read = readFrame(text)
    if (read.kind === 'garbage') {
      this.#services.log.debug({ connId: this.connId }, 'a frame that is not JSON was ignored')
    } else if (read.kind === 'invalid') {
      const error = new GatewayError('invalid_request', { message: `invalid request frame: ${read.problem}` })
      this.#send(errorFrame(read.id, errorShape(error)))
    } else if (this.#unanswered >= maxUnanswered) {
      this.#send(errorFrame(read.frame.id, errorShape(new GatewayError('server_busy', { retryAfterMs: 500 }))))
    } else {
      this.#unanswered += 1
      dispatch(this.#services, this, read.frame, bytes)
    }
  }

  #send(text: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount <= maxBufferedBytes) this.#ws.send(text)
    else this.#cutOff()
  }

  #cutOff(): void {
    this.#services.log.warn({ connId: this.connId, bufferedBytes: this.#ws.bufferedAmount }, 'slow consumer: cut off')
    this.close(1008, 'slow consumer')
    this.#services.runtime.clock.after(farewellMs, () => this.#ws.terminate())
  }

  #endOpening(): void {
    if (!this.#opening) return
    this.#opening.cancel()
    this.#opening.settled()
    this.#opening = undefined
  }

  #over(): void {
    this.#closed = true
    this.#endOpening()
    this.#services.runtime.hub.remove(this)
    this.#services.closed(this)
    this.#gone?.abort(new GatewayError('run_aborted'))
  }
}
