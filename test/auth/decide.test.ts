import t from 'tap'
import { decide } from '../../src/auth/decide.js'
import { HeaderView } from '../../src/auth/headers.js'
import { type AuthInput, compileAuthSettings } from '../../src/auth/settings.js'
import type { AuthMode } from '../../src/auth/types.js'
import { allMethods, facts, type HeaderPairs, PASSWORD, TOKEN, word } from './_support.js'

/**
 * The whole table: mode x peer x proxy headers x credential. Expected values are two literal tables taken from
 * spec/config.md 3.2 and 6.1, and http.md section 2; nothing here is computed by the code under test.
 */
const proxies = ['127.0.0.1', '10.0.0.0/8']
const identity: HeaderPairs = [['X-Auth-Request-Email', 'nick@example.com']]

type Place = 'local' | 'remote' | 'proxied' | 'nobody'

const forwarding: Record<string, HeaderPairs> = {
  none: [],
  client: [['X-Forwarded-For', '203.0.113.9']],
  chain: [['X-Forwarded-For', '1.1.1.1, 203.0.113.9, 10.9.9.9']],
  loopbackClient: [['X-Forwarded-For', '127.0.0.1']],
  realIp: [['X-Real-IP', '203.0.113.9']],
  standard: [['Forwarded', 'for=203.0.113.9']],
  empty: [['X-Forwarded-For', '']],
  twice: [
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-For', '203.0.113.9'],
  ],
  twin: [['X_Forwarded_For', '203.0.113.9']],
}

/** Peer by peer: where the request counts as from without proxy headers, and with a resolvable client. */
const peers: Record<string, { address: string; plain: Place; forwarded: Place }> = {
  loopback: { address: '127.0.0.1', plain: 'local', forwarded: 'proxied' },
  mappedLoopback: { address: '::ffff:127.0.0.1', plain: 'local', forwarded: 'proxied' },
  loopback6: { address: '::1', plain: 'local', forwarded: 'nobody' },
  proxy: { address: '10.0.0.1', plain: 'nobody', forwarded: 'proxied' },
  mappedProxy: { address: '::ffff:10.0.0.1', plain: 'nobody', forwarded: 'proxied' },
  lan: { address: '192.168.1.20', plain: 'remote', forwarded: 'nobody' },
  internet6: { address: '2001:db8::5', plain: 'remote', forwarded: 'nobody' },
}

const credentials: Record<string, HeaderPairs> = {
  none: [],
  right: [['Authorization', `Bearer ${TOKEN}`]],
  wrong: [['Authorization', 'Bearer wrong']],
}

const attributionRefused = 'proxy_attribution_required'
/** Outcome of a request whose source can be told, by mode and credential. `local` differs only behind a proxy mode. */
const outcomes: Record<AuthMode, Record<string, Record<Exclude<Place, 'nobody'>, string>>> = {
  none: {
    none: { local: 'ok', remote: 'ok', proxied: 'ok' },
    right: { local: 'ok', remote: 'ok', proxied: 'ok' },
    wrong: { local: 'ok', remote: 'ok', proxied: 'ok' },
  },
  token: {
    none: { local: '401 token_missing', remote: '401 token_missing', proxied: '401 token_missing' },
    right: { local: 'ok', remote: 'ok', proxied: 'ok' },
    wrong: { local: '401 token_mismatch', remote: '401 token_mismatch', proxied: '401 token_mismatch' },
  },
  password: {
    none: { local: '401 password_missing', remote: '401 password_missing', proxied: '401 password_missing' },
    right: { local: 'ok', remote: 'ok', proxied: 'ok' },
    wrong: { local: '401 password_mismatch', remote: '401 password_mismatch', proxied: '401 password_mismatch' },
  },
  'trusted-proxy': {
    none: {
      local: '401 trusted_proxy_user_missing',
      remote: '401 trusted_proxy_untrusted_source',
      proxied: '401 trusted_proxy_user_missing',
    },
    right: { local: 'ok', remote: '401 trusted_proxy_untrusted_source', proxied: '401 trusted_proxy_user_missing' },
    wrong: {
      local: '401 password_mismatch',
      remote: '401 trusted_proxy_untrusted_source',
      proxied: '401 trusted_proxy_user_missing',
    },
  },
}

