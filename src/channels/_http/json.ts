import { type FormData, fetch } from 'undici'
import { ChannelFailure } from '../port.js'

export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Instead of a body. */
  readonly form?: FormData
  readonly signal: AbortSignal
  /** What is asked for, as failures name it: no address, which may hold a secret. */
  readonly what: string
  readonly maxBytes?: number
}

export interface JsonAnswer {
  readonly status: number
  /** The parsed body; undefined when it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each channel reads the fields that it knows
  readonly body: any
  /** What `retry-after` asks for. */
  readonly retryAfterMs?: number
}

/** Answers of a platform's API are small; files have limits of their own. */
const usualBytes = 1024 ** 2
/** Codes of a request that did not reach the server. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * Asks for JSON. Any status is an answer. Rejects with a `ChannelFailure`: `network` when the request was not sent,
 * `ambiguous` when it may have been, `refused` when the answer is larger than `maxBytes`.
 */
export async function requestJson({
  url,
  method,
  headers,
  body,
  form,
  signal,
  what,
  maxBytes,
}: JsonRequest): Promise<JsonAnswer> {
  try {
    const response = await fetch(url, {
      method: method ?? (body === undefined && form === undefined ? 'GET' : 'POST'),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form !== undefined && { body: form }),
      // A token is for this server alone.
      redirect: 'error',
      signal,
    })
    const text = Buffer.concat(await partsOf(response.body, maxBytes ?? usualBytes)).toString('utf8')
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return {
      status: response.status,
      body: parsed(text),
      ...(seconds >= 0 && { retryAfterMs: Math.round(seconds * 1000) }),
    }
  } catch (thrown) {
    throw thrown instanceof ChannelFailure ? thrown : unanswered(what, thrown)
  }
}

/** What a request failed with that got no answer. */
export function unanswered(what: string, thrown: unknown): ChannelFailure {
  const { cause, name } = thrown as { readonly cause?: { readonly code?: string }; readonly name?: string }
  const code = cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'no answer')
  return new ChannelFailure(unsent.has(code) ? 'network' : 'ambiguous', `${what}: ${code}`)
}

/** Reads a body to its end; rejects as soon as it is larger. */
export async function partsOf(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new ChannelFailure('refused', 'the answer is too large')
    parts.push(part)
  }
  return parts
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
