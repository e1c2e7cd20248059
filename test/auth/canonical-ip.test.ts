import t from 'tap'
import { canonicalIp, hopIp, isLoopbackIp, isPrivateIp, limiterKey } from '../../src/auth/canonical-ip.js'

t.test('one spelling per address', async (t) => {
  const rows: [string | undefined, string | undefined][] = [
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.3'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0:0::00Aa', '2001:db8::aa'],
    ['fe80::1%eth0', 'fe80::1'],
    ['fe80::1%25', 'fe80::1'],
    [undefined, undefined],
    ['', undefined],
    ['localhost', undefined],
    ['127.1', undefined],
    ['0177.0.0.1', undefined],
    ['0x7f.0.0.1', undefined],
    ['2130706433', undefined],
    ['127.0.0.1 ', undefined],
    ['127.0.0.1\n', undefined],
    ['127.0.0.1.', undefined],
    ['127.evil.example', undefined],
    ['1.2.3.4.5', undefined],
    ['256.1.1.1', undefined],
    ['[::1]', undefined],
    [':::1', undefined],
    ['::ffff:999.0.0.1', undefined],
  ]
  for (const [text, expected] of rows) t.equal(canonicalIp(text), expected, JSON.stringify(text))
})

t.test('hops as proxies write them', async (t) => {
  const rows: [string, string | undefined][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['203.0.113.7:', undefined],
    ['203.0.113.7:port', undefined],
    ['203.0.113.7:123456', undefined],
    ['[203.0.113.7]', undefined],
    ['[2001:db8::1', undefined],
    ['2001:db8::1]:443', undefined],
    ['"203.0.113.7"', undefined],
    ['for=203.0.113.7', undefined],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['', undefined],
  ]
  for (const [text, expected] of rows) t.equal(hopIp(text), expected, text)
})

t.test('classes', async (t) => {
  for (const ip of ['127.0.0.1', '127.8.9.10', '::1']) t.ok(isLoopbackIp(ip), ip)
  for (const ip of ['128.0.0.1', '10.0.0.1', '::', '0.0.0.0', '2001:db8::127']) t.notOk(isLoopbackIp(ip), ip)
  const near = [
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    'fd00::1',
    'fe80::1',
  ]
  for (const ip of near) t.ok(isPrivateIp(ip), ip)
  for (const ip of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '0.0.0.0', '::', '2606:4700::1'])
    t.notOk(isPrivateIp(ip), ip)
})

t.test('the limiter counts per client, not per spelling', async (t) => {
  t.equal(limiterKey('127.0.0.1'), limiterKey('::1'), 'loopback is one client')
  t.equal(limiterKey('127.0.0.1'), limiterKey('127.9.9.9'))
  t.equal(limiterKey('2001:db8:1:2::5'), limiterKey('2001:db8:1:2:ffff::9'), 'one /64')
  t.not(limiterKey('2001:db8:1:2::5'), limiterKey('2001:db8:1:3::5'), 'another /64')
  t.not(limiterKey('10.0.0.1'), limiterKey('10.0.0.2'))
})
