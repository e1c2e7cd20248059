import { Type } from '../type.js'
import { choice, flag, int, list, mapOf, secret, section, text, texts } from './words.js'

const rateLimit = section('Limiter on failed credentials, per client address.', {
  maxAttempts: int('Wrong attempts before a lockout.', { minimum: 1, default: 10 }),
  windowMs: int('Sliding window in milliseconds.', { minimum: 1, default: 60_000 }),
  lockoutMs: int('Length of a lockout in milliseconds.', { default: 300_000 }),
  exemptLoopback: flag('Never lock out loopback callers; they are only slowed down.'),
})

const trustedProxy = section('Identity from a reverse proxy (mode trusted-proxy).', {
  userHeader: text('Header that carries the verified user, e.g. x-forwarded-user.'),
  requiredHeaders: texts('Headers that must be present as well.'),
  allowUsers: texts('Users that may come in; empty means every user that the proxy lets through.'),
  allowLoopback: flag('Accept a proxy on this host (loopback source).', false),
  deviceAutoApprove: section('Pair operator devices of proxied users without asking.', {
    enabled: flag('Turn automatic approval on.', false),
    scopes: texts('Most scopes that such a device may get.'),
  }),
})

export const gatewayAuth = section('Who may use the gateway.', {
  mode: choice('How callers prove themselves; derived from the configured secret when unset.', [
    'none',
    'token',
    'password',
    'trusted-proxy',
  ]),
  token: secret('Shared token. Generated at first start when nothing is configured.'),
  password: secret('Shared password.'),
  allowTailscale: flag(
    'Let in by name whom Tailscale Serve forwards, on the WebSocket only. Unset: with tailscale.mode serve in mode token.',
  ),
  rateLimit,
  identityScopes: mapOf('Extra scopes for verified users.', list('Scopes.', Type.String())),
  trustedProxy,
})