function settingsFor(mode: AuthMode, more: Partial<AuthInput> = {}) {
  return compileAuthSettings({
    mode,
    token: TOKEN,
    password: TOKEN,
    trustedProxies: proxies,
    trustedProxy: { userHeader: 'X-Auth-Request-Email', allowLoopback: true },
    ownAddresses: () => new Set(['192.168.1.2', '10.0.0.77']),
    ...more,
  })
}

t.test('mode x peer x proxy headers x credential', async (t) => {
  let rows = 0
  for (const [mode, byCredential] of Object.entries(outcomes) as [AuthMode, (typeof outcomes)[AuthMode]][]) {
    for (const [peerName, peer] of Object.entries(peers)) {
      for (const [headersName, headers] of Object.entries(forwarding)) {
        for (const [credentialName, credential] of Object.entries(credentials)) {
          const resolvable = headersName === 'client' || headersName === 'chain'
          const place = headersName === 'none' ? peer.plain : resolvable ? peer.forwarded : 'nobody'
          let expected = place === 'nobody' ? attributionRefused : (byCredential[credentialName]?.[place] ?? '?')
          // ::1 is not on the list of proxies, which row 3 says before it says that the user is missing.
          if (mode === 'trusted-proxy' && peerName === 'loopback6' && place === 'local' && credentialName === 'none') {
            expected = '401 trusted_proxy_untrusted_source'
          }
          const verdict = decide(facts(peer.address, [...headers, ...credential]), settingsFor(mode), allMethods)
          const said = word(verdict)
          const short = said.startsWith(attributionRefused)
            ? attributionRefused
            : said.replace('invalid_api_key', '401')
          t.equal(short, expected, `${mode} ${peerName} ${headersName} ${credentialName}`)
          rows++
        }
      }
    }
  }
  t.equal(rows, 4 * 7 * 9 * 3)
})

