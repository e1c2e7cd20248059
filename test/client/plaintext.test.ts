import t from 'tap'
import { isLoopback, mayBePlaintext } from '../../src/client/plaintext.js'
import { resolveTarget } from '../../src/client/target.js'

type Verdict = 'loopback' | 'private' | 'name' | 'public'

/**
 * Where secrets may go without TLS (spec/config.md section 4). loopback and private: yes. name: with
 * OPENCLAW_ALLOW_INSECURE_PRIVATE_WS only. public: never.
 */
const hosts: readonly [string, Verdict][] = [
  // This host
  ['localhost', 'loopback'], ['LOCALHOST', 'loopback'], ['127.0.0.1', 'loopback'], ['127.9.9.9', 'loopback'],
  ['127.255.255.255', 'loopback'], ['[::1]', 'loopback'], ['[0:0:0:0:0:0:0:1]', 'loopback'],
  // Spellings that URL makes 127.0.0.1 of
  ['127.1', 'loopback'], ['2130706433', 'loopback'], ['0x7f.0.0.1', 'loopback'], ['0177.0.0.1', 'loopback'],
  // Networks of an owner
  ['a.localhost', 'private'], ['10.0.0.1', 'private'], ['10.255.255.255', 'private'], ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'], ['192.168.0.1', 'private'], ['192.168.255.255', 'private'], ['169.254.1.1', 'private'],
  ['169.254.169.254', 'private'], ['100.64.0.1', 'private'], ['100.127.255.254', 'private'], ['[fc00::1]', 'private'],
  ['[fd12:3456::1]', 'private'], ['[fdff:ffff::]', 'private'], ['[fe80::1]', 'private'], ['[febf::1]', 'private'],
  ['printer.local', 'private'], ['PRINTER.LOCAL', 'private'], ['printer.local.', 'private'], ['a.b.local', 'private'],
  ['host.tail1234.ts.net', 'private'], ['HOST.TAIL1234.TS.NET', 'private'],
  // Just beside them
  ['9.255.255.255', 'public'], ['11.0.0.0', 'public'], ['172.15.255.255', 'public'], ['172.32.0.0', 'public'],
  ['192.167.255.255', 'public'], ['192.169.0.0', 'public'], ['169.253.255.255', 'public'], ['169.255.0.0', 'public'],
  ['100.63.255.255', 'public'], ['100.128.0.0', 'public'], ['126.255.255.255', 'public'], ['128.0.0.1', 'public'],
  ['8.8.8.8', 'public'], ['0.0.0.0', 'public'], ['255.255.255.255', 'public'], ['[::]', 'public'], ['[::2]', 'public'],
  ['[2001:db8::1]', 'public'], ['[fec0::1]', 'public'], ['[fbff::1]', 'public'], ['[fe00::1]', 'public'],
  ['[::ffff:8.8.8.8]', 'public'],
  // Names that only look like them (PAINS 28)
  ['127.evil.com', 'name'], ['127.0.0.1.evil.com', 'name'], ['10.0.0.1.evil.com', 'name'], ['localhost.evil.com', 'name'],
  ['local', 'name'], ['notlocal', 'name'], ['xlocal', 'name'], ['gateway', 'name'], ['ts.net.evil.com', 'name'],
  ['evil-ts.net', 'name'], ['example.com', 'name'], ['local.example.com', 'name'], ['192-168-0-1.example.com', 'name'],
] // biome-ignore format: a list that reads as a list

const local = { port: 18_789, scheme: 'http' } as const
const asked = (host: string, allowInsecureNames: boolean) => {
  try {
    resolveTarget({ url: `ws://${host}:18789`, local, allowInsecureNames })
    return true
  } catch (error) {
    t.match(error, { code: 'plaintext_refused' })
    return false
  }
}

t.test('there are enough of them', async (t) => t.ok(hosts.length >= 60))

for (const [host, verdict] of hosts) {
  t.test(`ws://${host} is ${verdict}`, async (t) => {
    const plain = verdict === 'loopback' || verdict === 'private'
    t.equal(asked(host, false), plain)
    t.equal(asked(host, true), plain || verdict === 'name', 'the emergency variable admits names, never addresses')
    t.equal(isLoopback(new URL(`http://${host}`).hostname), verdict === 'loopback')
    t.equal(mayBePlaintext(new URL(`http://${host}`).hostname), plain)
  })
}
