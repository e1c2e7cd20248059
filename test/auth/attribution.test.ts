import t from 'tap'
import { attribute } from '../../src/auth/attribution.js'
import { IpSet } from '../../src/auth/ip-set.js'
import { type HeaderPairs, view } from './_support.js'

const trusted = ['127.0.0.1', '10.0.0.0/8', '2001:db8:5::/48']

function where(peer: string | undefined, headers: HeaderPairs, proxies = trusted, allowRealIpFallback = false): string {
  const settings = { trustedProxies: new IpSet(proxies, 'k'), allowRealIpFallback }
  const found = attribute(peer, view(headers), settings)
  return found.kind === 'unattributable' ? `? ${found.reason}` : `${found.kind} ${found.clientIp}`
}

const xff = (value: string): HeaderPairs => [['X-Forwarded-For', value]]

t.test('peers without proxy headers', async (t) => {
  t.equal(where('127.0.0.1', []), 'direct-local 127.0.0.1', 'a trusted loopback proxy that says nothing looks local')
  t.equal(where('127.0.0.1', [], []), 'direct-local 127.0.0.1')
  t.equal(where('::ffff:127.0.0.1', [], []), 'direct-local 127.0.0.1')
  t.equal(where('::1', [], []), 'direct-local ::1')
  t.equal(where('192.168.1.5', []), 'direct-remote 192.168.1.5')
  t.equal(where('::ffff:192.168.1.5', []), 'direct-remote 192.168.1.5')
  t.equal(where('10.0.0.1', []), '? proxy_sent_no_client')
  t.equal(where(undefined, []), '? peer_unknown')
  t.equal(where('/run/socket', []), '? peer_unknown')
})

t.test('proxy headers from those who are not trusted', async (t) => {
  const evidence: HeaderPairs[] = [
    xff('203.0.113.9'),
    xff(''),
    [['Forwarded', 'for=203.0.113.9']],
    [['X-Real-IP', '203.0.113.9']],
    [['X-Forwarded-Proto', 'https']],
    [['X_Forwarded_For', '203.0.113.9']],
    [['Tailscale-User-Login', 'me@example.com']],
    [['Connection', 'x-forwarded-for']],
  ]
  for (const headers of evidence) {
    const name = JSON.stringify(headers)
    t.equal(where('127.0.0.1', headers, []), '? forwarded_by_untrusted_source', `loopback ${name}`)
    t.equal(where('192.168.1.5', headers), '? forwarded_by_untrusted_source', `remote ${name}`)
    t.match(where('127.0.0.1', headers, ['127.0.0.1']), /^(trusted-proxy|\? )/, `trusted ${name} is never local`)
  }
})

t.test('the client behind a trusted proxy', async (t) => {
  const rows: [string, string][] = [
    ['203.0.113.9', 'trusted-proxy 203.0.113.9'],
    [' 203.0.113.9 ', 'trusted-proxy 203.0.113.9'],
    ['203.0.113.9:4711', 'trusted-proxy 203.0.113.9'],
    ['[2001:db8::7]:4711', 'trusted-proxy 2001:db8::7'],
    ['::ffff:203.0.113.9', 'trusted-proxy 203.0.113.9'],
    ['1.1.1.1, 203.0.113.9', 'trusted-proxy 203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, 10.2.3.4', 'trusted-proxy 203.0.113.9'],
    ['203.0.113.9, 127.0.0.1, 10.2.3.4', 'trusted-proxy 203.0.113.9'],
    ['203.0.113.9,,', 'trusted-proxy 203.0.113.9'],
    ['unknown, 203.0.113.9', 'trusted-proxy 203.0.113.9'],
    ['1.1.1.1, unknown', '? forwarded_client_invalid'],
    ['1.1.1.1, unknown, 10.2.3.4', '? forwarded_client_invalid'],
    ['127.0.0.1', '? forwarded_client_invalid'],
    ['::1', '? forwarded_client_invalid'],
    ['::ffff:127.0.0.1', '? forwarded_client_invalid'],
    ['0.0.0.0', '? forwarded_client_invalid'],
    ['10.1.1.1', '? forwarded_client_invalid'],
    ['', '? forwarded_client_invalid'],
    [',', '? forwarded_client_invalid'],
    ['localhost', '? forwarded_client_invalid'],
    ['2130706433', '? forwarded_client_invalid'],
    [`203.0.113.9${', 10.0.0.1'.repeat(63)}`, 'trusted-proxy 203.0.113.9'],
    [`203.0.113.9${', 10.0.0.1'.repeat(64)}`, '? forwarded_client_invalid'],
  ]
  for (const [value, expected] of rows) t.equal(where('10.0.0.1', xff(value)), expected, value.slice(0, 60))
  t.equal(where('2001:db8:5::1', xff('203.0.113.9')), 'trusted-proxy 203.0.113.9')
  t.equal(where('::ffff:10.0.0.1', xff('203.0.113.9')), 'trusted-proxy 203.0.113.9')
  t.equal(where('10.0.0.1', [...xff('203.0.113.9'), ...xff('203.0.113.9')]), '? forwarded_headers_ambiguous')
  t.equal(where('10.0.0.1', [...xff('1.1.1.1'), ['X_Forwarded_For', '2.2.2.2']]), '? forwarded_headers_ambiguous')
})

t.test('X-Real-IP counts only when asked for', async (t) => {
  const real = (value: string): HeaderPairs => [['X-Real-IP', value]]
  t.equal(where('10.0.0.1', real('203.0.113.9')), '? forwarded_client_invalid')
  t.equal(where('10.0.0.1', real('203.0.113.9'), trusted, true), 'trusted-proxy 203.0.113.9')
  t.equal(where('10.0.0.1', [...xff('10.5.5.5'), ...real('203.0.113.9')], trusted, true), 'trusted-proxy 203.0.113.9')
  t.equal(where('10.0.0.1', [...xff('nonsense'), ...real('203.0.113.9')], trusted, true), '? forwarded_client_invalid')
  for (const bad of ['127.0.0.1', '', 'x', '0.0.0.0', '1.1.1.1, 2.2.2.2']) {
    t.equal(where('10.0.0.1', real(bad), trusted, true), '? forwarded_client_invalid', bad)
  }
})

t.test('Forwarded is evidence, never an address', async (t) => {
  t.equal(where('10.0.0.1', [['Forwarded', 'for=203.0.113.9']]), '? forwarded_client_invalid')
  t.equal(where('10.0.0.1', [['Forwarded', 'for=1.1.1.1'], ...xff('203.0.113.9')]), 'trusted-proxy 203.0.113.9')
})
