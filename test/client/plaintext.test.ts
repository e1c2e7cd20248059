import t from 'tap'
import { isLoopback, mayBePlaintext } from '../../src/client/plaintext.js'

const allowed = [
  'localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1', '10.0.0.1', '172.16.0.1', '172.31.255.255',
  '192.168.1.1', '169.254.1.1', '100.64.0.1', '100.127.255.254', '[fc00::1]', '[fd12:3456::1]', '[fe80::1]',
  'printer.local', 'PRINTER.LOCAL', 'host.tail1234.ts.net', 'printer.local.',
] // biome-ignore format: a list that reads as a list
const refused = [
  'example.com', '127.evil.com', '10.0.0.1.evil.com', 'localhost.evil.com', '8.8.8.8', '172.32.0.1', '100.128.0.1',
  '[2001:db8::1]', 'local', 'notlocal', 'gateway', 'ts.net.evil.com', 'xlocal',
] // biome-ignore format: a list that reads as a list

for (const host of allowed) t.test(`${host} may be plain`, async (t) => t.equal(mayBePlaintext(host), true))
for (const host of refused) t.test(`${host} must be TLS`, async (t) => t.equal(mayBePlaintext(host), false))

t.test('the emergency variable admits names, never public addresses', async (t) => {
  t.equal(mayBePlaintext('gateway', true), true)
  t.equal(mayBePlaintext('8.8.8.8', true), false)
  t.equal(mayBePlaintext('[2001:db8::1]', true), false)
})

t.test('loopback is this host only', async (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) t.equal(isLoopback(host), true, host)
  for (const host of ['127.evil.com', '10.0.0.1', 'a.localhost.com']) t.equal(isLoopback(host), false, host)
})
