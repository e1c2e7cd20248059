import t from 'tap'
import { decide } from '../../src/auth/decide.js'
import { type AuthConfigSource, authSettings } from '../../src/auth/from-config.js'
import { generateToken, needsToken, selectAuth } from '../../src/auth/select-mode.js'
import { allMethods, facts, wire, word } from './_support.js'

type Gateway = NonNullable<AuthConfigSource['config']['gateway']>
type Auth = NonNullable<Gateway['auth']>

interface More {
  readonly gateway?: Gateway
  readonly config?: AuthConfigSource['config']
  readonly env?: Record<string, string>
  readonly token?: string
  readonly password?: string
  readonly bind?: string[]
}

function source(auth: Auth, more: More = {}): AuthConfigSource {
  return {
    config: { gateway: { ...more.gateway, auth }, ...more.config },
    env: more.env ?? {},
    settings: { token: more.token, password: more.password },
    bindAddresses: more.bind ?? ['127.0.0.1', '::1'],
    port: 18_789,
    ownAddresses: () => new Set(['192.168.1.2']),
  }
}

/** What substitution leaves when the variable is missing. */
const unresolved = `\${MISSING}`

/** Which mode comes out, and which of the given secrets opens it. */
function opens(from: AuthConfigSource, ...secrets: string[]): string {
  const settings = authSettings(from)
  const right = secrets.filter((secret) => {
    const request = facts('127.0.0.1', [['Authorization', `Bearer ${wire(secret)}`]])
    return word(decide(request, settings, allMethods)) === 'ok'
  })
  return [settings.mode, ...right].join(' ')
}

t.test('mode and secret, in the order of precedence', async (t) => {
  const all = ['cfg', 'env', 'cfg-pw', 'env-pw', 'ref']
  const ref = (id: string) => ({ source: 'env' as const, provider: 'default', id })
  const rows: [name: string, AuthConfigSource, expected: string][] = [
    ['token of the config', source({ token: 'cfg' }), 'token cfg'],
    ['token of the environment', source({}, { token: 'env' }), 'token env'],
    ['config wins over environment', source({ token: 'cfg' }, { token: 'env' }), 'token cfg'],
    ['password makes password mode', source({ password: 'cfg-pw' }), 'password cfg-pw'],
    ['password of the environment too', source({}, { password: 'env-pw' }), 'password env-pw'],
    ['explicit mode, both secrets', source({ mode: 'token', token: 'cfg', password: 'cfg-pw' }), 'token cfg'],
    [
      'explicit password, both secrets',
      source({ mode: 'password', token: 'cfg', password: 'cfg-pw' }),
      'password cfg-pw',
    ],
    ['unresolved variable counts as unset', source({ token: unresolved }, { token: 'env' }), 'token env'],
    ['reference', source({ token: ref('GW') }, { env: { GW: 'ref' } }), 'token ref'],
    [
      'reference wins over environment',
      source({ token: ref('GW') }, { env: { GW: 'ref' }, token: 'env' }),
      'token ref',
    ],
    ['short reference', source({ token: '$GW' }, { env: { GW: 'ref' } }), 'token ref'],
    ['blank around the secret', source({ token: ' cfg\n' }), 'token cfg'],
    ['the seeds, as written', source({ mode: 'token', token: '你的网关密码' }), 'token'],
    ['mode none', source({ mode: 'none' }), 'none cfg env cfg-pw env-pw ref'],
  ]
  for (const [name, from, expected] of rows) t.equal(opens(from, ...all), expected, name)
  t.equal(opens(source({ mode: 'token', token: '你的网关密码' }), '你的网关密码'), 'token 你的网关密码')
})