t.test('trusted-proxy, top down', async (t) => {
  const full: HeaderPairs = [['X-Forwarded-For', '203.0.113.9'], ['X-Forwarded-Proto', 'https'], ...identity]
  const strict = {
    userHeader: 'X-Auth-Request-Email',
    requiredHeaders: ['X-Forwarded-Proto'],
    allowUsers: ['nick@example.com', '张伟'],
  }
  const base: Partial<AuthInput> = { trustedProxy: strict, token: undefined, password: PASSWORD }
  const without = (name: string) => full.filter(([header]) => header !== name)
  const user = (name: string): HeaderPairs => [...without('X-Auth-Request-Email'), ['X-Auth-Request-Email', name]]
  const bearer: HeaderPairs = [['Authorization', `Bearer ${PASSWORD}`]]
  const loop = { ...base, trustedProxy: { ...strict, allowLoopback: true } }
  const rows: [name: string, peer: string, HeaderPairs, Partial<AuthInput>, expected: string][] = [
    ['all there', '10.0.0.1', full, base, 'ok:nick@example.com'],
    ['proxy by mapped address', '::ffff:10.0.0.1', full, base, 'ok:nick@example.com'],
    [
      'header case does not matter',
      '10.0.0.1',
      full.map(([n, v]) => [n.toUpperCase(), v] as const),
      base,
      'ok:nick@example.com',
    ],
    ['spaces around the user', '10.0.0.1', user('  nick@example.com '), base, 'ok:nick@example.com'],
    ['UTF-8 user', '10.0.0.1', user(Buffer.from('张伟').toString('latin1')), base, 'ok:张伟'],
    [
      'no proxy block',
      '10.0.0.1',
      full,
      { ...base, trustedProxy: undefined },
      'invalid_api_key trusted_proxy_config_missing',
    ],
    [
      'no proxies',
      '192.168.1.20',
      identity,
      { ...base, trustedProxies: [] },
      'invalid_api_key trusted_proxy_no_proxies_configured',
    ],
    ['not a proxy', '192.168.1.20', identity, base, 'invalid_api_key trusted_proxy_untrusted_source'],
    ['not a proxy, forwarded', '192.168.1.20', full, base, 'proxy_attribution_required forwarded_by_untrusted_source'],
    ['loopback proxy', '127.0.0.1', full, base, 'invalid_api_key trusted_proxy_loopback_source'],
    ['loopback proxy, allowed', '127.0.0.1', full, loop, 'ok:nick@example.com'],
    [
      'loopback proxy without X-Forwarded-For',
      '127.0.0.1',
      without('X-Forwarded-For'),
      loop,
      'proxy_attribution_required forwarded_client_invalid',
    ],
    [
      'loopback identity without any proxy header',
      '127.0.0.1',
      identity,
      { ...loop, trustedProxy: { ...strict, requiredHeaders: [], allowLoopback: true } },
      'proxy_attribution_required proxy_sent_no_client',
    ],
    ['own interface', '10.0.0.77', full, base, 'invalid_api_key trusted_proxy_local_interface_source'],
    [
      'interfaces unknown',
      '10.0.0.1',
      full,
      { ...base, ownAddresses: () => undefined },
      'invalid_api_key trusted_proxy_local_interface_check_failed',
    ],
    [
      'required header missing',
      '10.0.0.1',
      without('X-Forwarded-Proto'),
      base,
      'invalid_api_key trusted_proxy_missing_header_x-forwarded-proto',
    ],
    [
      'required header blank',
      '10.0.0.1',
      [...without('X-Forwarded-Proto'), ['X-Forwarded-Proto', ' ']],
      base,
      'invalid_api_key trusted_proxy_missing_header_x-forwarded-proto',
    ],
    ['user missing', '10.0.0.1', without('X-Auth-Request-Email'), base, 'invalid_api_key trusted_proxy_user_missing'],
    ['user blank', '10.0.0.1', user('   '), base, 'invalid_api_key trusted_proxy_user_missing'],
    [
      'user in another case',
      '10.0.0.1',
      user('Nick@example.com'),
      base,
      'invalid_api_key trusted_proxy_user_not_allowed',
    ],
    ['another user', '10.0.0.1', user('eve@example.com'), base, 'invalid_api_key trusted_proxy_user_not_allowed'],
    [
      'allowed user first in a list',
      '10.0.0.1',
      user('nick@example.com, eve@example.com'),
      base,
      'invalid_api_key trusted_proxy_user_not_allowed',
    ],
    [
      'allowed user last in a list',
      '10.0.0.1',
      user('eve@example.com,nick@example.com'),
      base,
      'invalid_api_key trusted_proxy_user_not_allowed',
    ],
    [
      'user as prefix',
      '10.0.0.1',
      user('nick@example.com.evil'),
      base,
      'invalid_api_key trusted_proxy_user_not_allowed',
    ],
    [
      'user with a control character',
      '10.0.0.1',
      user('nick@example.com\u0000'),
      base,
      'invalid_api_key trusted_proxy_user_missing',
    ],
    [
      'user with broken UTF-8',
      '10.0.0.1',
      user('nick\u00ff'),
      { ...base, trustedProxy: { ...strict, allowUsers: [] } },
      'invalid_api_key trusted_proxy_user_missing',
    ],
    [
      'endless user',
      '10.0.0.1',
      user('n'.repeat(400)),
      { ...base, trustedProxy: { ...strict, allowUsers: [] } },
      'invalid_api_key trusted_proxy_user_missing',
    ],
    [
      'any user when the list is empty',
      '10.0.0.1',
      user('eve@example.com'),
      { ...base, trustedProxy: { ...strict, allowUsers: [] } },
      'ok:eve@example.com',
    ],
    [
      'user twice',
      '10.0.0.1',
      [...full, ...identity],
      base,
      'invalid_api_key trusted_proxy_ambiguous_header_x-auth-request-email',
    ],
    [
      'user with twin',
      '10.0.0.1',
      [...full, ['X_Auth_Request_Email', 'eve']],
      base,
      'invalid_api_key trusted_proxy_ambiguous_header_x-auth-request-email',
    ],
    [
      'user stripped by Connection',
      '10.0.0.1',
      [...full, ['Connection', 'x-auth-request-email']],
      base,
      'invalid_api_key trusted_proxy_ambiguous_header_x-auth-request-email',
    ],
    [
      'proto twice',
      '10.0.0.1',
      [...full, ['x-forwarded-proto', 'http']],
      base,
      'proxy_attribution_required forwarded_headers_ambiguous',
    ],
    [
      'client stripped by Connection',
      '10.0.0.1',
      [...full, ['Connection', 'close, x-forwarded-for']],
      base,
      'proxy_attribution_required forwarded_headers_ambiguous',
    ],
    [
      'foreign page',
      '10.0.0.1',
      [...full, ['Origin', 'https://evil.example']],
      base,
      'invalid_api_key trusted_proxy_origin_not_allowed',
    ],
    ['null page', '10.0.0.1', [...full, ['Origin', 'null']], base, 'invalid_api_key trusted_proxy_origin_not_allowed'],
    [
      'local page through the proxy',
      '127.0.0.1',
      [...full, ['Origin', 'http://localhost:3000']],
      loop,
      'invalid_api_key trusted_proxy_origin_not_allowed',
    ],
    [
      'own page',
      '10.0.0.1',
      [...full, ['Origin', 'https://claw.example.com']],
      { ...base, allowedOrigins: ['https://claw.example.com'] },
      'ok:nick@example.com',
    ],
    ['the password instead, on the machine itself', '127.0.0.1', bearer, base, 'ok'],
    [
      'the password, but through a proxy',
      '127.0.0.1',
      [['X-Forwarded-For', '203.0.113.9'], ...bearer],
      base,
      'invalid_api_key trusted_proxy_loopback_source',
    ],
    ['the password from the network', '192.168.1.20', bearer, base, 'invalid_api_key trusted_proxy_untrusted_source'],
    [
      'the password from a proxy',
      '10.0.0.1',
      [...without('X-Auth-Request-Email'), ...bearer],
      base,
      'invalid_api_key trusted_proxy_user_missing',
    ],
    [
      'a wrong password on the machine',
      '127.0.0.1',
      [['Authorization', 'Bearer no']],
      base,
      'invalid_api_key password_mismatch',
    ],
    [
      'no password configured',
      '127.0.0.1',
      bearer,
      { ...base, password: undefined },
      'invalid_api_key trusted_proxy_loopback_source',
    ],
    ['nothing on the machine', '127.0.0.1', [], base, 'invalid_api_key trusted_proxy_loopback_source'],
  ]
  for (const [name, peer, headers, more, expected] of rows) {
    t.equal(word(decide(facts(peer, headers), settingsFor('trusted-proxy', more), allMethods)), expected, name)
  }
})

