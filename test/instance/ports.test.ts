import t from 'tap'
import { fallbackPort, fnv1a32, parsePort, planPorts, portsFrom } from '../../src/instance/ports.js'

t.test('FNV-1a, published vectors', async (t) => {
  // From the reference test suite of draft-eastlake-fnv.
  t.equal(fnv1a32(''), 0x811c9dc5)
  t.equal(fnv1a32('a'), 0xe40c292c)
  t.equal(fnv1a32('foobar'), 0xbf9cf968)
})

t.test('fallback ports', async (t) => {
  const ports = { rescue: 23532, ops: 55291, main: 23592, work: 41984, bb: 46565, Rescue: 57804 }
  for (const [name, port] of Object.entries(ports)) t.same(fallbackPort(name), { port, source: 'derived' }, name)
  t.same(fallbackPort('default'), { port: 18789, source: 'default' })
  t.same(fallbackPort('dev'), { port: 19001, source: 'default' })
})

t.test('parsePort', async (t) => {
  const good: Record<string, number> = {
    '1': 1,
    '65535': 65535,
    '0': 0,
    ' 18789 ': 18789,
    'localhost:80': 80,
    '0.0.0.0:18789': 18789,
    '[::1]:443': 443,
    '[fe80::1%eth0]:443': 443,
    'gw.example:1': 1,
  }
  for (const [text, port] of Object.entries(good)) t.equal(parsePort(text), port, text)
  const bad = [
    '',
    'x',
    '-1',
    '65536',
    '123456',
    '1.5',
    '1e3',
    '0x50',
    ':80',
    '::1:80',
    '[::1]',
    '[::1]80',
    'a:b',
    '80 81',
    'http://a:80',
    'a b:80',
  ]
  for (const text of bad) t.equal(parsePort(text), undefined, text)
})

t.test('order: flag or variable, config, profile', async (t) => {
  const fallback = fallbackPort('rescue')
  t.match(planPorts({ portOverride: { port: 5, source: 'flag' }, fallbackPort: fallback }, 7), {
    base: 5,
    source: 'flag',
  })
  t.match(planPorts({ portOverride: { port: 6, source: 'env' }, fallbackPort: fallback }, 7), {
    base: 6,
    source: 'env',
  })
  t.match(planPorts({ portOverride: undefined, fallbackPort: fallback }, 7), { base: 7, source: 'config' })
  t.match(planPorts({ portOverride: undefined, fallbackPort: fallback }), { base: 23532, source: 'derived' })
})

t.test('derived ports', async (t) => {
  t.same(portsFrom(19789, 'flag'), {
    base: 19789,
    source: 'flag',
    browserControl: 19791,
    webhook: 19792,
    cdpFirst: 19800,
    cdpLast: 19899,
  })
  t.equal(portsFrom(65500, 'flag').cdpLast, 65535)
})