t.test('starts that are refused, with the reason', async (t) => {
  const lan = ['0.0.0.0']
  const proxy = { userHeader: 'x-forwarded-user' }
  const ref = (from: 'env' | 'file' | 'exec' | 'store', id: string) => ({ source: from, provider: 'default', id })
  const misconfigured = 'auth_misconfigured'
  const rows: [name: string, AuthConfigSource, code: string, message: RegExp][] = [
    ['both secrets, no mode', source({ token: 'a', password: 'b' }), misconfigured, /gateway\.auth\.mode/],
    ['both, one from the environment', source({ token: 'a' }, { password: 'b' }), misconfigured, /Say which one/],
    ['password mode without', source({ mode: 'password' }), misconfigured, /there is no password/],
    ['password mode with a token', source({ mode: 'password', token: 'a' }), misconfigured, /there is no password/],
    ['token mode without', source({ mode: 'token' }), misconfigured, /openclaw setup/],
    ['nothing at all', source({}), misconfigured, /openclaw setup/],
    ['blank', source({ token: '  ' }), misconfigured, /gateway\.auth\.token is blank/],
    ['undefined', source({ token: 'undefined' }), misconfigured, /placeholder/],
    ['null', source({ password: 'NULL' }), misconfigured, /gateway\.auth\.password holds a placeholder/],
    ['redacted', source({ token: '__OPENCLAW_REDACTED__' }), misconfigured, /placeholder/],
    ['angle brackets', source({ token: '<your-token>' }), misconfigured, /placeholder/],
    ['placeholder in the environment', source({}, { token: '<token>' }), misconfigured, /OPENCLAW_GATEWAY_TOKEN/],
    ['reference without value', source({ token: ref('env', 'GW') }, { token: 'env' }), misconfigured, /GW is not set/],
    ['short reference without value', source({ token: '$GW' }, { token: 'env' }), misconfigured, /GW is not set/],
    [
      'reference off the allowlist',
      source(
        { token: ref('env', 'GW') },
        {
          env: { GW: 'x' },
          config: {
            gateway: { auth: { token: ref('env', 'GW') } },
            secrets: { providers: { default: { source: 'env', allowlist: ['OTHER'] } } },
          },
        },
      ),
      misconfigured,
      /allowlist/,
    ],
    ['file reference', source({ token: ref('file', '/gw') }), misconfigured, /the reference was not read here/],
    [
      'exec reference',
      source({ mode: 'password', password: ref('exec', 'gw') }),
      misconfigured,
      /gateway\.auth\.password/,
    ],
    [
      'lan without auth',
      source({}, { bind: lan }),
      'bind_without_auth',
      /^refusing to bind gateway to 0\.0\.0\.0:18789 without auth/,
    ],
    ['lan with mode none', source({ mode: 'none' }, { bind: lan }), 'bind_without_auth', /without auth/],
    ['lan by IPv6', source({ mode: 'none' }, { bind: ['::'] }), 'bind_without_auth', /\[::\]:18789/],
    [
      'tailnet with mode none',
      source({ mode: 'none' }, { bind: ['100.64.0.5', '127.0.0.1'] }),
      'bind_without_auth',
      /without auth/,
    ],
    [
      'lan, only a client token',
      source({}, { bind: lan, gateway: { remote: { token: 'x' } } }),
      'bind_without_auth',
      /gateway\.remote\.\* are credentials of clients/,
    ],
    ['lan, unresolved token', source({ token: unresolved }, { bind: lan }), 'bind_without_auth', /without auth/],
    [
      'funnel with token',
      source({ token: 'a' }, { gateway: { tailscale: { mode: 'funnel' } } }),
      misconfigured,
      /Funnel/,
    ],
    [
      'serve with none',
      source({ mode: 'none' }, { gateway: { tailscale: { mode: 'serve' } } }),
      misconfigured,
      /Serve needs gateway auth/,
    ],
    [
      'serve on lan',
      source({ token: 'a' }, { bind: lan, gateway: { tailscale: { mode: 'serve' } } }),
      misconfigured,
      /gateway\.bind "loopback"/,
    ],
    ['proxy without block', source({ mode: 'trusted-proxy' }), misconfigured, /gateway\.auth\.trustedProxy/],
    [
      'proxy without header',
      source({ mode: 'trusted-proxy', trustedProxy: { userHeader: ' ' } }),
      misconfigured,
      /userHeader/,
    ],
    [
      'proxy header that is none',
      source({ mode: 'trusted-proxy', trustedProxy: { userHeader: 'x user' } }),
      misconfigured,
      /userHeader/,
    ],
    [
      'proxy and token',
      source({ mode: 'trusted-proxy', trustedProxy: proxy, token: 'a' }),
      misconfigured,
      /exclude each other/,
    ],
    [
      'proxy without addresses',
      source({ mode: 'trusted-proxy', trustedProxy: proxy }),
      misconfigured,
      /gateway\.trustedProxies/,
    ],
    [
      'proxy addresses that are none',
      source({ mode: 'trusted-proxy', trustedProxy: proxy }, { gateway: { trustedProxies: ['nginx'] } }),
      misconfigured,
      /"nginx" is not an IP address/,
    ],
  ]
  for (const [name, from, code, message] of rows) {
    t.throws(() => authSettings(from), { code, message, row: { exit: 78 } }, name)
  }
})

