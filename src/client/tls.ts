import type { TLSSocket } from 'node:tls'

export type SecureSocket = TLSSocket

/** The server showed another certificate than the pinned one. */
export class PinError extends Error {
  readonly pinned: string
  readonly shown: string | undefined

  constructor(pinned: string, shown: string | undefined) {
    super('pinned to another certificate')
    this.pinned = pinned
    this.shown = shown
  }
}

/**
 * A TLS connection that has been checked before the first byte of a request, so that no secret goes astray. `pin` is the
 * SHA-256 of the certificate that the server must show, upper-case hex with colons; then no CA is asked.
 */
export async function secureSocket(url: URL, pin: string | undefined, signal: AbortSignal): Promise<SecureSocket> {
  const { connect } = await import('node:tls')
  // The time may have run out meanwhile, and a signal tells of that only once.
  signal.throwIfAborted()
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
    const shown = pin === undefined ? undefined : socket.getPeerX509Certificate()?.fingerprint256
    if (pin !== undefined && shown !== pin) throw new PinError(pin, shown)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** `[::1]` is `::1`. */
export const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '')
