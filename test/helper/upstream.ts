import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { openAiWire, type Said, type Wire } from './upstream-wire.js'
import { anthropicWire } from './wires/anthropic.js'
import { googleWire } from './wires/google.js'
import { ollamaWire } from './wires/ollama.js'
import { responsesWire } from './wires/responses.js'

/** One scripted answer: what is said, how it is sent, how it goes wrong. */
export interface Reply extends Said {
  /** Wait before the head, and between frames. Without `delayMs` all frames go out in one write. Milliseconds. */
  readonly firstDelayMs?: number
  readonly delayMs?: number
  /** Awaited before each frame, numbered from 0. */
  readonly before?: (frame: number) => Promise<unknown>
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is in place of an answer; an object as JSON. */
  readonly body?: string | object | Buffer
  /** In place of the stream that would be made of what is said. */
  readonly frames?: readonly string[]
  readonly gzip?: boolean
  /** An error event after the frames (after `cutAfter` frames when set), then the end of the body. */
  readonly errorEvent?: object
  /** The socket is destroyed after so many frames; 0: before the head. */
  readonly cutAfter?: number
  /** Nothing more comes after so many frames; 0: not even the head. */
  readonly hangAfter?: number
}

/** A request as the upstream saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body; `{}` when there was none. */
  readonly body: Record<string, unknown>
  /** Number of the connection, from 1. */
  readonly connection: number
  /** True when the caller broke off before the answer was complete. */
  aborted: boolean
  /** Resolves when the answer is complete or the connection gone. */
  readonly closed: Promise<void>
}

type Answer = Reply | string
/** A reply for every request, one reply after the other (the last one repeats), or a function. A string is a text. */
export type Script = Answer | readonly Answer[] | ((request: Seen, number: number) => Answer | Promise<Answer>)

export interface UpstreamOptions {
  /** False under load: nothing is kept. */
  readonly record?: boolean
}

export interface Upstream {
  readonly port: number
  readonly origin: string
  /** `<origin>/v1`, as a provider's baseUrl. */
  readonly baseUrl: string
  readonly requests: Seen[]
  /** Connections accepted so far. */
  readonly connections: number
  /** Requests being answered now. */
  readonly active: number
  script: Script
  close(): Promise<void>
}

/** What `startUpstream` needs of a tap test. */
interface Owner {
  teardown(run: () => unknown): unknown
}

/**
 * A scripted model server on 127.0.0.1. Answers `POST .../chat/completions` and the endpoints of the other APIs, each in
 * its own words, by the script, streamed or whole as the request asks, `POST .../embeddings` with small vectors, `GET .../models` with one model. Closed by the
 * test's teardown, else by `close`.
 */
export async function startUpstream(
  t: Owner | undefined,
  script: Script = 'Hello from upstream',
  { record = true }: UpstreamOptions = {},
): Promise<Upstream> {
  const numbers = new WeakMap<Socket, number>()
  const state = { connections: 0, active: 0, count: 0 }
  const requests: Seen[] = []
  const texts = new Map<string, Reply>()
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.on('connection', (socket) => numbers.set(socket, ++state.connections))

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    state.active++
    let seen: Seen | undefined
    const closed = new Promise<void>((resolve) => {
      outgoing.once('close', () => {
        state.active--
        if (seen) seen.aborted = !outgoing.writableFinished && !cutByUs.has(outgoing)
        resolve()
      })
    })
    const raw = await readAll(incoming)
    seen = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: raw === '' ? {} : JSON.parse(raw),
      connection: numbers.get(incoming.socket) ?? 0,
      aborted: false,
      closed,
    }
    const number = state.count++
    if (record) requests.push(seen)
    const reply = await pick(upstream.script, seen, number)
    await answer(seen, typeof reply === 'string' ? saying(reply) : reply, outgoing, wireOf(seen.path))
  }

  /** The same text is the same reply, whose frames are made once. */
  function saying(text: string): Reply {
    const reply = texts.get(text) ?? { text }
    if (texts.size < MAX_TEXTS) texts.set(text, reply)
    return reply
  }

  const upstream: Upstream = {
    port: 0,
    origin: '',
    baseUrl: '',
    requests,
    get connections() {
      return state.connections
    },
    get active() {
      return state.active
    },
    script,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const started = Object.defineProperties(upstream, {
    port: { value: port },
    origin: { value: origin },
    baseUrl: { value: `${origin}/v1` },
  })
  t?.teardown(() => started.close())
  return started
}

/** Under load the script gives the same reply again and again. */
const rendered = new WeakMap<Reply, { key: string; frames: string[] }>()
const MAX_TEXTS = 100

