import t from 'tap'
import { resolveTarget, type TargetInput } from '../../src/client/target.js'

const local = { port: 18_789, scheme: 'http' } as const

const table: [
  string,
  Omit<TargetInput, 'local'>,
  { display: string; source: string; href?: string; warning?: string },
][] = [
  ['nothing given', {}, { display: 'ws://127.0.0.1:18789', source: 'local', href: 'http://127.0.0.1:18789/' }],
  ['--port', { port: 7 }, { display: 'ws://127.0.0.1:7', source: 'port' }],
  [
    '--port beats the environment',
    { port: 7, envUrl: 'wss://a.example' },
    { display: 'ws://127.0.0.1:7', source: 'port' },
  ],
  [
    '--url',
    { url: 'wss://gw.example.com' },
    { display: 'wss://gw.example.com', source: 'url', href: 'https://gw.example.com/' },
  ],
  [
    '--url beats everything',
    { url: 'wss://a.example', envUrl: 'wss://b.example', mode: 'remote', remoteUrl: 'wss://c.example' },
    { display: 'wss://a.example', source: 'url' },
  ],
  [
    'environment',
    { envUrl: 'wss://b.example', mode: 'remote', remoteUrl: 'wss://c.example' },
    { display: 'wss://b.example', source: 'env' },
  ],
  ['remote mode', { mode: 'remote', remoteUrl: 'wss://c.example' }, { display: 'wss://c.example', source: 'remote' }],
  [
    'remote url in local mode is not asked',
    { mode: 'local', remoteUrl: 'wss://c.example' },
    { display: 'ws://127.0.0.1:18789', source: 'local' },
  ],
  [
    'remote mode without url',
    { mode: 'remote' },
    { display: 'ws://127.0.0.1:18789', source: 'local', warning: 'remote-without-url' },
  ],
  ['http spelling', { url: 'http://127.0.0.1:1' }, { display: 'ws://127.0.0.1:1', source: 'url' }],
  [
    'a path stays',
    { url: 'wss://a.example/gw' },
    { display: 'wss://a.example/gw', source: 'url', href: 'https://a.example/gw/' },
  ],
  [
    'user, query and fragment go',
    { url: 'wss://me:secret@a.example/?token=x#y' },
    { display: 'wss://a.example', source: 'url', href: 'https://a.example/' },
  ],
  ['IPv6', { url: 'ws://[::1]:5' }, { display: 'ws://[::1]:5', source: 'url', href: 'http://[::1]:5/' }],
  ['private plain text', { url: 'ws://192.168.1.5:18789' }, { display: 'ws://192.168.1.5:18789', source: 'url' }],
  [
    'a name, allowed in an emergency',
    { url: 'ws://gateway:1', allowInsecureNames: true },
    { display: 'ws://gateway:1', source: 'url' },
  ],
]

for (const [name, input, { href, ...expected }] of table) {
  t.test(name, async (t) => {
    const { base, ...rest } = resolveTarget({ ...input, local })
    t.strictSame(rest, expected)
    if (href) t.equal(base.href, href)
  })
}

t.test('a TLS gateway of our own', async (t) => {
  const target = resolveTarget({ local: { port: 1, scheme: 'https' } })
  t.equal(target.display, 'wss://127.0.0.1:1')
})

const refused: [string, Omit<TargetInput, 'local'>, string, RegExp][] = [
  ['both', { url: 'ws://127.0.0.1:1', port: 1 }, 'usage', /--url and --port exclude each other/],
  ['no address', { url: 'hello' }, 'usage', /--url must be a gateway address/],
  ['another scheme', { url: 'ftp://127.0.0.1' }, 'usage', /--url must be/],
  ['a bad variable', { envUrl: '127.0.0.1:18789' }, 'usage', /OPENCLAW_GATEWAY_URL must be/],
  ['a bad config', { mode: 'remote', remoteUrl: 'x' }, 'usage', /gateway\.remote\.url must be/],
  ['plain text to the world', { url: 'ws://gw.example.com' }, 'plaintext_refused', /SECURITY ERROR.*ssh -N -L.*Serve/],
  ['plain text to a tricky name', { envUrl: 'ws://127.evil.com' }, 'plaintext_refused', /SECURITY ERROR/],
  ['plain text of the config', { mode: 'remote', remoteUrl: 'ws://gw.example.com' }, 'plaintext_refused', /wss:/],
]

for (const [name, input, code, message] of refused) {
  t.test(`refused: ${name}`, async (t) => {
    t.throws(() => resolveTarget({ ...input, local }), { code, message })
  })
}
