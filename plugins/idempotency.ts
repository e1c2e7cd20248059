import { createHash } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { drained } from '../src/kernel/drained.js'
import { GatewayError } from '../src/kernel/errors.js'
import { Stop } from '../src/kernel/stop.js'
import { ping, sseLimits } from '../src/live/event-stream.js'
import type { Recording } from '../src/live/replays.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Calls with an `Idempotency-Key` are done once; repeated ones get the same answer. */
    idempotent?: true
  }
  interface FastifyRequest {
    /** Set for a call with an `Idempotency-Key`: what its caller gets is kept, and it goes on when the caller leaves. */
    recording?: Recording
  }
}

const maxKeyLength = 256
/** Of the first answer; the rest belongs to its connection. */
const replayed = /^(?:content-type|cache-control|retry-after|openai-processing-ms|x-(?!request-id).*)$/

/**
 * `Idempotency-Key` on the POST routes that say so (IETF draft-ietf-httpapi-idempotency-key-header): a key with the same
 * body gets the first answer, also while that is still being written; with another body it is refused. Kept in memory for
 * five minutes. A failure that may pass (429, 5xx) is not kept: the next call tries again.
 */
export default fp(
  async (app) => {
    const { replays } = app.runtime
    app.decorateRequest('recording', undefined)
    app.addHook('onRoute', (route) => {
      if (!route.config?.idempotent) return
      route.onSend = [...listOf(route.onSend), keep]
      route.preHandler = [
        ...listOf(route.preHandler),
        async (request: FastifyRequest, reply: FastifyReply) => {
          const given = request.headers['idempotency-key']
          if (given === undefined) return
          const key = scopedKey(request, String(given))
          const fingerprint = fingerprintOf(request)
          const known = replays.get(key)
          if (!known) {
            request.recording = replays.open(key, fingerprint)
            return
          }
          if (known.fingerprint !== fingerprint) throw new GatewayError('idempotency_key_reused')
          await replay(known, reply)
        },
      ]
    })
  },
  { name: 'idempotency', dependencies: ['runtime'] },
)

const keep: onSendHookHandler = ({ recording }, reply, payload, done) => {
  if (recording) {
    const { statusCode } = reply
    recording.begin(statusCode, reply.getHeaders())
    if (typeof payload === 'string') recording.add(payload)
    recording.end(statusCode < 500 && statusCode !== 429 && statusCode !== 499 ? 'whole' : 'failed')
  }
  done(null, payload)
}

function listOf<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : ([hooks].flat() as T[])
}

/** What is asked: the body, and the headers that say of whom and how. */
function fingerprintOf({ headers, body }: FastifyRequest): string {
  const asked = Object.entries(headers).filter(([name]) => name.startsWith('x-openclaw-'))
  return createHash('sha256')
    .update(JSON.stringify([asked.sort(), body]))
    .digest('base64')
}

function scopedKey({ identity, routeOptions }: FastifyRequest, key: string): string {
  if (key.length === 0 || key.length > maxKeyLength) {
    throw new GatewayError('invalid_request', {
      message: `Idempotency-Key must have 1 to ${maxKeyLength} characters.`,
      param: 'idempotency-key',
    })
  }
  return JSON.stringify([routeOptions.url, identity?.user ?? identity?.method, key])
}

/** Gives what was answered so far, then what still comes. */
async function replay(recording: Recording, reply: FastifyReply): Promise<void> {
  const gone = new Stop()
  reply.raw.once('close', () => gone.abort(new GatewayError('run_aborted')))
  while (!recording.head && recording.state === 'open' && !gone.aborted) await recording.news.next(gone)
  const { head } = recording
  // The first call broke off before it had an answer.
  if (!head || (recording.state === 'cut' && recording.chunks.length === 0)) throw new GatewayError('run_aborted')
  const headers = Object.entries(head.headers).filter(([name]) => replayed.test(name))
  reply.headers({ ...Object.fromEntries(headers), 'idempotent-replayed': 'true' })
  reply.hijack()
  reply.raw.writeHead(head.status, reply.getHeaders() as OutgoingHttpHeaders)
  const stopPings = String(head.headers['content-type']).startsWith('text/event-stream')
    ? pingWhenQuiet(reply)
    : () => {}
  try {
    for (let next = 0; !gone.aborted; ) {
      const chunk = recording.chunks[next]
      if (chunk !== undefined) {
        next += 1
        if (!reply.raw.write(chunk)) await drained(reply.raw, sseLimits.stalledMs)
      } else if (recording.state === 'open') await recording.news.next(gone)
      else break
    }
  } finally {
    stopPings()
  }
  if (recording.state === 'cut') reply.raw.destroy()
  else reply.raw.end()
}

/** The comments that keep a connection open are of the connection, not of the answer. */
function pingWhenQuiet({ raw }: FastifyReply): () => void {
  let written = raw.socket?.bytesWritten
  const timer = setInterval(() => {
    if (raw.socket?.bytesWritten === written && !raw.writableNeedDrain) raw.write(ping)
    written = raw.socket?.bytesWritten
  }, sseLimits.keepAliveMs)
  return () => clearInterval(timer)
}
