import t from 'tap'
import { checkDoor, decide } from '../../../src/auth/decide.js'
import { authSettings } from '../../../src/auth/from-config.js'
import { HeaderView } from '../../../src/auth/headers.js'
import { verifyTailscale } from '../../../src/auth/tailscale/verify.js'
import type { WhoisAnswer } from '../../../src/auth/tailscale/whois.js'
import type { Config } from '../../../src/config/types.js'
import { alice, serveHeaders } from '../../helper/tailscale.js'
import { allMethods, type HeaderPairs, PASSWORD, TOKEN, word } from '../_support.js'

/**
 * Config x header x whois x peer x funnel x forwarded headers x door, through the real settings, the door check, the
 * verification and the decision. Expected values are literal.
 */
const configs: Record<string, Config['gateway']> = {
  serve: { auth: { mode: 'token', token: TOKEN }, tailscale: { mode: 'serve' } },
  'serve, derived mode': { auth: { token: TOKEN }, tailscale: { mode: 'serve' } },
  'serve, refused': { auth: { mode: 'token', token: TOKEN, allowTailscale: false }, tailscale: { mode: 'serve' } },
  'serve, password': { auth: { mode: 'password', password: PASSWORD }, tailscale: { mode: 'serve' } },
  'serve, password, allowed': {
    auth: { mode: 'password', password: PASSWORD, allowTailscale: true },
    tailscale: { mode: 'serve' },
  },
  'serve, proxy trusted': {
    auth: { mode: 'token', token: TOKEN },
    tailscale: { mode: 'serve' },
    trustedProxies: ['127.0.0.1'],
  },
  'serve, trusted-proxy mode, allowed': {
    auth: { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-user', allowLoopback: true }, allowTailscale: true },
    tailscale: { mode: 'serve' },
    trustedProxies: ['127.0.0.1'],
  },
  'own route': { auth: { mode: 'token', token: TOKEN } },
  'own route, allowed': { auth: { mode: 'token', token: TOKEN, allowTailscale: true } },
  'none, allowed': { auth: { mode: 'none', allowTailscale: true } },
  'funnel, allowed': {
    auth: { mode: 'password', password: PASSWORD, allowTailscale: true },
    tailscale: { mode: 'funnel' },
  },
}

interface Case {
  readonly config?: keyof typeof configs
  /** Laid over what Serve sends; undefined removes. */
  readonly headers?: Record<string, string | undefined>
  /** Lines after these. */
  readonly more?: HeaderPairs
  readonly peer?: string
  readonly whois?: WhoisAnswer
  /** Users who own the other end of the connection. */
  readonly owners?: readonly number[] | 'unknown'
  readonly presented?: readonly string[]
  readonly role?: 'operator' | 'node'
  readonly door?: 'socket' | 'http'
  readonly expect: string
}

const ok = `ok:${alice.login}`
const untrusted = '403 forwarded_by_untrusted_source'
const user = (login: string): WhoisAnswer => ({ kind: 'user', login })

const cases: Record<string, Case> = {
  // Config
  'serve lets in whom Tailscale names': { expect: ok },
  'serve with a derived mode': { config: 'serve, derived mode', expect: ok },
  'an own route, when allowed': { config: 'own route, allowed', expect: ok },
  'an own route, not allowed': { config: 'own route', expect: untrusted },
  'serve, not allowed': { config: 'serve, refused', expect: untrusted },
  'mode password, unset': { config: 'serve, password', expect: untrusted },
  'mode password, allowed': { config: 'serve, password, allowed', expect: ok },
  'mode trusted-proxy decides alone': {
    config: 'serve, trusted-proxy mode, allowed',
    expect: '401 trusted_proxy_user_missing',
  },
  'mode none never': { config: 'none, allowed', expect: untrusted },
  'funnel never': { config: 'funnel, allowed', expect: untrusted },
  'a trusted loopback proxy changes nothing': { config: 'serve, proxy trusted', expect: ok },

  // The login header
  'upper and lower case do not count': { headers: { 'Tailscale-User-Login': 'Alice@EXAMPLE.com' }, expect: ok },
  'spaces around do not count': { headers: { 'Tailscale-User-Login': ' alice@example.com ' }, expect: ok },
  'an encoded login': { headers: { 'Tailscale-User-Login': '=?utf-8?q?alice=40example.com?=' }, expect: ok },
  'an encoded login outside of ASCII': {
    headers: { 'Tailscale-User-Login': '=?utf-8?q?Kr=C5=ABmi=C5=86a=40example.com?=' },
    whois: user('krūmiņa@example.com'),
    expect: 'ok:krūmiņa@example.com',
  },
  'no login': { headers: { 'Tailscale-User-Login': undefined }, expect: untrusted },
  'no login, trusted proxy, no secret': {
    config: 'serve, proxy trusted',
    headers: { 'Tailscale-User-Login': undefined },
    expect: '401 token_missing',
  },
  'an empty login': { headers: { 'Tailscale-User-Login': '' }, expect: '403 tailscale_user_missing' },
  'a blank login': { headers: { 'Tailscale-User-Login': '  ' }, expect: '403 tailscale_user_missing' },
  'an endless login': { headers: { 'Tailscale-User-Login': 'a'.repeat(321) }, expect: '403 tailscale_user_missing' },
  'a login with control characters': {
    headers: { 'Tailscale-User-Login': '=?utf-8?q?alice=00?=' },
    expect: '403 tailscale_user_missing',
  },
  'a login that is not UTF-8': {
    headers: { 'Tailscale-User-Login': '=?utf-8?q?alice=FF?=' },
    expect: '403 tailscale_user_missing',
  },
  'a login twice': {
    more: [['Tailscale-User-Login', 'mallory@example.com']],
    expect: '403 forwarded_headers_ambiguous',
  },
  'a login twice, the same': {
    more: [['tailscale-user-login', alice.login]],
    expect: '403 forwarded_headers_ambiguous',
  },
  'a login with an underscore twin': {
    more: [['Tailscale_User_Login', alice.login]],
    expect: '403 forwarded_headers_ambiguous',
  },
  'a login that Connection names': {
    more: [['Connection', 'upgrade, tailscale-user-login']],
    expect: '403 forwarded_headers_ambiguous',
  },

  // whois
  'another user at the address': { whois: user('bob@example.com'), expect: '401 tailscale_user_mismatch' },
  'a longer name': { whois: user('alice@example.com.evil.example'), expect: '401 tailscale_user_mismatch' },
  'a tagged machine': { whois: { kind: 'tagged' }, expect: '401 tailscale_user_missing' },
  'whois fails': { whois: { kind: 'failed', problem: 'x' }, expect: '401 tailscale_whois_failed' },
  'whois fails, the right token is not tried instead': {
    whois: { kind: 'failed', problem: 'x' },
    presented: [TOKEN],
    expect: '401 tailscale_whois_failed',
  },
  'another user, the right token is not tried instead': {
    whois: user('bob@example.com'),
    presented: [TOKEN],
    expect: '401 tailscale_user_mismatch',
  },
  'whois fails, trusted proxy': {
    config: 'serve, proxy trusted',
    whois: { kind: 'failed', problem: 'x' },
    expect: '401 tailscale_whois_failed',
  },
  'whois fails, mode password': {
    config: 'serve, password, allowed',
    whois: { kind: 'failed', problem: 'x' },
    presented: [PASSWORD],
    expect: '401 tailscale_whois_failed',
  },

  // Who opened the connection
  'from ::1': { peer: '::1', expect: ok },
  'from a mapped loopback address': { peer: '::ffff:127.0.0.1', expect: ok },
  'from the LAN': { peer: '192.168.1.20', expect: untrusted },
  'from the tailnet, without Serve': { peer: alice.ip, expect: untrusted },
  'from the internet': { peer: '203.0.113.9', expect: untrusted },
  'from nowhere': { peer: '', expect: '403 peer_unknown' },
  'a daemon of this user': { owners: [1000], expect: ok },
  'another user of this machine': { owners: [1001], expect: '401 tailscale_proxy_missing' },
  'another user of this machine, with the token': {
    owners: [1001],
    presented: [TOKEN],
    expect: '401 tailscale_proxy_missing',
  },
  'one of two is another user': { owners: [0, 1001], expect: '401 tailscale_proxy_missing' },
  'the connection is gone': { owners: [], expect: '401 tailscale_proxy_missing' },
  'a system that does not tell': { owners: 'unknown', expect: ok },

  // Funnel
  funnel: {
    headers: { 'Tailscale-User-Login': undefined, 'Tailscale-Funnel-Request': '?1' },
    expect: '403 tailscale_funnel',
  },
  'funnel with a login': { headers: { 'Tailscale-Funnel-Request': '?1' }, expect: '403 tailscale_funnel' },
  'funnel, whatever it says': { headers: { 'Tailscale-Funnel-Request': '?0' }, expect: '403 tailscale_funnel' },
  'funnel, spelled otherwise': {
    headers: { tailscale_funnel_request: '' },
    expect: '403 forwarded_headers_ambiguous',
  },
  'funnel through a trusted proxy needs the secret': {
    config: 'serve, proxy trusted',
    headers: { 'Tailscale-User-Login': undefined, 'Tailscale-Funnel-Request': '?1' },
    expect: '401 token_missing',
  },
  'funnel with a login through a trusted proxy needs the secret': {
    config: 'serve, proxy trusted',
    headers: { 'Tailscale-Funnel-Request': '?1' },
    expect: '401 token_missing',
  },

  // Forwarded headers
  'a login alone': {
    headers: { 'X-Forwarded-For': undefined, 'X-Forwarded-Host': undefined, 'X-Forwarded-Proto': undefined },
    expect: '403 tailscale_proxy_missing',
  },
  'no client': { headers: { 'X-Forwarded-For': undefined }, expect: '403 tailscale_proxy_missing' },
  'no protocol': { headers: { 'X-Forwarded-Proto': undefined }, expect: '403 tailscale_proxy_missing' },
  'no host': { headers: { 'X-Forwarded-Host': undefined }, expect: '403 tailscale_proxy_missing' },
  'plain http': { headers: { 'X-Forwarded-Proto': 'http' }, expect: '403 tailscale_proxy_missing' },
  'an empty client': { headers: { 'X-Forwarded-For': '' }, expect: '403 tailscale_proxy_missing' },
  'a chain of clients': {
    headers: { 'X-Forwarded-For': `${alice.ip}, 203.0.113.9` },
    expect: '403 tailscale_proxy_missing',
  },
  'a loopback client': { headers: { 'X-Forwarded-For': '127.0.0.1' }, expect: '403 tailscale_proxy_missing' },
  'a mapped loopback client': {
    headers: { 'X-Forwarded-For': '::ffff:127.0.0.1' },
    expect: '403 tailscale_proxy_missing',
  },
  'no address at all': { headers: { 'X-Forwarded-For': '0.0.0.0' }, expect: '403 tailscale_proxy_missing' },
  'a client that is an option': {
    headers: { 'X-Forwarded-For': '--socket=/tmp/x' },
    expect: '403 tailscale_proxy_missing',
  },
  'a client that is a command': { headers: { 'X-Forwarded-For': '1.2.3.4;id' }, expect: '403 tailscale_proxy_missing' },
  'a client twice': { more: [['X-Forwarded-For', '100.64.0.9']], expect: '403 forwarded_headers_ambiguous' },
  'an IPv6 client': { headers: { 'X-Forwarded-For': 'fd7a:115c:a1e0::1234:5678' }, expect: ok },
  'X-Real-IP beside it': { headers: { 'X-Real-IP': '203.0.113.9' }, expect: ok },

  // Host and Origin
  'a page of the gateway': { headers: { Origin: 'https://box.tail1234.ts.net' }, expect: ok },
  'a foreign page': { headers: { Origin: 'https://evil.example' }, expect: '403 origin_not_allowed' },
  'a page of another machine of the tailnet': {
    headers: { Origin: 'https://other.tail1234.ts.net' },
    expect: '403 origin_not_allowed',
  },
  'a page of this machine is not local through Serve': {
    headers: { Origin: 'http://localhost:3000' },
    expect: '403 origin_not_allowed',
  },
  'a page with a foreign host': {
    headers: { Origin: 'https://evil.example', Host: 'evil.example' },
    expect: '403 host_not_allowed',
  },

  // What else the request brings
  'the right token goes first': { presented: [TOKEN], expect: 'ok' },
  'a wrong token is judged': { presented: ['wrong'], expect: '401 token_mismatch' },
  'an empty token is none': { presented: ['', ' '], expect: ok },
  'a wrong password is judged': {
    config: 'serve, password, allowed',
    presented: ['wrong'],
    expect: '401 password_mismatch',
  },
  'a node proves itself by other means': { role: 'node', expect: '401 token_missing' },
  'a node with the token': { role: 'node', presented: [TOKEN], expect: 'ok' },

  // Doors
  HTTP: { door: 'http', expect: untrusted },
  'HTTP with the token': { door: 'http', more: [['Authorization', `Bearer ${TOKEN}`]], expect: untrusted },
  'HTTP through a trusted proxy': { config: 'serve, proxy trusted', door: 'http', expect: '401 token_missing' },
  'HTTP through a trusted proxy, with the token': {
    config: 'serve, proxy trusted',
    door: 'http',
    more: [['Authorization', `Bearer ${TOKEN}`]],
    expect: 'ok',
  },
  'HTTP, mode password': { config: 'serve, password, allowed', door: 'http', expect: untrusted },
  'HTTP that asks for an upgrade': {
    door: 'http',
    more: [
      ['Upgrade', 'websocket'],
      ['Connection', 'upgrade'],
    ],
    expect: untrusted,
  },
}

for (const [name, one] of Object.entries(cases)) t.test(name, async (t) => t.equal(await outcome(one), one.expect))

t.test('there are enough cases', async (t) => t.ok(Object.keys(cases).length >= 60))

async function outcome({ config = 'serve', peer = '127.0.0.1', door = 'socket', ...one }: Case): Promise<string> {
  const settings = authSettings({
    config: { gateway: configs[config] } as Config,
    env: {},
    settings: { token: undefined, password: undefined },
    bindAddresses: ['127.0.0.1', '::1'],
    port: 18_789,
    ownAddresses: () => new Set(),
  })
  const sent = Object.entries({ ...serveHeaders(), ...one.headers }).filter(([, value]) => value !== undefined)
  const headers = new HeaderView([...(sent as [string, string][]), ...(one.more ?? [])].flat())
  const facts = { peer, headers, ports: { remote: 50_000, local: 18_789 }, role: one.role ?? 'operator' }
  if (door === 'http') return short(word(decide({ peer, headers }, settings, allMethods)))
  const refused = checkDoor(facts, settings, true)
  if (refused) return `403 ${refused.reason}`
  const owners = one.owners ?? [0]
  const tools = {
    whois: async () => one.whois ?? user(alice.login),
    ownersOf: async () => (owners === 'unknown' ? undefined : owners),
    trustedUsers: new Set([0, 1000]),
  }
  const tailscale = await verifyTailscale(facts, settings, tools, new AbortController().signal)
  return short(
    word(decide({ ...facts, presented: one.presented ?? [], ...(tailscale && { tailscale }) }, settings, allMethods)),
  )
}

/** The status of a refusal instead of its code. */
function short(text: string): string {
  return text.replace(/invalid_api_key|identity_unconfirmed/, '401').replace('proxy_attribution_required', '403')
}
