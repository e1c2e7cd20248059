import { connect, type Socket } from 'node:net'
import { instanceHeader } from '../instance-header.js'

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

/** The head of an answer that is ours is far shorter. */
const headLimit = 16 * 1024

/**
 * Asks `GET /healthz` once. Sends no secret; reads the head of the answer only. Never rejects. Over a bare socket:
 * this runs before anything else of a start, and an HTTP client takes longer to load than the answer to come.
 */
export async function probe(
  host: string,
  port: number,
  scheme: 'http' | 'https' = 'http',
  limitMs = probeLimitMs,
): Promise<Probe> {
  const signal = AbortSignal.timeout(limitMs)
  // The certificate proves nothing here, and nothing is entrusted to the answer.
  const open =
    scheme === 'https'
      ? (await import('node:tls')).connect({ host, port, rejectUnauthorized: false })
      : connect(port, host)
  return ask(open, `${host.includes(':') ? `[${host}]` : host}:${port}`, signal)
}

function ask(socket: Socket, host: string, signal: AbortSignal): Promise<Probe> {
  return new Promise((resolve) => {
    let head = ''
    const done = (result: Probe) => {
      resolve(result)
      signal.removeEventListener('abort', silent)
      socket.destroy()
    }
    const silent = () => done({ kind: 'silent' })
    signal.addEventListener('abort', silent)
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      head += chunk
      const end = head.indexOf('\r\n\r\n')
      if (!'HTTP/1.1 '.startsWith(head.slice(0, 9)) || head.length > headLimit) done({ kind: 'other' })
      else if (end !== -1) done(readHead(head.slice(0, end)))
    })
    socket.on('error', (error: Error & { readonly code?: string }) => {
      done({ kind: error.code === 'ECONNREFUSED' ? 'closed' : 'silent' })
    })
    socket.on('close', () => done({ kind: head === '' ? 'silent' : 'other' }))
    socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  })
}

function readHead(head: string): Probe {
  const id = head
    .split('\r\n')
    .map((line) => /^([^:]+):\s*(.*?)\s*$/.exec(line))
    .find((field) => field?.[1]?.toLowerCase() === instanceHeader)?.[2]
  return id ? { kind: 'gateway', instanceId: id } : { kind: 'other' }
}

/** Where to ask about an address that could not be bound: a wildcard is asked on loopback. */
export function probeHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