t.test('mode none: neither pages nor rebound names nor the public internet', async (t) => {
  const none = settingsFor('none', {
    allowedOrigins: ['https://claw.example.com'],
    corsOrigins: ['https://pad.example.com'],
  })
  const rows: [peer: string, HeaderPairs, host: string | undefined, expected: string][] = [
    ['127.0.0.1', [], '127.0.0.1:18789', 'ok'],
    ['127.0.0.1', [], 'localhost:18789', 'ok'],
    ['::1', [], '[::1]:18789', 'ok'],
    ['127.0.0.1', [], 'claw.example.com', 'ok'],
    ['127.0.0.1', [], 'evil.example:18789', 'host_not_allowed host_not_allowed'],
    ['127.0.0.1', [], '127.0.0.1.evil.example', 'host_not_allowed host_not_allowed'],
    ['127.0.0.1', [], '', 'host_not_allowed host_not_allowed'],
    ['127.0.0.1', [['Host', 'evil.example']], 'localhost', 'invalid_request host_ambiguous'],
    ['127.0.0.1', [['Origin', 'http://localhost:3000']], 'localhost:18789', 'ok'],
    ['127.0.0.1', [['Origin', 'https://claw.example.com']], 'localhost:18789', 'ok'],
    ['127.0.0.1', [['Origin', 'https://pad.example.com']], 'localhost:18789', 'ok'],
    ['127.0.0.1', [['Origin', 'https://evil.example']], 'localhost:18789', 'origin_not_allowed origin_not_allowed'],
    ['127.0.0.1', [['Origin', 'null']], 'localhost:18789', 'origin_not_allowed origin_not_allowed'],
    ['127.0.0.1', [['Origin', '']], 'localhost:18789', 'origin_not_allowed origin_not_allowed'],
    [
      '127.0.0.1',
      [
        ['Origin', 'http://localhost:3000'],
        ['Origin', 'https://evil.example'],
      ],
      'localhost:18789',
      'origin_not_allowed origin_not_allowed',
    ],
    [
      '192.168.1.20',
      [['Origin', 'http://localhost:3000']],
      '192.168.1.2:18789',
      'origin_not_allowed origin_not_allowed',
    ],
    [
      '10.0.0.1',
      [
        ['X-Forwarded-For', '203.0.113.9'],
        ['Tailscale-Funnel-Request', '?1'],
      ],
      'localhost',
      'invalid_api_key gateway_auth_required',
    ],
    ['127.0.0.1', [['Tailscale-User-Login', 'me']], 'localhost', 'proxy_attribution_required forwarded_client_invalid'],
  ]
  for (const [peer, headers, host, expected] of rows) {
    t.equal(
      word(decide(facts(peer, headers, host), none, allMethods)),
      expected,
      `${peer} ${host} ${JSON.stringify(headers)}`,
    )
  }
  const silent = { peer: '127.0.0.1', headers: new HeaderView([]) }
  t.equal(word(decide(silent, none, allMethods)), 'host_not_allowed host_not_allowed', 'no Host at all')
})

