import { request } from 'node:http'
import { instanceHeader } from '../listener.js'

/** What answers on a port. */
export type Probe =
  /** One of our gateways, by its id. */
  | { readonly kind: 'gateway'; readonly instanceId: string }
  /** Something that speaks, but not as we do. */
  | { readonly kind: 'other' }
  /** Nothing came in time, or the connection broke. */
  | { readonly kind: 'silent' }
  /** Nobody listens. */
  | { readonly kind: 'closed' }

/**
 * A refusal has to come within 100 ms of Node's own start (DESIGN.md section 8), half of which is over by then. A
 * gateway on this machine answers in a few; one that is too busy is known by its run-file and the kernel.
 */
export const probeLimitMs = 45

/** Asks `GET /healthz` once. Sends no secret; does not follow redirects; reads headers only. Never rejects. */
export function probe(
  host: string,
  port: number,
  scheme: 'http' | 'https' = 'http',
  limitMs = probeLimitMs,
): Promise<Probe> {
  return scheme === 'https' ? probeTls(host, port, limitMs) : send(request, host, port, limitMs)
}

/** The certificate proves nothing here, and nothing is entrusted to the answer. */
async function probeTls(host: string, port: number, limitMs: number): Promise<Probe> {
  const { request: requestTls } = await import('node:https')
  return send(requestTls, host, port, limitMs, { rejectUnauthorized: false })
}

function send(open: typeof request, host: string, port: number, limitMs: number, more: object = {}): Promise<Probe> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(limitMs)
    const outgoing = open({ host, port, path: '/healthz', agent: false, signal, ...more }, (response) => {
      const id = response.headers[instanceHeader]
      resolve(typeof id === 'string' && id !== '' ? { kind: 'gateway', instanceId: id } : { kind: 'other' })
      response.destroy()
    })
    outgoing.on('error', (error: Error & { readonly code?: string }) => {
      // HPE_*: it answered something that is not HTTP.
      if (error.code?.startsWith('HPE_')) resolve({ kind: 'other' })
      else resolve({ kind: error.code === 'ECONNREFUSED' ? 'closed' : 'silent' })
    })
    outgoing.end()
  })
}

/** Where to ask about an address that could not be bound: a wildcard is asked on loopback. */
export function probeHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
