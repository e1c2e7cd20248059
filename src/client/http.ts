import http from 'node:http'
import { failureOf, unreachable } from './failures.js'
import { type SecureSocket, secureSocket, unbracketed } from './tls.js'

/** Longest answer that is read, in bytes: answers to the command line are small. */
const maxAnswerBytes = 4 * 1024 * 1024

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
  /** Sent besides; see edge-auth.ts. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Longest answer, in bytes. */
  readonly maxBytes?: number
  /** The caller no longer wants it; rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
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
  const { url, pin, display, timeoutMs } = request
  const limit = AbortSignal.timeout(timeoutMs)
  const signal = request.signal ? AbortSignal.any([limit, request.signal]) : limit
  try {
    const socket = url.protocol === 'https:' ? await secureSocket(url, pin, signal) : undefined
    const answer = await exchange(request, signal, socket)
    return { ...answer, elapsedMs: Math.round(performance.now() - started) }
  } catch (error) {
    request.signal?.throwIfAborted()
    throw limit.aborted ? unreachable('timeout', display, `${timeoutMs} ms`, error) : failureOf(error, display)
  }
}

type Exchanged = Omit<HttpAnswer, 'elapsedMs'>

function exchange(request: HttpRequest, signal: AbortSignal, socket: SecureSocket | undefined): Promise<Exchanged> {
  const { url, method = 'GET', maxBytes = maxAnswerBytes } = request
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
      (response) => collect(response, maxBytes).then(resolve, reject),
    )
    sent.once('error', reject)
    sent.end(body)
  }).finally(() => socket?.destroy()) as Promise<Exchanged>
}

function headersOf({ url, bearer, headers }: HttpRequest, body: Buffer | undefined): Record<string, string> {
  return {
    ...headers,
    host: url.host,
    accept: 'application/json',
    connection: 'close',
    // The bytes of a header are latin1 to node; a secret beyond ASCII travels as UTF-8, as curl sends it.
    ...(bearer === undefined ? {} : { authorization: `Bearer ${Buffer.from(bearer, 'utf8').toString('latin1')}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
  }
}

async function collect(response: http.IncomingMessage, maxBytes: number): Promise<Exchanged> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > maxBytes) break
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }
}
