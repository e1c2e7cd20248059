import t from 'tap'
import { openEgress } from '../../src/egress/open.js'
import { checkAddress, readTarget } from '../../src/egress/target.js'
import type { EgressPolicy } from '../../src/egress/types.js'
import { systemClock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'

/** What names resolve to; a name that is not here is asked for by mistake. */
const names: Readonly<Record<string, readonly string[]>> = {
  'inside.example.com': ['10.0.0.5'],
  'loop.example.com': ['127.0.0.1'],
  'six.example.com': ['::1'],
  'mapped.example.com': ['::ffff:127.0.0.1'],
  'ula.example.com': ['fd12::1'],
  'nat.example.com': ['64:ff9b::7f00:1'],
  'tunnel.example.com': ['2002:7f00:1::'],
  'cgnat.example.com': ['100.64.1.1'],
  'link.example.com': ['169.254.169.254'],
  'multi.example.com': ['224.0.0.1'],
  'zero.example.com': ['0.0.0.0'],
  'fake.example.com': ['198.18.0.7'],
  'mixed.example.com': ['8.8.8.8', '10.0.0.1'],
  'mixed-six.example.com': ['2606:4700::1111', '::1'],
  'nobody.example.com': [],
  'odd.example.com': ['not an address'],
  'zone.example.com': ['fe80::1%eth0'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'azure.example.com': ['168.63.129.16'],
}

/** URLs that reach something here, or try to. */
const refused: readonly string[] = [
  // Loopback in every spelling
  'http://127.0.0.1/', 'http://127.0.0.1:18789/', 'https://127.0.0.1/', 'http://127.1/', 'http://127.0.1/', 'http://127.255.255.254/',
  'http://2130706433/', 'http://0x7f000001/', 'http://0x7f.0x0.0x0.0x1/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://017700000001/',
  'http://0x7F.1:80/', 'http://127.0.0.1./', 'http://127.0.0.1.:80/', 'http://１２７.0.0.1/', 'http://①②⑦.0.0.1/', 'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/', 'http:/\\127.0.0.1/', 'http:127.0.0.1/', 'http:///127.0.0.1/', ' http://127.0.0.1/ ', 'HTTP://127.0.0.1/',
  'ht\ttp://127.0.0.1/', 'http://127.0.0.1#@example.com/', 'http://127.0.0.1?@example.com/', 'http://0/', 'http://0.0.0.0/', 'http://00000000/',
  // Names for it
  'http://localhost/', 'http://LOCALHOST/', 'http://localhost./', 'http://localhost%2e/', 'http://ⓛocalhost/', 'http://foo.localhost/',
  'http://localhost.localdomain/', 'http://printer.local/', 'http://db.internal/', 'http://metadata.google.internal/', 'http://nas.lan/', 'http://x.home.arpa/',
  'http://localhost../', 'http://.example.com/', 'http://a..example.com/',
  // IPv6
  'http://[::1]/', 'http://[::]/', 'http://[0:0:0:0:0:0:0:1]/', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/', 'http://[::127.0.0.1]/',
  'http://[fe80::1]/', 'http://[fc00::1]/', 'http://[fd00:ec2::254]/', 'http://[fec0::1]/', 'http://[ff02::1]/', 'http://[2002:7f00:1::]/',
  'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/', 'http://[64:ff9b::7f00:1]/', 'http://[64:ff9b:1::a00:1]/', 'http://[2001:db8::1]/', 'http://[::ffff:169.254.169.254]/', 'http://[2a00::5efe:127.0.0.1]/',
  // Private, shared, link-local, metadata, documentation, multicast
  'http://10.0.0.1/', 'http://172.16.0.1/', 'http://172.31.255.255/', 'http://192.168.1.1/', 'http://3232235777/', 'http://0xc0a80101/', 'http://0300.0250.1.1/',
  'http://100.64.0.1/', 'http://169.254.169.254/latest/meta-data/', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://169.254.170.2/', 'http://100.100.100.200/', 'http://168.63.129.16/',
  'http://192.0.0.192/', 'http://198.18.0.1/', 'http://224.0.0.1/', 'http://240.0.0.1/', 'http://255.255.255.255/', 'http://192.0.2.1/', 'http://203.0.113.9/', 'http://192.88.99.1/',
  // Names that lead there
  ...Object.keys(names).filter((name) => name !== 'nobody.example.com').map((name) => `http://${name}/`),
  'http://INSIDE.example.com./', 'https://inside.example.com:8443/x?y',
  // User names, other schemes
  'http://user@example.com/', 'http://user:secret@example.com/', 'http://example.com@127.0.0.1/', 'http://:x@example.com/', 'http://example.com%40127.0.0.1@example.com/',
  'file:///etc/passwd', 'ftp://example.com/', 'gopher://127.0.0.1:70/', 'dict://127.0.0.1/', 'data:text/html,hi', 'javascript:alert(1)', 'blob:http://example.com/x', 'ws://example.com/', 'unix:/run/docker.sock', 'about:blank',
] // biome-ignore format: a list that reads as a list

/** No URL at all. */
const invalid: readonly string[] = ['', 'example.com', '//127.0.0.1/', '/etc/passwd', '\\\\127.0.0.1\\c$', 'http://', 'http://[fe80::1%25eth0]/', 'http://256.1.1.1/', 'http://127.0.0.1:99999/', 'http://127.0.0.1%00.example.com/', 'http://[::1', 'http://a b/', 'http://1.2.3.4.5/'] // biome-ignore format: a list that reads as a list

const asked: string[] = []
const egress = openEgress({
  clock: systemClock,
  log: silentLogger,
  resolve: async (name) => {
    asked.push(name)
    const found = names[name]
    if (!found) throw new Error(`${name} was resolved`)
    return found
  },
})
const get = (url: string, policy?: EgressPolicy) =>
  egress({ url, maxBytes: 1000, timeoutMs: 5_000, signal: new AbortController().signal, ...(policy && { policy }) })

t.test(`${refused.length} ways in, all of them closed`, async (t) => {
  t.ok(refused.length >= 80)
  t.equal(new Set(refused).size, refused.length)
  for (const url of refused) await t.rejects(get(url), { code: 'egress_blocked', message: /^Blocked: / }, url)
  for (const url of invalid) await t.rejects(get(url), { code: 'invalid_url' }, url)
  await t.rejects(get('http://nobody.example.com/'), { code: 'egress_failed' })
})

t.test('names that say where they lead are not even resolved', async (t) => {
  asked.length = 0
  for (const url of [
    'http://localhost/',
    'http://db.internal/',
    'http://127.0.0.1/',
    'http://user@inside.example.com/',
    'ftp://inside.example.com/',
  ]) {
    await t.rejects(get(url), { code: 'egress_blocked' })
  }
  t.strictSame(asked, [])
})

t.test('an error does not tell what a name resolves to', async (t) => {
  await t.rejects(get('http://inside.example.com/secret?token=1'), {
    message:
      'Blocked: http://inside.example.com may not be fetched: it leads to a private address, not to the internet.',
  })
})

t.test('a policy opens what it says and no more', async (t) => {
  const reaches = async (url: string, policy: EgressPolicy) => {
    // Nothing listens there: to be refused by the network is to have passed.
    const code = await get(url, policy).then(
      () => 'answered',
      (error: { code: string }) => error.code,
    )
    return code !== 'egress_blocked'
  }
  const open = { dangerouslyAllowPrivateNetwork: true }
  const rows: readonly (readonly [url: string, policy: EgressPolicy, passes: boolean])[] = [
    ['http://127.0.0.1:1/', open, true],
    ['http://localhost:1/', { ...open, blockedHostnames: ['localhost'] }, false],
    ['http://loop.example.com:1/', open, true],
    ['http://[::ffff:127.0.0.1]:1/', open, true],
    ['http://169.254.169.254:1/', open, false],
    ['http://link.example.com:1/', open, false],
    ['http://azure.example.com:1/', open, false],
    ['http://100.100.100.200:1/', open, false],
    ['http://[fd00:ec2::254]:1/', open, false],
    ['http://224.0.0.1:1/', open, false],
    ['http://0.0.0.0:1/', open, false],
    ['http://[2002:7f00:1::]:1/', open, false],
    ['http://user@127.0.0.1:1/', open, false],
    ['file:///etc/passwd', open, false],
    ['http://loop.example.com:1/', { allowedHostnames: ['loop.example.com'] }, true],
    ['http://loop.example.com:1/', { allowedHostnames: [' LOOP.Example.com. '] }, true],
    ['http://loop.example.com:1/', { allowedHostnames: ['*.example.com'] }, true],
    ['http://loop.example.com:1/', { allowedHostnames: ['example.com'] }, false],
    ['http://loop.example.com:1/', { allowedHostnames: ['*.ple.com'] }, false],
    ['http://loop.example.com:1/', { allowedHostnames: ['*'] }, false],
    ['http://loop.example.com:1/', { allowedHostnames: ['127.0.0.1'] }, false],
    [
      'http://loop.example.com:1/',
      { allowedHostnames: ['loop.example.com'], blockedHostnames: ['*.example.com'] },
      false,
    ],
    ['http://127.0.0.1:1/', { allowedHostnames: ['127.0.0.1'] }, true],
    ['http://2130706433:1/', { allowedHostnames: ['127.0.0.1'] }, true],
    ['http://[::1]:1/', { allowedHostnames: ['[::1]'] }, true],
    ['http://127.0.0.2:1/', { allowedHostnames: ['127.0.0.1'] }, false],
    ['http://link.example.com:1/', { allowedHostnames: ['link.example.com'] }, false],
    ['http://loop.example.com:1/', { ...open, hostnameAllowlist: ['one.example.com', '*.test'] }, false],
    ['http://loop.example.com:1/', { ...open, hostnameAllowlist: ['*.example.com'] }, true],
    ['http://loop.example.com:1/', { hostnameAllowlist: ['*.example.com'] }, false],
    ['http://127.0.0.1:1/', { ...open, blockedHostnames: ['127.0.0.1'] }, false],
    ['http://loop.example.com:1/', { ...open, blockedHostnames: ['127.0.0.1'] }, false],
    ['http://inside.example.com:1/', { allowRfc2544BenchmarkRange: true }, false],
    ['http://198.18.0.1:1/', { allowRfc2544BenchmarkRange: false }, false],
  ]
  for (const [url, policy, passes] of rows)
    t.equal(await reaches(url, policy), passes, `${url} ${JSON.stringify(policy)}`)
})

t.test('names that a proxy answers with addresses of its own', async (t) => {
  const target = readTarget('http://fake.example.com/', {})
  t.throws(() => checkAddress(target, '198.18.0.7', {}), { code: 'egress_blocked' })
  t.doesNotThrow(() => checkAddress(target, '198.18.0.7', { allowRfc2544BenchmarkRange: true }))
  t.throws(() => checkAddress(target, '10.0.0.1', { allowRfc2544BenchmarkRange: true }), { code: 'egress_blocked' })
})

t.test('issue-4-own-address: a public address of this machine is no place on the internet', async (t) => {
  const own = ['203.0.114.7', '2a01:4f8:0:0:0:0:0:7', 'fe80::1%eth0']
  const there: Readonly<Record<string, readonly string[]>> = {
    'me.example.com': ['203.0.114.7'],
    'me-six.example.com': ['2a01:4f8::7'],
    'me-mapped.example.com': ['::ffff:203.0.114.7'],
    'me-too.example.com': ['8.8.8.8', '203.0.114.7'],
  }
  const fetch = openEgress({
    clock: systemClock,
    log: silentLogger,
    resolve: async (name) => there[name] ?? [],
    ownAddresses: () => own,
  })
  const urls = ['http://203.0.114.7/', 'http://[2a01:4f8::7]/', 'http://[::ffff:203.0.114.7]/', 'http://0xcb007207/']
  for (const url of [...urls, ...Object.keys(there).map((name) => `https://${name}/`)]) {
    const asked = { url, maxBytes: 1, timeoutMs: 5_000, signal: new AbortController().signal }
    await t.rejects(fetch(asked), { code: 'egress_blocked', message: /leads to this very machine/ }, url)
  }
  const target = readTarget('http://me.example.com/', {})
  t.doesNotThrow(() => checkAddress(target, '203.0.114.7', { allowedHostnames: ['me.example.com'] }, new Set(own)))
  t.doesNotThrow(() => checkAddress(target, '203.0.114.8', {}, new Set(own)), 'the neighbour is')
})
