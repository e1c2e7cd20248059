/** The stages between a program and a gateway, in the order in which they can fail (PAINS 27). */
export const stageNames = ['tunnel', 'dns', 'tcp', 'tls', 'http', 'auth', 'pairing', 'scope'] as const
export type StageName = (typeof stageNames)[number]
export type Outcome = 'ok' | 'warning' | 'failed' | 'skipped'

/**
 * The one table of what a diagnosis can say. Codes are never reused or renamed: scripts and pages match on them.
 * `next` is what a person should do; `openclaw ...` in it is a command. Placeholders are filled by the stage.
 */
export const diagnoses = {
  TUNNEL_KEPT: { outcome: 'ok', what: 'Port {port} of this machine is the end of a tunnel to {target}.', next: '' },
  TUNNEL_OPENED: { outcome: 'ok', what: 'A tunnel through {target} was opened for this look.', next: '' },
  TUNNEL_FAILED: {
    outcome: 'failed',
    what: 'The SSH tunnel does not stand. {why}',
    next: 'Mend that first; "openclaw tunnel run" shows each attempt.',
  },

  DNS_LITERAL: { outcome: 'ok', what: '{host} is an address; there is no name to look up.', next: '' },
  DNS_OK: { outcome: 'ok', what: '{host} is {addresses}.', next: '' },
  DNS_NOT_FOUND: {
    outcome: 'failed',
    what: 'Nobody knows the name {host}.',
    next: 'Check its spelling. Names of a tailnet or a VPN are known only while that is connected.',
  },
  DNS_UNAVAILABLE: {
    outcome: 'failed',
    what: 'The name {host} could not be looked up ({detail}).',
    next: 'Check the network and the name server of this machine.',
  },

  TCP_OK: { outcome: 'ok', what: '{address} port {port} takes connections.', next: '' },
  TCP_REFUSED: {
    outcome: 'failed',
    what: '{address} is there, but nothing listens on port {port}.',
    next: 'Start the gateway there (openclaw gateway run) and compare its port. With gateway.bind "loopback" it is reached from elsewhere through SSH or Tailscale only.',
  },
  TCP_REFUSED_HERE: {
    outcome: 'failed',
    what: 'Nothing listens on port {port}: the gateway of this profile is not running.',
    next: 'Start it: openclaw gateway run',
  },
  TCP_TIMEOUT: {
    outcome: 'failed',
    what: '{address} port {port} does not answer.',
    next: 'The machine is off, or a firewall drops the connection.',
  },
  TCP_UNREACHABLE: {
    outcome: 'failed',
    what: 'There is no way to {address} ({detail}).',
    next: 'Check the network of this machine, and whether its VPN or tailnet is connected.',
  },

  TLS_NOT_USED: { outcome: 'ok', what: 'Plain ws:// is used, which is allowed to {host}.', next: '' },
  TLS_PLAINTEXT_REFUSED: {
    outcome: 'failed',
    what: 'Plain ws:// to {host} would send the secret in clear over a public network. Nothing was sent.',
    next: 'Use wss://, an SSH tunnel (openclaw tunnel run), or Tailscale Serve.',
  },
  TLS_PINNED: { outcome: 'ok', what: 'The certificate is the pinned one ({shown}).', next: '' },
  TLS_TRUSTED: { outcome: 'ok', what: 'This system trusts the certificate, which is good until {until}.', next: '' },
  TLS_PIN_MISMATCH: {
    outcome: 'failed',
    what: 'The certificate is {shown}, but {pinned} is pinned. Nothing was sent.',
    next: 'Compare it with "openclaw gateway status" on the other machine. Only if it is the same there: openclaw config set gateway.remote.tlsFingerprint {shown}',
  },
  TLS_UNTRUSTED: {
    outcome: 'failed',
    what: 'No authority of this system vouches for the certificate {shown} ({detail}). Nothing was sent.',
    next: 'Compare it with "openclaw gateway status" on the other machine. Only if it is the same there: openclaw config set gateway.remote.tlsFingerprint {shown}',
  },
  TLS_EXPIRED: {
    outcome: 'failed',
    what: 'The certificate was good until {until} only.',
    next: 'Renew it on the other machine; a running gateway takes the new one over by itself. Check the clock of this machine too.',
  },
  TLS_WRONG_NAME: {
    outcome: 'failed',
    what: 'The certificate is for {names}, not for {host}.',
    next: 'Use one of its names in the address, or pin it with gateway.remote.tlsFingerprint.',
  },
  TLS_NOT_SPOKEN: {
    outcome: 'failed',
    what: 'Port {port} does not speak TLS.',
    next: 'Write ws:// where the network is private, or set gateway.tls.enabled on the other machine.',
  },
  TLS_FAILED: {
    outcome: 'failed',
    what: 'The TLS handshake failed ({detail}).',
    next: 'Something in between may break TLS; its log, or that of the gateway, may say more.',
  },

  HTTP_OK: { outcome: 'ok', what: 'An openclaw gateway answers after {ms} ms.', next: '' },
  HTTP_NOT_READY: {
    outcome: 'warning',
    what: 'The gateway answers, but is not ready: {failing}.',
    next: 'Wait a moment; its log says what it waits for (openclaw logs).',
  },
  HTTP_TLS_REQUIRED: { outcome: 'failed', what: 'This port speaks TLS only.', next: 'Write wss:// in the address.' },
  HTTP_REDIRECT: {
    outcome: 'failed',
    what: 'The address leads on to {location}.',
    next: 'Use that address. If it is a login page, the proxy in front has to let programs through.',
  },
  HTTP_PROXY_DOWN: {
    outcome: 'failed',
    what: 'A proxy answers with {status}: it does not reach the gateway.',
    next: 'Start the gateway behind it, and check the address that the proxy forwards to.',
  },
  HTTP_HOST_REFUSED: {
    outcome: 'failed',
    what: 'The gateway does not answer under the name {host}.',
    next: 'Set gateway.publicOrigin or gateway.http.allowedHosts there.',
  },
  HTTP_NOT_GATEWAY: {
    outcome: 'failed',
    what: 'What answers is not an openclaw gateway (HTTP {status}).',
    next: 'Check the port: "openclaw profiles list" on that machine shows who has which.',
  },
  HTTP_FAILED: {
    outcome: 'failed',
    what: 'No answer over HTTP ({detail}).',
    next: 'The gateway may hang, or what listens is something else. Its log says more (openclaw logs).',
  },

  AUTH_OK: { outcome: 'ok', what: 'The gateway accepts the {kind} of {from}.', next: '' },
  AUTH_DEVICE: { outcome: 'ok', what: 'The gateway knows this device and its own token.', next: '' },
  AUTH_NOT_NEEDED: { outcome: 'ok', what: 'The gateway asks for no secret.', next: '' },
  AUTH_MISSING: {
    outcome: 'failed',
    what: 'The gateway wants a token or a password, and none may be sent there.',
    next: 'Pass --token. For the configured gateway: openclaw config set gateway.remote.token "<token>". Secrets of this machine never go to an address of --url.',
  },
  AUTH_UNREADABLE: {
    outcome: 'failed',
    what: 'The configured secret cannot be read here. {why}',
    next: 'Set the variable or the file that it refers to, or pass --token.',
  },
  AUTH_WRONG: {
    outcome: 'failed',
    what: 'The gateway does not accept the {kind} of {from}.',
    next: 'Compare it with gateway.auth.{kind} on the other machine; a variable in the environment of that gateway goes first.',
  },
  AUTH_RATE_LIMITED: {
    outcome: 'failed',
    what: 'The gateway refuses this address after too many wrong secrets.',
    next: 'Correct the secret first, then wait; gateway.auth.rateLimit says how long.',
  },
  AUTH_NO_WEBSOCKET: {
    outcome: 'failed',
    what: 'Something in between does not upgrade to WebSocket ({detail}).',
    next: 'Let the proxy forward the headers Upgrade and Connection (docs/auth.md).',
  },
  AUTH_PROTOCOL: {
    outcome: 'failed',
    what: 'The gateway speaks another version of the protocol ({detail}).',
    next: 'Bring both sides to the same version.',
  },
  AUTH_REFUSED: {
    outcome: 'failed',
    what: 'The gateway refused the connection: {detail}',
    next: 'Its log has the reason (openclaw logs on that machine).',
  },
  AUTH_FAILED: {
    outcome: 'failed',
    what: 'The connection broke off before the gateway let anybody in ({detail}).',
    next: 'Try again; if it stays, the log of the gateway or of the proxy says more.',
  },

  PAIRING_NOT_NEEDED: { outcome: 'ok', what: 'No pairing is needed: the secret was enough.', next: '' },
  PAIRING_OK: { outcome: 'ok', what: 'This device is paired.', next: '' },
  PAIRING_REQUIRED: {
    outcome: 'failed',
    what: 'The secret is right, but this device waits for an approval (request {request}).',
    next: 'On the machine of the gateway: openclaw devices approve {request}',
  },

  SCOPE_ADMIN: { outcome: 'ok', what: 'All is allowed (operator.admin).', next: '' },
  SCOPE_WRITE: { outcome: 'ok', what: 'Reading and writing are allowed; administration is not.', next: '' },
  SCOPE_READ: {
    outcome: 'warning',
    what: 'Only reading is allowed ({scopes}).',
    next: 'If more is wanted, approve this device for more: openclaw devices list on the machine of the gateway.',
  },
  SCOPE_NONE: {
    outcome: 'warning',
    what: 'The connection is let in, but nothing is allowed.',
    next: 'Give this device or user a scope: openclaw devices list, gateway.auth.identityScopes.',
  },

  NOT_REACHED: { outcome: 'skipped', what: 'Not looked at: an earlier stage failed.', next: '' },
  NOT_USED: { outcome: 'skipped', what: 'Not part of this way.', next: '' },
  NOT_ASKED: { outcome: 'skipped', what: 'Left out as asked.', next: '' },
} as const satisfies Readonly<Record<string, { outcome: Outcome; what: string; next: string }>>

export type DiagnosisCode = keyof typeof diagnoses
