import { isIP } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { unbracketed } from '../tls.js'
import { beginStage, codeOf, type Limits, type Says, type Stage } from './stage.js'

/** What a certificate says; undefined while none was shown. */
interface Seen {
  readonly fingerprint: string
  readonly until: string
  readonly names: string
  /** Why this system does not trust it; undefined when it does. */
  readonly problem: string | undefined
}

/**
 * Looks at the certificate without sending anything: is it the pinned one, or does this system trust it. The handshake
 * itself takes any certificate, so that the words can say which one was shown.
 */
export async function tlsStage(base: URL, pin: string | undefined, limits: Limits): Promise<Stage> {
  const says = beginStage('tls')
  const host = unbracketed(base.hostname)
  if (base.protocol !== 'https:') return says('TLS_NOT_USED', { host })
  const port = Number(base.port || 443)
  try {
    return judge(says, await look(host, port, limits), { host, pin })
  } catch (error) {
    const detail = codeOf(error)
    const plain = detail === 'ERR_SSL_WRONG_VERSION_NUMBER' || detail === 'ERR_SSL_PACKET_LENGTH_TOO_LONG'
    return plain ? says('TLS_NOT_SPOKEN', { port }) : says('TLS_FAILED', { detail })
  }
}

function judge(says: Says, seen: Seen, { host, pin }: { host: string; pin: string | undefined }): Stage {
  const { fingerprint: shown, until, names, problem } = seen
  if (pin !== undefined)
    return shown === pin ? says('TLS_PINNED', { shown }) : says('TLS_PIN_MISMATCH', { shown, pinned: pin })
  if (problem === undefined) return says('TLS_TRUSTED', { shown, until })
  if (problem === 'CERT_HAS_EXPIRED') return says('TLS_EXPIRED', { shown, until })
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID') return says('TLS_WRONG_NAME', { shown, names, host })
  return says('TLS_UNTRUSTED', { shown, detail: problem })
}

async function look(host: string, port: number, { limitMs, signal }: Limits): Promise<Seen> {
  const { connect } = await import('node:tls')
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ...(isIP(host) ? {} : { servername: host }) })
    socket.setTimeout(limitMs, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    addAbortSignal(signal, socket)
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      const problem = socket.authorized ? undefined : codeOf(socket.authorizationError)
      resolve({
        fingerprint: certificate?.fingerprint256 ?? '-',
        until: certificate?.validTo ?? '-',
        names: certificate?.subjectAltName ?? certificate?.subject ?? '-',
        // Node names the problem in a text, or in an error that has a code.
        problem: problem === '?' ? String(socket.authorizationError) : problem,
      })
      socket.destroy()
    })
  })
}
