import type { RunRecord } from '../instance/run-file.js'

/** Where a gateway of this machine is by its run-file, and the certificate that it must show there. */
export function recordAddress({ scheme, port, tlsFingerprint }: RunRecord): {
  base: URL
  display: string
  pin: string | undefined
} {
  const base = new URL(`${scheme}://127.0.0.1:${port}/`)
  return { base, display: `${scheme === 'https' ? 'wss' : 'ws'}://${base.host}`, pin: tlsFingerprint }
}