const wires: readonly [RegExp, Wire][] = [
  [/\/responses(\?|$)/, responsesWire],
  [/\/messages(\?|$)/, anthropicWire],
  [/:(streamG|g)enerateContent(\?|$)/, googleWire],
  [/\/api\/chat(\?|$)/, ollamaWire],
]

function wireOf(path: string): Wire {
  return wires.find(([pattern]) => pattern.test(path))?.[1] ?? openAiWire
}

const cutByUs = new WeakSet<ServerResponse>()

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function pick(script: Script, seen: Seen, number: number): Answer | Promise<Answer> {
  if (typeof script === 'function') return script(seen, number)
  if (typeof script === 'string' || !isList(script)) return script
  return script[Math.min(number, script.length - 1)] ?? ''
}

function isList(script: Reply | readonly Answer[]): script is readonly Answer[] {
  return Array.isArray(script)
}

async function answer(seen: Seen, reply: Reply, outgoing: ServerResponse, wire: Wire): Promise<void> {
  if (reply.firstDelayMs !== undefined) await sleep(reply.firstDelayMs)
  if (reply.hangAfter === 0) return
  if (reply.cutAfter === 0) return cut(outgoing)
  const model = String(seen.body.model ?? 'up')
  const send = (body: string | object | Buffer, type = 'application/json') => whole(reply, outgoing, body, type)
  if (reply.body !== undefined) return send(reply.body, typeof reply.body === 'object' ? undefined : 'text/plain')
  if (reply.status !== undefined && reply.status >= 300 && !reply.frames) {
    return send({ error: { message: `scripted ${reply.status}`, type: 'scripted_error', param: null, code: null } })
  }
  if (/\/models(\?|$)/.test(seen.path)) return send({ object: 'list', data: [{ id: 'up', object: 'model' }] })
  if (/\/embeddings(\?|$)/.test(seen.path)) return send(embeddings(seen.body))
  const streams = wire.streams?.(seen.path) ?? seen.body.stream === true
  if (!streams && !reply.frames) return send(wire.whole(reply, model))
  const options = seen.body.stream_options as { include_usage?: boolean } | undefined
  const frames = reply.frames ?? framesOf(reply, wire, model, options?.include_usage === true)
  await stream(reply, outgoing, frames, wire)
}

function whole(reply: Reply, outgoing: ServerResponse, body: string | object | Buffer, type: string): void {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const bytes = reply.gzip ? gzipSync(text) : Buffer.from(text)
  if (reply.gzip) outgoing.setHeader('content-encoding', 'gzip')
  outgoing.writeHead(reply.status ?? 200, { 'content-type': type, 'content-length': bytes.length, ...reply.headers })
  outgoing.end(bytes)
}

function framesOf(reply: Reply, wire: Wire, model: string, withUsage: boolean): string[] {
  const key = `${model} ${withUsage}`
  const made = rendered.get(reply)
  if (made?.key === key) return made.frames
  const frames = wire.frames(reply, model, withUsage)
  rendered.set(reply, { key, frames })
  return frames
}

async function stream(reply: Reply, outgoing: ServerResponse, all: readonly string[], wire: Wire): Promise<void> {
  const stop = reply.cutAfter ?? reply.hangAfter ?? all.length
  const frames = all.slice(0, stop)
  if (reply.errorEvent) frames.push(wire.errorFrame(reply.errorEvent))
  if (reply.gzip) outgoing.setHeader('content-encoding', 'gzip')
  outgoing.writeHead(reply.status ?? 200, { 'content-type': wire.contentType, ...reply.headers })
  const encode = (text: string) => (reply.gzip ? gzipSync(text) : text)
  if ((reply.delayMs === undefined && !reply.before) || reply.gzip) outgoing.write(encode(frames.join('')))
  else {
    for (const [number, frame] of frames.entries()) {
      await reply.before?.(number)
      if (outgoing.destroyed) return
      outgoing.write(frame)
      if (reply.delayMs) await sleep(reply.delayMs)
      else await turn()
    }
  }
  if (reply.errorEvent) outgoing.end()
  else if (reply.cutAfter !== undefined) setTimeout(() => cut(outgoing), 20)
  else if (reply.hangAfter === undefined) outgoing.end()
}

/** Destroys the connection, so that the caller sees a broken one and not an end. */
function cut(outgoing: ServerResponse): void {
  cutByUs.add(outgoing)
  outgoing.destroy()
}

function embeddings(body: Record<string, unknown>): object {
  const inputs = Array.isArray(body.input) ? body.input : [body.input]
  const size = typeof body.dimensions === 'number' ? body.dimensions : 3
  const vector = (text: string) => Array.from({ length: size }, (_, at) => (text.length + at) / 10)
  const data = inputs.map((text, index) => ({ object: 'embedding', index, embedding: vector(String(text)) }))
  return {
    object: 'list',
    data,
    model: body.model,
    usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
  }
}
