import type { Denial } from '../../auth/verdict.js'
import type { Refused } from '../admission.js'
import type { DeviceAbout } from '../types.js'
import { refuse } from './refuse.js'

type NextStep =
  | 'retry_with_device_token'
  | 'update_auth_configuration'
  | 'update_auth_credentials'
  | 'wait_then_retry'
  | 'review_auth_configuration'

interface Row {
  readonly code: string
  readonly next: NextStep
  /** After `unauthorized: `. `%` stands for what this kind of client does about it. */
  readonly text: string
}

/** Reasons of src/auth and of ours, as official clients know them (spec/protocol.md 2.7). */
const rows: Readonly<Record<string, Row>> = {
  token_missing: row('AUTH_TOKEN_MISSING', 'update_auth_configuration', 'gateway token missing (%)'),
  token_mismatch: row('AUTH_TOKEN_MISMATCH', 'update_auth_credentials', 'gateway token mismatch (%)'),
  token_missing_config: row(
    'AUTH_TOKEN_NOT_CONFIGURED',
    'update_auth_configuration',
    'gateway token not configured on the gateway (set gateway.auth.token there)',
  ),
  password_missing: row('AUTH_PASSWORD_MISSING', 'update_auth_configuration', 'gateway password missing (%)'),
  password_mismatch: row('AUTH_PASSWORD_MISMATCH', 'update_auth_credentials', 'gateway password mismatch (%)'),
  password_missing_config: row(
    'AUTH_PASSWORD_NOT_CONFIGURED',
    'update_auth_configuration',
    'gateway password not configured on the gateway (set gateway.auth.password there)',
  ),
  device_token_mismatch: row(
    'AUTH_DEVICE_TOKEN_MISMATCH',
    'update_auth_credentials',
    'device token mismatch (rotate/reissue device token)',
  ),
  scope_mismatch: row(
    'AUTH_SCOPE_MISMATCH',
    'review_auth_configuration',
    'device token scope mismatch (ask for fewer scopes, or rotate the token with more)',
  ),
  bootstrap_token_invalid: row(
    'AUTH_BOOTSTRAP_TOKEN_INVALID',
    'update_auth_credentials',
    'setup code invalid, used or expired (make a new one on the gateway)',
  ),
  rate_limited: row('AUTH_RATE_LIMITED', 'wait_then_retry', 'too many failed authentication attempts (retry later)'),
  proxy_attribution_required: row(
    'AUTH_UNAUTHORIZED',
    'review_auth_configuration',
    'forwarded headers came from an address that is no trusted proxy (see gateway.trustedProxies)',
  ),
  host_not_allowed: row('AUTH_UNAUTHORIZED', 'review_auth_configuration', 'this Host is not served here'),
  gateway_auth_required: row(
    'AUTH_REQUIRED',
    'review_auth_configuration',
    'requests from the public internet need gateway auth (set gateway.auth.mode to "password")',
  ),
  trusted_proxy_user_missing: proxyRow('AUTH_IDENTITY_HEADER_REQUIRED'),
  tailscale_user_missing: tailscaleRow('AUTH_TAILSCALE_IDENTITY_MISSING'),
  tailscale_proxy_missing: tailscaleRow('AUTH_TAILSCALE_PROXY_MISSING'),
  tailscale_whois_failed: tailscaleRow('AUTH_TAILSCALE_WHOIS_FAILED'),
  tailscale_user_mismatch: tailscaleRow('AUTH_TAILSCALE_IDENTITY_MISMATCH'),
}
const other: Row = row('AUTH_UNAUTHORIZED', 'review_auth_configuration', 'the gateway refused this connection')

function row(code: string, next: NextStep, text: string): Row {
  return { code, next, text }
}

function proxyRow(code: string): Row {
  return row(code, 'review_auth_configuration', 'sign in through the proxy in front of this gateway')
}

function tailscaleRow(code: string): Row {
  return row(code, 'review_auth_configuration', 'no Tailscale identity (%)')
}

/** The refusal for a denial; `retryWithDeviceToken`: the client may try its stored device token, once. */
export function refuseDenial(
  denial: Pick<Denial, 'code' | 'reason' | 'message' | 'retryAfterMs'> | undefined,
  about: DeviceAbout,
  retryWithDeviceToken = false,
): Refused {
  const reason = reasonOf(denial)
  const { code, next, text } = rowOf(reason)
  const retry = retryWithDeviceToken && code === 'AUTH_TOKEN_MISMATCH'
  const details = {
    code,
    authReason: reason,
    canRetryWithDeviceToken: retry,
    recommendedNextStep: retry ? 'retry_with_device_token' : next,
  }
  const known = reason.startsWith('tailscale_') ? denial?.message : undefined
  const message = `unauthorized: ${text.replace('%', () => known ?? hint(about, reason.split('_')[0] ?? ''))}`
  const wait = denial?.retryAfterMs
  return refuse(
    'INVALID_REQUEST',
    message,
    details,
    wait === undefined ? {} : { retryable: true, retryAfterMs: Math.ceil(wait) },
  )
}

/** Some codes say more to a client than the reason that the log has. */
function reasonOf(denial: Pick<Denial, 'code' | 'reason'> | undefined): string {
  if (!denial) return 'proxy_attribution_required'
  return denial.code in rows && !(denial.reason in rows) ? denial.code : denial.reason
}

function rowOf(reason: string): Row {
  const known = rows[reason]
  if (known) return known
  if (/^trusted_proxy_(?:missing|ambiguous)_header_/.test(reason)) return proxyRow('AUTH_IDENTITY_HEADER_REQUIRED')
  return reason.startsWith('trusted_proxy_') ? proxyRow('AUTH_UNAUTHORIZED') : other
}

function hint({ clientId, clientMode }: DeviceAbout, kind: string): string {
  if (clientMode === 'webchat' || clientId.startsWith('webchat') || clientId === 'openclaw-control-ui') {
    return `run "openclaw dashboard" on the gateway's machine, or enter the ${kind} in the settings of this page`
  }
  if (clientId === 'cli') return `give the ${kind} of this gateway with --${kind}, or set gateway.remote.${kind}`
  return `send the ${kind} of this gateway`
}