t.test('token mode: pages at unknown names are refused before the secret is compared, programs are not', async (t) => {
  const token = settingsFor('token', { allowedOrigins: ['http://box.lan:18789'] })
  const bearer: HeaderPairs = [['Authorization', `Bearer ${TOKEN}`]]
  const page: HeaderPairs = [['Origin', 'https://app.example.com']]
  const rows: [HeaderPairs, host: string, expected: string][] = [
    [bearer, 'any-name.lan:18789', 'ok'],
    [bearer, 'evil.example', 'ok'],
    [[...bearer, ...page], '127.0.0.1:18789', 'ok'],
    [[...bearer, ...page], 'box.lan:18789', 'ok'],
    [[...bearer, ...page], 'evil.example:18789', 'host_not_allowed host_not_allowed'],
    [[...bearer, ['Sec-Fetch-Site', 'same-origin']], 'evil.example', 'host_not_allowed host_not_allowed'],
    [[['Authorization', 'Bearer guess'], ...page], 'evil.example', 'host_not_allowed host_not_allowed'],
    [[...bearer, ['Host', 'localhost']], 'localhost', 'invalid_request host_ambiguous'],
  ]
  for (const [headers, host, expected] of rows) {
    t.equal(
      word(decide(facts('192.168.1.20', headers, host), token, allMethods)),
      expected,
      `${host} ${JSON.stringify(headers)}`,
    )
  }
  for (const more of [{ allowedOrigins: ['*'] }, { hostOriginFallback: true }]) {
    const open = settingsFor('token', more)
    t.equal(
      word(decide(facts('192.168.1.20', [...bearer, ...page], 'box.lan'), open, allMethods)),
      'ok',
      JSON.stringify(more),
    )
  }
  const proxied: HeaderPairs = [['X-Forwarded-For', '203.0.113.9'], ...bearer, ...page]
  t.equal(
    word(decide(facts('10.0.0.1', proxied, 'public.example'), token, allMethods)),
    'ok',
    'the proxy has its own names',
  )
})

t.test('ways to send a secret that are not accepted', async (t) => {
  const rows: HeaderPairs[] = [
    [['Authorization', `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`]],
    [['Authorization', TOKEN]],
    [['Authorization', `Token ${TOKEN}`]],
    [['X-Api-Key', TOKEN]],
    [['Proxy-Authorization', `Bearer ${TOKEN}`]],
    [['Cookie', `token=${TOKEN}`]],
    [['Authorization', `Bearer ${TOKEN.toUpperCase()}`]],
    [['Authorization', `Bearer "${TOKEN}"`]],
    [['Authorization', `Bearer ${TOKEN}, Bearer ${TOKEN}`]],
    [
      ['Authorization', `Bearer ${TOKEN}`],
      ['Authorization', `Bearer ${TOKEN}`],
    ],
    [
      ['Authorization', `Bearer ${TOKEN}`],
      ['authorization', 'Bearer x'],
    ],
    [
      ['Authorization', `Bearer ${TOKEN}`],
      ['Connection', 'authorization'],
    ],
  ]
  for (const headers of rows) {
    for (const mode of ['token', 'password'] as const) {
      t.notOk(
        decide(facts('127.0.0.1', headers), settingsFor(mode), allMethods).ok,
        `${mode} ${JSON.stringify(headers)}`,
      )
    }
  }
})

