import { GatewayError } from '../kernel/errors.js'
import { PinError } from './tls.js'

/** Why a gateway could not be asked. Each has its own words and its own next step (PAINS 27). */
export const failureWords = {
  refused: 'Nothing listens at {url}: the gateway is not running.',
  timeout: '{url} did not answer within {detail}.',
  dns: 'The host name of {url} cannot be resolved.',
  tls: 'TLS with {url} failed ({detail}).',
  pin: 'The certificate of {url} is not the one that is pinned: it shows {shown}, pinned is {pinned}. Nothing was sent.',
  self_signed:
    'No authority vouches for the certificate of {url} ({detail}). Compare its fingerprint on the other machine and pin it.',
  expired: 'The certificate of {url} has run out.',
  tls_required: '{url} speaks TLS: write wss:// or https://.',
  no_tls: '{url} does not speak TLS: write ws:// or http://.',
  network: 'The connection to {url} failed ({detail}).',
  not_gateway: 'What answers at {url} is not an openclaw gateway ({detail}).',
  unauthorized: 'The gateway at {url} did not accept the credential.',
  rate_limited: 'The gateway at {url} refuses this address after too many wrong credentials.',
  other_gateway: 'The gateway at {url} belongs to the profile "{detail}".',
  other_user: 'At {url} listens a program of another user (uid {detail}), not this gateway. Nothing was sent.',
  closed: '{url} closed the connection ({detail}).',
  no_websocket: '{url} does not speak WebSocket ({detail}).',
  credential_missing: 'The gateway at {url} wants a token or a password, and none is known here.',
  pairing_required: 'The gateway at {url} has to approve this device first (request {detail}).',
  protocol: 'The gateway at {url} speaks another version of the protocol ({detail}).',
  starting: 'The gateway at {url} is starting or about to stop. Try again in a moment.',
  handshake: 'The gateway at {url} refused the connection: {detail}',
} as const

export type FailureKind = keyof typeof failureWords

/** What to run next, without `openclaw`. */
const next: Partial<Record<FailureKind, string>> = {
  refused: 'gateway run',
  timeout: 'gateway status',
  other_gateway: 'profiles list',
  other_user: 'gateway status',
  not_gateway: 'profiles list',
  unauthorized: 'config get gateway.auth.mode',
  credential_missing: 'config get gateway.auth.mode',
  closed: 'gateway status',
  no_websocket: 'gateway status',
  starting: 'gateway status',
  dns: 'connect doctor',
  tls: 'connect doctor',
  self_signed: 'connect doctor',
  expired: 'connect doctor',
  network: 'connect doctor',
}

/** The error `gateway_unreachable` of one kind. `detail` completes the sentence and never holds a secret. */
export function unreachable(
  kind: FailureKind,
  url: string,
  detail = '',
  cause?: unknown,
  more: { readonly [name: string]: unknown; readonly retryAfterMs?: number | undefined } = {},
): GatewayError {
  const { retryAfterMs, ...facts } = more
  return new GatewayError('gateway_unreachable', {
    message: failureWords[kind].replace('{url}', () => url).replace('{detail}', () => detail),
    details: { kind, url, values: { url, detail }, ...(next[kind] ? { next: next[kind] } : {}), ...facts },
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** What a connection failed with, as one of our kinds. */
export function failureOf(error: unknown, url: string): GatewayError {
  if (error instanceof GatewayError) return error
  if (error instanceof PinError) return pinFailure(url, error)
  const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return unreachable(kindOf(error), url, detail, error)
}

function pinFailure(url: string, { pinned, shown = '-' }: PinError): GatewayError {
  const values = { url, shown, pinned }
  const message = failureWords.pin.replace(/\{(url|shown|pinned)\}/g, (_, name: keyof typeof values) => values[name])
  return new GatewayError('gateway_unreachable', {
    message,
    details: { kind: 'pin', url, values, shown, pinned, next: 'connect doctor' },
  })
}

/** Sorts what `node:http` and `node:tls` reject with. */
function kindOf(error: unknown): FailureKind {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') return 'no_tls'
  if (/^(DEPTH_ZERO_SELF_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return 'self_signed'
  if (code === 'CERT_HAS_EXPIRED') return 'expired'
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.startsWith('CERT_')) return 'tls'
  if (code === 'EPROTO') return 'tls'
  // A TLS port that is spoken to in plain text, or the other way round.
  return code.startsWith('HPE_') ? 'not_gateway' : 'network'
}
