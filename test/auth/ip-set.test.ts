import t from 'tap'
import { IpSet } from '../../src/auth/ip-set.js'

t.test('addresses and ranges', async (t) => {
  const rows: [string[], string, boolean][] = [
    [[], '10.0.0.1', false],
    [['10.0.0.1'], '10.0.0.1', true],
    [[' 10.0.0.1 '], '10.0.0.1', true],
    [['10.0.0.1'], '10.0.0.2', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.1.2.3/8'], '10.9.9.9', true],
    [['0.0.0.0/0'], '203.0.113.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '2001:db8::1', true],
    [['::/0'], '10.0.0.1', false],
    [['::ffff:10.0.0.1'], '10.0.0.1', true],
    [['::ffff:10.0.0.0/104'], '10.200.0.1', true],
    [['::ffff:10.0.0.0/104'], '11.0.0.1', false],
    [['::ffff:0:0/96'], '198.51.100.1', true],
    [['2001:db8::/32'], '2001:db8:ffff::1', true],
    [['2001:DB8::1'], '2001:db8::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['127.0.0.1', '192.168.0.0/16'], '192.168.7.7', true],
  ]
  for (const [list, ip, expected] of rows) t.equal(new IpSet(list, 'k').has(ip), expected, `${list} has ${ip}`)
})

t.test('what is no address is refused by name', async (t) => {
  const bad = [
    '',
    'proxy.local',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/ 8',
    '::/129',
    '::ffff:10.0.0.0/95',
    '*',
    '10.0.0',
  ]
  for (const entry of bad) {
    t.throws(
      () => new IpSet([entry], 'gateway.trustedProxies'),
      { code: 'auth_misconfigured', message: /^gateway\.trustedProxies: / },
      entry,
    )
  }
})