t.test('two Authorization lines are refused even where none is asked for', async (t) => {
  const twice: HeaderPairs = [
    ['Authorization', 'Bearer a'],
    ['Authorization', 'Bearer b'],
  ]
  const proxied: HeaderPairs = [['X-Forwarded-For', '203.0.113.9'], ...identity]
  const rows: [AuthMode, peer: string, HeaderPairs][] = [
    ['none', '127.0.0.1', []],
    ['trusted-proxy', '10.0.0.1', proxied],
  ]
  for (const [mode, peer, headers] of rows) {
    t.ok(decide(facts(peer, headers), settingsFor(mode), allMethods).ok, mode)
    const verdict = decide(facts(peer, [...headers, ...twice]), settingsFor(mode), allMethods)
    t.equal(word(verdict), 'invalid_api_key authorization_ambiguous', mode)
  }
})

t.test('a connect frame may carry the secret as token or as password', async (t) => {
  const settings = settingsFor('password', { token: undefined, password: '你的网关密码' })
  const connect = (...presented: string[]) => decide({ ...facts('127.0.0.1'), presented }, settings, allMethods)
  t.equal(word(connect('你的网关密码')), 'ok')
  t.equal(word(connect('stale', '你的网关密码')), 'ok')
  t.equal(word(connect('stale')), 'invalid_api_key password_mismatch')
  t.equal(word(connect('', ' ')), 'invalid_api_key password_missing')
  const header = facts('127.0.0.1', [['Authorization', `Bearer ${Buffer.from('你的网关密码').toString('latin1')}`]])
  t.equal(word(decide({ ...header, presented: [] }, settings, allMethods)), 'invalid_api_key password_missing')
})

t.test('scopes', async (t) => {
  const scopesOf = (mode: AuthMode, headers: HeaderPairs, peer = '127.0.0.1') => {
    const verdict = decide(facts(peer, headers), settingsFor(mode), allMethods)
    return verdict.ok ? verdict.identity.scopes.length : word(verdict)
  }
  const bearer: HeaderPairs = [['Authorization', `Bearer ${TOKEN}`]]
  const proxied: HeaderPairs = [['X-Forwarded-For', '203.0.113.9'], ...identity]
  t.equal(scopesOf('token', [...bearer, ['X-OpenClaw-Scopes', 'operator.read']]), 6, 'ignored with a shared secret')
  t.equal(scopesOf('token', [...bearer, ['X-OpenClaw-Scopes', '']]), 6)
  for (const [mode, headers, peer] of [
    ['none', [], '127.0.0.1'],
    ['trusted-proxy', proxied, '10.0.0.1'],
  ] as const) {
    const held = (...more: HeaderPairs) => scopesOf(mode, [...headers, ...more], peer)
    t.equal(held(), 6, mode)
    t.equal(held(['X-OpenClaw-Scopes', 'operator.read,operator.write']), 2, mode)
    t.equal(held(['X-OpenClaw-Scopes', '']), 0, mode)
    t.equal(held(['X-OpenClaw-Scopes', 'operator.root']), 0, mode)
    t.equal(held(['X-OpenClaw-Scopes', 'operator.admin'], ['X-OpenClaw-Scopes', 'operator.admin']), 0, `${mode} twice`)
    t.equal(held(['X_OpenClaw_Scopes', 'operator.admin']), 0, `${mode} twin`)
  }
})

t.test('settings without a secret, and no method for the mode, let nobody in', async (t) => {
  const bare = settingsFor('token', { token: undefined })
  for (const credential of Object.values(credentials)) {
    t.equal(word(decide(facts('127.0.0.1', credential), bare, allMethods)), 'invalid_api_key token_missing_config')
  }
  t.equal(word(decide(facts('127.0.0.1'), settingsFor('none'), [])), 'invalid_api_key no_auth_method')
})
