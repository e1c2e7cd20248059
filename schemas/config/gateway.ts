import { Type } from '../type.js'
import { gatewayAuth } from './gateway-auth.js'
import { gatewayHttp } from './gateway-http.js'
import { gatewayNodes } from './gateway-nodes.js'
import { gatewayRemote, gatewayTailscale } from './gateway-remote.js'
import { choice, flag, int, mapOf, port, section, text, texts } from './words.js'

export const gateway = section('The gateway process: where it listens, who may come in.', {
  mode: choice('local: this profile runs a gateway. remote: its commands use another one.', ['local', 'remote']),
  port: port('Base port; browser and CDP ports derive from it (base+2, base+11 to base+110).', { default: 18789 }),
  bind: choice(
    'Where to listen. Anything but loopback needs auth.',
    ['loopback', 'lan', 'tailnet', 'custom', 'auto'],
    'loopback',
  ),
  customBindHost: text('IPv4 address for bind custom.', { pattern: '^\\d{1,3}(?:\\.\\d{1,3}){3}$' }),
  publicOrigin: text('https origin under which the gateway is reached from outside.', { pattern: '^https://[^/]+/?$' }),
  auth: gatewayAuth,
  trustedProxies: texts('Addresses or networks of reverse proxies whose forwarded headers count.'),
  allowRealIpFallback: flag('Use X-Real-IP when X-Forwarded-For is absent.', false),
  controlUi: section('The control page.', {
    enabled: flag('Serve the page.', true),
    basePath: text('URL prefix of the page.', { default: '/' }),
    root: text('Folder with another build of the page.'),
    allowedOrigins: texts('Browser origins that may connect; "*" for all.'),
    dangerouslyAllowHostHeaderOriginFallback: flag('Accept an Origin equal to the Host header.', false),
  }),
  tailscale: gatewayTailscale,
  remote: gatewayRemote,
  reload: section('What happens when the config file changes.', {
    mode: choice(
      'hybrid: apply live, rebuild when needed. hot: apply live only. restart: rebuild always. off: nothing.',
      ['hybrid', 'hot', 'restart', 'off'],
      'hybrid',
    ),
    debounceMs: int('Quiet time before a changed file is read, in milliseconds.', { default: 300, maximum: 60_000 }),
    deferralTimeoutMs: int('Longest wait for running turns before a rebuild, in milliseconds.'),
  }),
  tls: section('TLS on the same port.', {
    enabled: flag('Serve https and wss.', false),
    autoGenerate: flag('Make a self-signed certificate when there is none.', true),
    certPath: text('Certificate file (PEM).'),
    keyPath: text('Private key file (PEM).'),
    caPath: text('CA file for client certificates (PEM).'),
  }),
  http: gatewayHttp,
  tools: section('Tools over POST /tools/invoke.', {
    allow: texts('Taken off the built-in deny list.'),
    deny: texts('Denied in addition.'),
  }),
  nodes: gatewayNodes,
  terminal: section('Terminal in the control page.', {
    enabled: flag('Offer it.', true),
    shell: text('Shell program; $SHELL when unset.'),
    detachedSessionTimeoutSeconds: int('How long a session without a viewer is kept, in seconds.', { default: 300 }),
  }),
  push: section('Push notifications.', {
    apns: section('Apple push.', {
      relay: section('Relay server.', {
        baseUrl: text('URL of the relay.'),
        timeoutMs: int('Longest call in milliseconds.', { default: 10_000 }),
      }),
    }),
  }),
  roles: section('Named sets of scopes.', {
    default: text('Role of a user without one.'),
    definitions: mapOf('Role name to its definition.', Type.Unknown()),
  }),
})
