import { WebSocket } from 'ws'
import type { Clock } from '../../kernel/clock.js'
import { ChannelFailure } from '../port.js'

/** Operations of the gateway. */
const op = {
  dispatch: 0, // <-
  heartbeat: 1, // ->
  identify: 2, // ->
  resume: 6, // ->
  reconnect: 7, // <-
  invalidSession: 9, // <-
  hello: 10, // <-
  heartbeatAck: 11, // <-
} as const

export interface Session {
  readonly id: string
  readonly seq: number
}

/** How a socket ended. `anew`: the session is gone. `intents`: the bot may not listen to so much. `token`: it is old. */
export type Ended = 'resume' | 'anew' | 'intents' | 'token'

export interface SocketOptions {
  readonly url: string
  readonly token: string
  readonly intents: number
  readonly session: Session | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  /** One after the other. The sequence is told once it is done with. */
  readonly take: (type: string, data: unknown, seq: number) => Promise<void>
}

interface Frame {
  readonly op?: number
  readonly s?: number
  readonly t?: string
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on the operation
  readonly d?: any
}

const helloMs = 20_000
const maxFrame = 4 * 1024 ** 2

/** Close codes (bot.q.qq.com, "WebSocket"): what to do after each. */
function afterClose(code: number): Ended {
  if (code === 4013 || code === 4014) return 'intents'
  if (code === 4914 || code === 4915) throw new ChannelFailure('auth', `gateway: ${code}: the bot is offline or banned`)
  if (code === 4004) return 'token'
  if (code === 4006 || code === 4007 || (code >= 4900 && code <= 4913)) return 'anew'
  return 'resume'
}

/** One socket from its hello to its end. Rejects with a `ChannelFailure` when another try needs more than a new socket. */
export async function runSocket(options: SocketOptions): Promise<Ended> {
  const { url, clock, signal, take } = options
  const socket = new WebSocket(url, { maxPayload: maxFrame, handshakeTimeout: helloMs })
  let seq = options.session?.seq
  let acknowledged = true
  let outcome: Ended | undefined
  let work = Promise.resolve()
  let failed: unknown
  let cancel = clock.after(helloMs, () => socket.terminate())
  const say = (code: number, d: unknown) => socket.send(JSON.stringify({ op: code, d }))
  const beat = (everyMs: number) => {
    // A server that does not answer is not there.
    if (!acknowledged) return socket.terminate()
    acknowledged = false
    say(op.heartbeat, seq ?? null)
    cancel = clock.after(everyMs, () => beat(everyMs))
  }
  const end = (how: Ended) => {
    outcome = how
    socket.close(1000)
    cancel()
    cancel = clock.after(1_000, () => socket.terminate())
  }
  const dispatch = (frame: Frame) => {
    const { t: type = '', s = 0, d } = frame
    seq = s
    // What comes meanwhile stays with the system.
    socket.pause()
    work = work
      .then(() => (failed === undefined ? take(type, d, s) : undefined))
      .catch((error: unknown) => {
        failed = error
        socket.terminate()
      })
      .finally(() => socket.resume())
  }
  socket.on('message', (raw) => {
    const frame = frameOf(String(raw))
    switch (frame.op) {
      case op.hello: {
        cancel()
        greet(say, options)
        const everyMs = Number(frame.d?.heartbeat_interval) || 30_000
        cancel = clock.after(everyMs, () => beat(everyMs))
        break
      }
      case op.heartbeatAck:
        acknowledged = true
        break
      case op.dispatch:
        dispatch(frame)
        break
      case op.reconnect:
        end('resume')
        break
      case op.invalidSession:
        // Nothing was resumed: it is what was asked for that is not granted.
        end(options.session ? 'anew' : 'intents')
        break
    }
  })
  const closed = new Promise<number>((resolve, reject) => {
    socket.once('close', resolve)
    socket.once('error', (error) => reject(new ChannelFailure('network', `gateway: ${error.message}`)))
  })
  const abort = () => socket.close(1000)
  signal.addEventListener('abort', abort)
  if (signal.aborted) socket.terminate()
  try {
    const code = await closed
    await work
    if (failed !== undefined) throw failed
    return outcome ?? afterClose(code)
  } finally {
    cancel()
    signal.removeEventListener('abort', abort)
    socket.on('error', () => {})
    socket.terminate()
  }
}

function greet(say: (code: number, d: unknown) => void, { token, intents, session }: SocketOptions): void {
  const bearer = `QQBot ${token}`
  if (session) say(op.resume, { token: bearer, session_id: session.id, seq: session.seq })
  else say(op.identify, { token: bearer, intents, shard: [0, 1], properties: {} })
}

function frameOf(text: string): Frame {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
