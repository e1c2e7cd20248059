import { SecretInput } from '../primitives.js'
import { Type } from '../type.js'
import { choice, mapOf, port, secret, section, text } from './words.js'

export const gatewayRemote = section('The gateway that commands of this profile talk to when mode is remote.', {
  url: text('WebSocket URL of the gateway; with an SSH tunnel the local end of it.', {
    pattern: '^(wss?://.+|.*\\$\\{[A-Z_][A-Z0-9_]*\\}.*)$',
  }),
  transport: choice('How the gateway is reached.', ['ssh', 'direct'], 'ssh'),
  token: secret('Token of the remote gateway.'),
  password: secret('Password of the remote gateway.'),
  remotePort: port('Port of the gateway on the remote host; the port of url when unset.'),
  sshTarget: text('user@host[:port] for the tunnel.'),
  sshIdentity: text('Private key file for the tunnel.'),
  sshHostKeyPolicy: choice('strict: the host key must already be known.', ['strict', 'openssh'], 'strict'),
  tlsFingerprint: text('SHA-256 fingerprint of the certificate, hex; colons and a sha256 prefix are fine.', {
    pattern: '^(?:[sS][hH][aA]-?256[:=/ ]?)?[0-9a-fA-F]{2}(?::?[0-9a-fA-F]{2}){31}$',
  }),
  edgeAuth: mapOf(
    'Headers for a proxy in front of the gateway; sent over wss to the configured URL only.',
    SecretInput({ description: 'Header value.' }),
  ),
})

export const gatewayTailscale = section('Publishing over Tailscale; needs bind loopback.', {
  mode: choice('serve: inside the tailnet. funnel: public, needs password auth.', ['off', 'serve', 'funnel'], 'off'),
  preserveFunnel: Type.Boolean({ description: 'Keep a Funnel route that was set up outside.', default: false }),
  resetOnExit: Type.Boolean({ description: 'Kept for old files; routes are always removed on exit.' }),
  serviceName: text('Kept for old files; not used.'),
})
