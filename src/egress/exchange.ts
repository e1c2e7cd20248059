import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { canonicalIp } from '../auth/canonical-ip.js'
import { GatewayError } from '../kernel/errors.js'
import type { Target } from './target.js'
import type { EgressResponse } from './types.js'

const CONNECT_TIMEOUT_MS = 10_000
const USER_AGENT = 'Mozilla/5.0 (compatible; openclaw)'

export interface Exchange {
  readonly target: Target
  /** Checked; nothing else is connected to. */
  readonly addresses: readonly string[]
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export type Answer = Omit<EgressResponse, 'url'>

/** One request over a connection of its own, to one of the addresses and no other. The body of a redirect is not read. */
export async function exchange({ target, addresses, signal, ...asked }: Exchange): Promise<Answer> {
  const { url } = target
  const client = await connectTo(url, addresses)
  try {
    const { statusCode, headers, body } = await client.request({
      method: asked.method,
      path: url.pathname + url.search,
      headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'gzip, deflate, br', ...asked.headers },
      ...(asked.body !== undefined && { body: asked.body }),
      signal,
    })
    const plain = plainHeaders(headers)
    if (isRedirect(statusCode)) return { status: statusCode, headers: plain, body: Buffer.alloc(0), truncated: false }
    return { status: statusCode, headers: plain, ...(await readBody(decoded(body, plain), asked.maxBytes)) }
  } finally {
    client.destroy().catch(() => {})
  }
}

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

async function connectTo(url: URL, addresses: readonly string[]) {
  // Loaded here: undici costs 20 MB and some 50 ms, which a gateway that fetches nothing need not pay.
  const { Client, buildConnector } = await import('undici')
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }))
  const allowed = new Set(addresses.map((address) => canonicalIp(address) ?? address))
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    lookup: (_hostname, options, done) => {
      if (options.all) done(null, pinned)
      else done(null, pinned[0]?.address ?? '', pinned[0]?.family)
    },
  })
  return new Client(url.origin, {
    // Time is measured from outside, over everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(options, done) {
      connect(options, (error, socket) => {
        if (error) return done(error, null)
        if (allowed.has(canonicalIp(socket.remoteAddress) ?? '')) return done(null, socket)
        socket.destroy()
        done(
          new GatewayError('egress_blocked', { message: 'Blocked: connected to another address than checked.' }),
          null,
        )
      })
    },
  })
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || name === 'set-cookie' ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
  return Object.fromEntries(entries)
}

function decoded(body: Readable, headers: Readonly<Record<string, string>>): Readable {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '') return body
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined
  if (!decoder)
    throw new GatewayError('egress_failed', {
      message: `The server used an unknown encoding${/^[a-z0-9-]{1,12}$/.test(encoding) ? ` (${encoding})` : ''}.`,
    })
  body.on('error', (error) => decoder.destroy(error))
  return body.pipe(decoder)
}

async function readBody(stream: Readable, maxBytes: number): Promise<Pick<Answer, 'body' | 'truncated'>> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    total += chunk.length
    if (total > maxBytes) return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true }
  }
  return { body: Buffer.concat(chunks), truncated: false }
}
