import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { TlsIdentity } from '../../instance/listener/tls-identity.js'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { GatewayError } from '../../kernel/errors.js'
import type { TlsFiles } from './files.js'

/** Read so much and no more: a chain of certificates is a few kilobytes. */
const maxPemBytes = 256 * 1024

export interface LoadOptions {
  readonly nowMs: number
  /** Addresses of this machine, for a certificate that is made. */
  readonly addresses?: readonly string[]
}

export interface LoadedTls extends TlsIdentity {
  /** A pair was made just now. */
  readonly generated: boolean
  readonly expiresAt: Date
}

/**
 * Reads certificate and key, and makes a self-signed pair when neither is there (key 0600). Throws `tls_misconfigured`
 * (exit code 78) for half a pair, for what does not belong together, and for what is not PEM.
 */
export async function loadTls(files: TlsFiles, options: LoadOptions): Promise<LoadedTls> {
  const [cert, key] = await Promise.all([readPem(files.cert), readPem(files.key)])
  if (cert !== undefined && key !== undefined) return { ...(await check(files, cert, key)), generated: false }
  if (cert !== undefined || key !== undefined) {
    const [there, missing] = cert === undefined ? [files.key, files.cert] : [files.cert, files.key]
    throw refused(
      `${there} is there, but ${missing} is not. Put the other half beside it, or remove both to have a new pair made.`,
      'half_pair',
    )
  }
  if (!files.autoGenerate) {
    throw refused(
      `There is no certificate at ${files.cert}. Put certificate and key there, set gateway.tls.certPath and ` +
        'gateway.tls.keyPath, or allow a self-signed pair: openclaw config set gateway.tls.autoGenerate true',
      'missing',
    )
  }
  await generate(files, options)
  const made = await Promise.all([readPem(files.cert), readPem(files.key)])
  return { ...(await check(files, made[0] ?? '', made[1] ?? '')), generated: true }
}

async function generate(files: TlsFiles, { nowMs, addresses = [] }: LoadOptions): Promise<void> {
  const { selfSigned } = await import('./generate.js')
  const host = hostname()
  const names = ['localhost', host, ...(host.includes('.') ? [] : [`${host}.local`]), '127.0.0.1', '::1', ...addresses]
  const named = [...new Set(names)].filter((name) => /^[\w.:-]+$/.test(name))
  const pair = await selfSigned(named, nowMs)
  for (const path of [files.key, files.cert]) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // The key first: a certificate without its key would be half a pair at the next start, and so would the reverse.
  await writeAtomic(files.key, pair.key)
  await writeAtomic(files.cert, pair.cert)
}

async function check(files: TlsFiles, cert: string, key: string): Promise<Omit<LoadedTls, 'generated'>> {
  const certificate = parse(files.cert, 'certificate', () => new X509Certificate(cert))
  const privateKey = parse(files.key, 'private key', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw refused(`The key ${files.key} does not belong to the certificate ${files.cert}.`, 'mismatch')
  }
  const clientCa = files.clientCa === undefined ? undefined : await readPem(files.clientCa)
  if (files.clientCa !== undefined && clientCa === undefined) {
    throw refused(`gateway.tls.caPath names ${files.clientCa}, which is not there.`, 'missing')
  }
  if (clientCa !== undefined) parse(files.clientCa ?? '', 'certificate', () => new X509Certificate(clientCa))
  // What node:crypto reads, OpenSSL may still find too weak to serve with.
  parse(files.cert, 'certificate', () => createSecureContext({ cert, key, ca: clientCa }))
  return {
    cert,
    key,
    clientCa,
    fingerprint: certificate.fingerprint256,
    expiresAt: new Date(certificate.validTo),
  }
}

function parse<T>(path: string, what: string, read: () => T): T {
  try {
    return read()
  } catch {
    // OpenSSL's words say nothing to a reader, and may quote what is a secret.
    throw refused(`${path} is not a ${what} that can be used (PEM, without a passphrase).`, 'unreadable')
  }
}

async function readPem(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8')
    return text.length > maxPemBytes ? '' : text
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw refused(`${path} cannot be read (${code}). Correct its owner or its permissions.`, 'unreadable', cause)
  }
}

function refused(message: string, reason: string, cause?: unknown): GatewayError {
  return new GatewayError('tls_misconfigured', { message, details: { reason }, cause })
}
