import { GatewayError } from '../kernel/errors.js'

/** Why a gateway could not be asked. Each has its own words and its own next step (PAINS 27). */
export const failureWords = {
  refused: 'Nothing listens at {url}: the gateway is not running.',
  timeout: '{url} did not answer within {detail}.',
  dns: 'The host name of {url} cannot be resolved.',
  tls: 'TLS with {url} failed ({detail}).',
  pin: 'The certificate of {url} is not the one that is pinned. Do not send it a secret.',
  network: 'The connection to {url} failed ({detail}).',
  not_gateway: 'What answers at {url} is not an openclaw gateway ({detail}).',
  unauthorized: 'The gateway at {url} did not accept the credential.',
  rate_limited: 'The gateway at {url} refuses this address after too many wrong credentials.',
  other_gateway: 'The gateway at {url} belongs to the profile "{detail}".',
} as const

export type FailureKind = keyof typeof failureWords

/** What to run next, without `openclaw`. */
const next: Partial<Record<FailureKind, string>> = {
  refused: 'gateway run',
  timeout: 'gateway status',
  other_gateway: 'profiles list',
  not_gateway: 'profiles list',
  unauthorized: 'config get gateway.auth.mode',
}

/** The error `gateway_unreachable` of one kind. `detail` completes the sentence and never holds a secret. */
export function unreachable(kind: FailureKind, url: string, detail = '', cause?: unknown): GatewayError {
  return new GatewayError('gateway_unreachable', {
    message: failureWords[kind].replace('{url}', url).replace('{detail}', detail),
    details: { kind, url, values: { url, detail }, ...(next[kind] ? { next: next[kind] } : {}) },
    cause,
  })
}

/** Sorts what `node:http` and `node:tls` reject with. */
export function kindOf(error: unknown): FailureKind {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.startsWith('CERT_')) return 'tls'
  if (/^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO)/.test(code)) return 'tls'
  // A TLS port that is spoken to in plain text, or the other way round.
  return code.startsWith('HPE_') ? 'not_gateway' : 'network'
}
