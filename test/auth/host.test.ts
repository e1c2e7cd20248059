import t from 'tap'
import { hostAllowed, parseHost } from '../../src/auth/host.js'
import { compileAuthSettings } from '../../src/auth/settings.js'

t.test('taking a host apart', async (t) => {
  t.same(parseHost('LocalHost:18789'), { name: 'localhost', port: '18789', ip: undefined })
  t.same(parseHost('box.local.'), { name: 'box.local', port: undefined, ip: undefined })
  t.same(parseHost('[::1]:18789'), { name: '::1', port: '18789', ip: '::1' })
  t.same(parseHost('[::ffff:10.0.0.1]'), { name: '::ffff:10.0.0.1', port: undefined, ip: '10.0.0.1' })
  const bad = [
    '',
    '.',
    ' ',
    'a b',
    'a:b',
    'a:123456',
    'user@host',
    'host/path',
    'host?x',
    '::1',
    '[::1',
    '[evil]',
    '[127.0.0.1',
    'a,b',
    'a\tb',
    'host\u00e9',
    'x'.repeat(256),
  ]
  for (const text of bad) t.equal(parseHost(text), undefined, JSON.stringify(text))
})

const loopback = compileAuthSettings({
  mode: 'none',
  allowedHosts: ['gateway.intern', 'Box.'],
  allowedOrigins: ['https://claw.example.com', 'https://other.example.com:8443'],
})
const lan = compileAuthSettings({
  mode: 'token',
  bindAddresses: ['0.0.0.0'],
  ownAddresses: () => new Set(['198.51.100.4']),
})
const custom = compileAuthSettings({ mode: 'token', bindAddresses: ['198.51.100.7', '127.0.0.1'] })

t.test('DNS rebinding: hosts that a request to us may name', async (t) => {
  const yes = [
    '127.0.0.1:18789',
    '127.0.0.1',
    'localhost:18789',
    'LOCALHOST',
    'localhost.',
    '[::1]:18789',
    '127.5.5.5',
    '192.168.1.5:18789',
    '100.101.102.103',
    '[fd00::5]',
    '[fe80::1]:18789',
    'my-box.local',
    'my-box.local.:18789',
    'box.tail1234.ts.net',
    'gateway.intern:1',
    'box',
    'claw.example.com',
    'other.example.com',
  ]
  for (const host of yes) t.ok(hostAllowed(host, loopback), host)
  const no = [
    'evil.example',
    'evil.example:18789',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    'local',
    'xlocal',
    'evil.local.example',
    'ts.net.evil.example',
    'evilts.net',
    '0.0.0.0',
    '[::]',
    '8.8.8.8',
    '198.51.100.4',
    '[2606:4700::1]',
    '',
    'localhost:x',
    'localhost, evil.example',
    'foo.claw.example.com',
    '127.1',
    '0x7f.1',
    '2130706433',
  ]
  for (const host of no) t.notOk(hostAllowed(host, loopback), JSON.stringify(host))
  t.notOk(hostAllowed(undefined, loopback), 'no Host at all')
})

t.test('public literals only where we listen on them', async (t) => {
  t.ok(hostAllowed('198.51.100.4:18789', lan))
  t.notOk(hostAllowed('198.51.100.5', lan))
  t.ok(hostAllowed('198.51.100.7', custom))
  t.notOk(hostAllowed('198.51.100.4', custom))
  t.notOk(hostAllowed('0.0.0.0:18789', lan), 'the wildcard is no address')
  const blind = compileAuthSettings({ mode: 'token', bindAddresses: ['::'], ownAddresses: () => undefined })
  t.notOk(hostAllowed('198.51.100.4', blind), 'unknown interfaces admit nothing')
})
