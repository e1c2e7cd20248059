import http from 'node:http'
import type { TLSSocket } from 'node:tls'
import { kindOf, unreachable } from './failures.js'

/** Longest answer that is read, in bytes: answers to the command line are small. */
const maxResponseBytes = 4 * 1024 * 1024

export interface HttpRequest {
  readonly url: URL
  /** How the address is called in messages. */
  readonly display: string
  readonly method?: 'GET' | 'POST'
  readonly bearer?: string | undefined
  readonly body?: unknown
  /** For everything, from the name lookup to the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** SHA-256 of the certificate that the server must show, upper-case hex with colons. Then no CA is asked. */
  readonly pin?: string | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly elapsedMs: number
}

/**
 * One request on `node:http`, without keep-alive: nothing is left open when it ends. Throws `gateway_unreachable` whose
 * `details.kind` says why.
 */
export async function httpRequest(request: HttpRequest): Promise<HttpAnswer> {
  const started = performance.now()
  const limit = AbortSignal.timeout(request.timeoutMs)
  try {
    const socket = request.url.protocol === 'https:' ? await secureSocket(request, limit) : undefined
    const answer = await exchange(request, limit, socket)
    return { ...answer, elapsedMs: Math.round(performance.now() - started) }
  } catch (error) {
    if (limit.aborted) throw unreachable('timeout', request.display, `${request.timeoutMs} ms`, error)
    if (error instanceof PinError) throw unreachable('pin', request.display)
    const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw unreachable(kindOf(error), request.display, detail, error)
  }
}

type Exchanged = Omit<HttpAnswer, 'elapsedMs'>

function exchange(request: HttpRequest, signal: AbortSignal, socket: TLSSocket | undefined): Promise<Exchanged> {
  const { url, method = 'GET' } = request
  // Bytes, not text: node would write the headers in the encoding of a text body.
  const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body), 'utf8')
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        host: unbracketed(url.hostname),
        port: url.port || (socket ? 443 : 80),
        path: url.pathname,
        method,
        headers: headersOf(request, body),
        signal,
        // With an agent, even with none, node would not ask for our connection.
        ...(socket ? { createConnection: () => socket } : { agent: false }),
      },
      (response) => collect(response).then(resolve, reject),
    )
    sent.once('error', reject)
    sent.end(body)
  }).finally(() => socket?.destroy()) as Promise<Exchanged>
}

function headersOf({ url, bearer }: HttpRequest, body: Buffer | undefined): Record<string, string> {
  return {
    host: url.host,
    accept: 'application/json',
    connection: 'close',
    // The bytes of a header are latin1 to node; a secret beyond ASCII travels as UTF-8, as curl sends it.
    ...(bearer === undefined ? {} : { authorization: `Bearer ${Buffer.from(bearer, 'utf8').toString('latin1')}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
  }
}

async function collect(response: http.IncomingMessage): Promise<Exchanged> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > maxResponseBytes) break
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }
}

class PinError extends Error {}

/** A TLS connection that has been checked before the first byte of the request, so that no secret goes astray. */
async function secureSocket({ url, pin }: HttpRequest, signal: AbortSignal): Promise<TLSSocket> {
  const { connect } = await import('node:tls')
  const host = unbracketed(url.hostname)
  const socket = connect({
    host,
    port: Number(url.port || 443),
    rejectUnauthorized: pin === undefined,
    ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
  })
  const stop = () => socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed')))
    })
    if (pin !== undefined && socket.getPeerX509Certificate()?.fingerprint256 !== pin) throw new PinError()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '')
