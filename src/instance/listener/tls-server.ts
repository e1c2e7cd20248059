import { createServer as createPlainServer, type RequestListener, type ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { isLoopback } from '../bind.js'
import { answer } from './answers.js'
import type { ListenerLimits } from './limits.js'
import type { TlsIdentity } from './tls-identity.js'

/** The first byte of a TLS handshake (RFC 8446 section 5.1, ContentType). */
const handshakeByte = 22

export interface TlsServer {
  readonly server: Server
  /** Shows another certificate from the next connection on. Throws for a pair that OpenSSL does not take. */
  renew(identity: TlsIdentity): void
  /** Ends the connections that have not begun TLS. */
  cutPlain(): void
}

/**
 * An HTTPS server that tells who speaks plain HTTP to it what is wrong, instead of hanging up. A client certificate is
 * asked for when there is an authority for them; without one only this machine's own programs come in.
 */
export function createTlsServer(
  options: ServerOptions,
  onRequest: RequestListener,
  limits: ListenerLimits,
  identity: TlsIdentity,
): TlsServer {
  const handshake = { handshakeTimeout: limits.headersTimeoutMs, minVersion: 'TLSv1.2' as const }
  const server = createServer({ ...options, ...handshake, ...contextOf(identity) }, onRequest)
  const refuser = createPlainServer(options, (_request, response) => {
    answer(response, 'tls_required', { connection: 'close' })
  })
  // It never listens; the limits of its connections begin with this event.
  refuser.emit('listening')
  server.once('close', () => refuser.close())
  const plain = new Set<Socket>()
  const [begin] = server.listeners('connection')
  if (!begin) throw new Error('node:https takes connections in another way')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    plain.add(socket)
    const forget = () => plain.delete(socket)
    socket.once('close', forget)
    socket.on('error', destroy)
    // Who says nothing is not kept; a plain request has to come within the same time.
    socket.setTimeout(limits.headersTimeoutMs, destroy)
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1)
      if (first === null) return socket.destroy()
      socket.unshift(first)
      if (first[0] !== handshakeByte) return refuser.emit('connection', socket)
      socket.setTimeout(0, destroy)
      socket.removeListener('error', destroy)
      socket.removeListener('close', forget)
      plain.delete(socket)
      begin.call(server, socket)
    })
    function destroy() {
      socket.destroy()
    }
  })
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (wantsClients && !socket.authorized && !isLoopback(socket.remoteAddress ?? '')) socket.destroy()
  })
  let wantsClients = identity.clientCa !== undefined
  return {
    server,
    renew(next) {
      server.setSecureContext(contextOf(next))
      wantsClients = next.clientCa !== undefined
    },
    cutPlain() {
      for (const socket of plain) socket.destroy()
    },
  }
}

function contextOf({ cert, key, clientCa }: TlsIdentity) {
  return {
    cert,
    key,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
  }
}
