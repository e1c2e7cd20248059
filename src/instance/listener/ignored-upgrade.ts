import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** True for a request that wants to become a WebSocket (RFC 6455 section 4.1). */
export function wantsWebSocket(request: IncomingMessage): boolean {
  return request.method === 'GET' && /(^|[\s,])websocket($|[\s,])/i.test(request.headers.upgrade ?? '')
}

/**
 * Serves a request whose `Upgrade` nobody here offers as if it had none (RFC 9110 section 7.8). Java's HttpClient asks
 * for h2c on its first request, body included, and Node hands every such request over as a bare socket. The head is
 * put back in front of the socket's data without the offer, and a server that knows no upgrades reads it.
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? ''
    const value = withoutOffer(name, request.rawHeaders[index + 1] ?? '')
    if (value !== undefined) lines.push(`${name}: ${value}`)
  }
  // Node gives header values as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

const offers = new Set(['upgrade', 'http2-settings'])

/** The header's value without the offer, or undefined when the whole header goes. */
function withoutOffer(name: string, value: string): string | undefined {
  if (offers.has(name.toLowerCase())) return undefined
  if (name.toLowerCase() !== 'connection') return value
  const kept = value.split(',').filter((option) => !offers.has(option.trim().toLowerCase()))
  return kept.length > 0 ? kept.join(',').trim() : undefined
}
