import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { findTailscale } from '../../../src/remote/tailscale/find-program.js'
import { runTailscale } from '../../../src/remote/tailscale/run.js'
import { tailscaleWhois } from '../../../src/remote/tailscale/whois.js'
import { testFolder } from '../../helper/folder.js'
import { alice, type FakeTailscale, fakeTailscale, type Says, whoisOf } from '../../helper/tailscale.js'

const never = new AbortController().signal
const envOf = ({ folder }: FakeTailscale) => ({ PATH: `${folder}:/usr/bin:/bin`, SECRET: 'do-not-pass-on' })

async function ask(t: Test, says: Says) {
  return tailscaleWhois(envOf(fakeTailscale(t, { answers: { [alice.ip]: says } })))(alice.ip, never)
}

t.test('what whois prints', async (t) => {
  const real = whoisOf(alice)
  const { UserProfile: _, ...noProfile } = real as { UserProfile: object }
  const cases: [string, Says, object][] = [
    ['a user', real, { kind: 'user', login: alice.login }],
    ['a login with spaces around', whoisOf({ ...alice, login: ' a@b ' }), { kind: 'user', login: 'a@b' }],
    ['tags', whoisOf({ ...alice, tags: ['tag:ci'] }), { kind: 'tagged' }],
    ['no tags in the list', whoisOf({ ...alice, tags: [] }), { kind: 'user', login: alice.login }],
    ['the user of tagged machines', whoisOf({ ...alice, login: 'tagged-devices' }), { kind: 'tagged' }],
    ['no profile', noProfile, { kind: 'failed' }],
    ['no machine', { UserProfile: { LoginName: alice.login } }, { kind: 'failed' }],
    ['an empty login', whoisOf({ ...alice, login: '' }), { kind: 'failed' }],
    ['a login with a line break', whoisOf({ ...alice, login: 'a\nb' }), { kind: 'failed' }],
    ['a login that is no text', { Node: {}, UserProfile: { LoginName: { a: 1 } } }, { kind: 'failed' }],
    ['nothing', '', { kind: 'failed' }],
    ['null', 'null', { kind: 'failed' }],
    ['a list', '[]', { kind: 'failed' }],
    ['text', 'Machine:\n  Name: laptop', { kind: 'failed' }],
    ['half an answer', JSON.stringify(real).slice(0, 200), { kind: 'failed' }],
  ]
  for (const [name, says, expected] of cases) t.match(await ask(t, says), expected, name)
})

t.test('the address is one argument, whatever it is', async (t) => {
  const fake = fakeTailscale(t)
  const file = join(fake.folder, 'made')
  for (const ip of [`$(touch ${file})`, `; touch ${file}`, '`id`', "'", '--help']) {
    t.match(await tailscaleWhois(envOf(fake))(ip, never), { kind: 'failed' })
  }
  t.notOk(existsSync(file))
  t.equal(fake.calls().length, 5)
})

t.test('how it fails', async (t) => {
  const cases: [string, string, { kind: string; detail?: string | RegExp }][] = [
    ['an error code', 'echo "peer not found" >&2; exit 1', { kind: 'exit', detail: 'peer not found\n' }],
    ['a signal', 'kill -9 $$', { kind: 'exit' }],
    ['too much output', 'while :; do echo 0123456789012345678901234567890123456789; done', { kind: 'output' }],
    ['too many complaints', 'while :; do echo 0123456789012345678901234567890123456789 >&2; done', { kind: 'output' }],
    ['no end', 'exec sleep 600', { kind: 'timeout' }],
    ['a child that keeps the pipe', 'sleep 600', { kind: 'timeout' }],
    ['a wait for input', 'read answer; echo "read: $answer"; exit 3', { kind: 'exit' }],
  ]
  for (const [name, script, expected] of cases) {
    await t.test(name, async (t) => {
      // Long enough for a shell on a busy machine; only what never ends waits for it.
      const limitMs = expected.kind === 'timeout' ? 500 : 60_000
      const env = envOf(fakeTailscale(t, { script }))
      t.match(await runTailscale(['whois'], { env, signal: never, limitMs }), expected)
    })
  }
})

t.test('long complaints are cut', async (t) => {
  const env = envOf(fakeTailscale(t, { script: 'head -c 5000 /dev/zero | tr "\\0" x >&2; exit 1' }))
  const end = await runTailscale([], { env, signal: never })
  t.equal(end.kind !== 'done' && end.detail.length, 300)
})

t.test('a signal ends it', async (t) => {
  const env = envOf(fakeTailscale(t, { script: 'exec sleep 600' }))
  const stop = new AbortController()
  const end = runTailscale([], { env, signal: stop.signal, limitMs: 60_000 })
  stop.abort()
  t.match(await end, { kind: 'stopped' })
  t.match(await runTailscale([], { env, signal: stop.signal, limitMs: 60_000 }), { kind: 'stopped' })
})

t.test('it gets the environment that it needs, and no secret', async (t) => {
  const fake = fakeTailscale(t, { script: 'env; pwd' })
  const end = await runTailscale([], { env: { ...envOf(fake), HOME: '/home/me' }, signal: never })
  t.equal(end.kind, 'done')
  const said = end.kind === 'done' ? end.stdout : ''
  t.match(said, /^HOME=\/home\/me$/m)
  t.match(said, /^TAILSCALE_BE_CLI=1$/m)
  t.notMatch(said, 'do-not-pass-on')
})

t.test('where the program is looked for', async (t) => {
  const fake = fakeTailscale(t)
  const other = testFolder(t)
  mkdirSync(join(other, 'folder', 'tailscale'), { recursive: true })
  writeFileSync(join(other, 'tailscale'), 'no program', { mode: 0o644 })
  const path = join(fake.folder, 'tailscale')
  t.equal(await findTailscale({ PATH: `/nowhere:${other}:${fake.folder}` }), path, 'what cannot run is passed over')
  t.equal(await findTailscale({ Path: fake.folder }), path, 'as Windows spells it')
  const relativePath = { PATH: relative(process.cwd(), fake.folder) }
  t.equal(await findTailscale(relativePath, 'aix'), undefined, 'folders that depend on where one is do not count')
  t.equal(await findTailscale({ PATH: other }, 'aix'), undefined)
  t.equal(await findTailscale({}, 'aix'), undefined)
  t.match(await runTailscale([], { env: { PATH: other }, signal: never }), { kind: /missing/ })
})

t.test('a program that cannot be started', async (t) => {
  const folder = testFolder(t)
  writeFileSync(join(folder, 'tailscale'), '#!/nowhere/interpreter\n', { mode: 0o755 })
  t.match(await runTailscale([], { env: { PATH: folder }, signal: never }), { kind: 'spawn' })
})
