import { generateKeyPair, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'

/** Clients pin it, and a new one would break their pins; nobody else vouches for it. */
const years = 10
const bits = 2048

export interface SelfSigned {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
}

/**
 * A self-signed server certificate for host names and addresses of this machine (RFC 5280). `node-forge` is loaded here
 * and nowhere else: a gateway needs it once in its life.
 */
export async function selfSigned(names: readonly string[], nowMs: number): Promise<SelfSigned> {
  const { default: forge } = await import('node-forge')
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const key = forge.pki.privateKeyFromPem(privateKey)
  const cert = forge.pki.createCertificate()
  cert.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
  // Positive and without a leading zero byte (RFC 5280 section 4.1.2.2).
  cert.serialNumber = `4${randomBytes(16).toString('hex').slice(1)}`
  cert.validity.notBefore = new Date(nowMs - 60_000)
  cert.validity.notAfter = new Date(nowMs)
  cert.validity.notAfter.setUTCFullYear(cert.validity.notAfter.getUTCFullYear() + years)
  const subject = [{ name: 'commonName', value: 'openclaw-gateway' }]
  cert.setSubject(subject)
  cert.setIssuer(subject)
  cert.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
    },
    { name: 'subjectKeyIdentifier' },
  ])
  cert.sign(key, forge.md.sha256.create())
  return { cert: forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n'), key: privateKey }
}