t.test('starts that are fine', async (t) => {
  const lan = ['0.0.0.0']
  const proxy = { mode: 'trusted-proxy' as const, trustedProxy: { userHeader: 'X-Forwarded-User' } }
  authSettings(source({ token: 'a' }, { bind: lan }))
  authSettings(source(proxy, { bind: lan, gateway: { trustedProxies: ['10.0.0.1'] } }))
  authSettings(source({ ...proxy, password: 'local' }, { gateway: { trustedProxies: ['10.0.0.1'] } }))
  authSettings(source({ password: 'a' }, { gateway: { tailscale: { mode: 'funnel' } } }))
  authSettings(source({ token: 'a' }, { gateway: { tailscale: { mode: 'serve' } } }))
  t.pass()
})

t.test('no secret of the config shows up in a message', async (t) => {
  const rows = [
    source({ token: 'sesame-1', password: 'sesame-2' }),
    source({ mode: 'trusted-proxy', token: 'sesame-3', trustedProxy: { userHeader: 'x-u' } }),
  ]
  for (const from of rows) t.throws(() => authSettings(from), { message: /^(?!.*sesame)/ })
})

t.test('every key arrives', async (t) => {
  const settings = authSettings(
    source(
      { token: 'a', rateLimit: { maxAttempts: 4, exemptLoopback: true } },
      {
        bind: ['0.0.0.0'],
        gateway: {
          trustedProxies: ['10.0.0.0/8'],
          allowRealIpFallback: true,
          publicOrigin: 'https://claw.example.com/',
          http: {
            allowedHosts: ['Gateway.Intern'],
            cors: { allowedOrigins: ['https://pad.example.com'] },
            securityHeaders: { strictTransportSecurity: 'max-age=300' },
          },
        },
      },
    ),
  )
  t.match(settings, {
    allowRealIpFallback: true,
    rateLimit: { maxAttempts: 4, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true },
    strictTransportSecurity: 'max-age=300',
    listensOnAll: true,
    hostOriginFallback: false,
  })
  t.ok(settings.trustedProxies.has('10.9.9.9'))
  t.same([...settings.corsOrigins.exact], ['https://pad.example.com'])
  const origins = [
    'https://claw.example.com',
    'http://localhost:18789',
    'http://127.0.0.1:18789',
    'https://pad.example.com',
  ]
  for (const origin of origins) t.ok(settings.allowedOrigins.exact.has(origin), origin)
  for (const host of ['gateway.intern', 'claw.example.com']) t.ok(settings.hosts.has(host), host)
  t.notOk(settings.hosts.has('pad.example.com'), 'a page elsewhere is no name of ours')
  t.equal(
    authSettings(source({ token: 'a' }, { gateway: { http: { securityHeaders: { strictTransportSecurity: false } } } }))
      .strictTransportSecurity,
    undefined,
  )
})

t.test('the first start', async (t) => {
  t.equal(needsToken(source({})), true)
  t.equal(needsToken(source({ mode: 'token' })), true)
  t.equal(needsToken(source({ token: 'a' })), false)
  t.equal(needsToken(source({}, { token: 'env' })), false)
  t.equal(needsToken(source({ mode: 'none' })), false)
  t.equal(needsToken(source({}, { bind: ['0.0.0.0'] })), false, 'on the network the start is refused instead')
  t.match(generateToken(), /^[0-9a-f]{48}$/)
  t.not(generateToken(), generateToken())
  t.equal(selectAuth(source({ token: generateToken() })).mode, 'token')
})
