import fc from 'fast-check'
import t from 'tap'
import { decide } from '../../src/auth/decide.js'
import { HeaderView } from '../../src/auth/headers.js'
import { compileAuthSettings } from '../../src/auth/settings.js'
import { allMethods, TOKEN } from './_support.js'

const names = [
  'Authorization',
  'authorization',
  'Host',
  'Origin',
  'Connection',
  'X-Forwarded-For',
  'X_Forwarded_For',
  'X-Forwarded-User',
  'X-Real-IP',
  'Forwarded',
  'Tailscale-User-Login',
  'X-OpenClaw-Scopes',
  'X-Api-Key',
  'Cookie',
  'Sec-Fetch-Site',
]
const values = [
  '',
  ' ',
  '127.0.0.1',
  '203.0.113.9',
  'localhost',
  'null',
  'http://localhost',
  'Bearer',
  'Bearer ',
  'Bearer undefined',
  'Bearer null',
  'Basic OnRva2Vu',
  'authorization',
  'nick@example.com',
  'operator.admin',
  TOKEN,
]
const almost = [TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), `x${TOKEN}`, `${TOKEN} x`, `${TOKEN}\u0000`]

const header = fc.tuple(
  fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 20 })),
  fc.oneof(fc.constantFrom(...values, ...almost.map((text) => `Bearer ${text}`)), fc.string({ maxLength: 60 })),
)
const headers = fc.array(header, { maxLength: 12 }).map((pairs) => pairs.flat())
const peer = fc.constantFrom('127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '192.168.1.20', undefined, 'x')
const settings = compileAuthSettings({
  mode: 'token',
  token: TOKEN,
  password: TOKEN,
  trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  trustedProxy: { userHeader: 'X-Forwarded-User', allowLoopback: true },
  allowRealIpFallback: true,
  allowedOrigins: ['*'],
})
const presents = (raw: readonly string[]) =>
  raw.some((value) => value.toLowerCase().startsWith('bearer ') && value.slice(7).replace(/^ +/, '') === TOKEN)

t.test('no set of headers without the right secret is an identity in token mode', async (t) => {
  const property = fc.property(headers, peer, (raw, from) => {
    fc.pre(!presents(raw))
    return !decide({ peer: from, headers: new HeaderView(raw) }, settings, allMethods).ok
  })
  t.notOk(fc.check(property, { numRuns: 5_000 }).failed)
})

t.test('with the right secret, further headers only ever take away', async (t) => {
  const right = ['Host', 'localhost', 'Authorization', `Bearer ${TOKEN}`]
  let passed = 0
  const property = fc.property(headers, peer, (raw, from) => {
    const plain = decide({ peer: from, headers: new HeaderView(right) }, settings, allMethods)
    const more = decide({ peer: from, headers: new HeaderView([...right, ...raw]) }, settings, allMethods)
    if (more.ok) passed++
    if (!more.ok) return true
    // Behind a proxy the plain request has no client; there the forwarded one is what the proxy vouches for.
    const scopes = plain.ok ? plain.identity.scopes : more.identity.scopes
    return more.identity.user === undefined && more.identity.scopes.every((scope) => scopes.includes(scope))
  })
  t.notOk(fc.check(property, { numRuns: 5_000 }).failed)
  t.ok(passed > 100, `${passed} of them passed, so the property says something`)
})
