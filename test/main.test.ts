import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { resolveInstance } from '../src/instance/resolve.js'
import type { Instance } from '../src/instance/types.js'
import { type RunFlags, type RunningGateway, runGateway } from '../src/main.js'
import { testFolder } from './helper/folder.js'

const chat = { http: { endpoints: { chatCompletions: { enabled: true } } } }

async function instanceAt(home: string, profile: string | undefined, config: object | undefined): Promise<Instance> {
  const state = join(home, profile ? `.openclaw-${profile}` : '.openclaw')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  if (config) writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config, null, 2), { mode: 0o600 })
  const env = { HOME: home, PATH: '/usr/bin:/bin' }
  const host = { tmpDir: join(home, 'tmp'), inContainer: false }
  return resolveInstance({ flags: profile ? { profile } : {}, env, cwd: home, host })
}

/** A gateway on a port of the system's choice, closed with the test. */
async function start(t: Test, instance: Instance, flags: RunFlags = {}): Promise<RunningGateway> {
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback', ...flags })
  t.teardown(() => gateway.close())
  return gateway
}

const ask = (gateway: RunningGateway, token: string, user = 'me', content = 'hi') =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user, messages: [{ role: 'user', content }] }),
  })

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not happen within 5 s')
}

t.test('two gateways in one process share nothing', async (t) => {
  const home = testFolder(t)
  const gateway = (token: string) => ({ gateway: { mode: 'local', auth: { token }, ...chat } })
  const first = await instanceAt(home, undefined, gateway('first-token-0123456789'))
  const second = await instanceAt(home, 'rescue', gateway('second-token-0123456789'))
  const [a, b] = [await start(t, first), await start(t, second)]
  t.not(a.port, b.port)
  t.equal((await ask(a, 'first-token-0123456789')).status, 200)
  t.equal((await ask(a, 'second-token-0123456789')).status, 401)
  t.equal((await ask(b, 'second-token-0123456789')).status, 200)
  const paths = (instance: Instance) =>
    Object.entries(instance.paths).filter(([name]) => name !== 'home' && name !== 'logDir')
  for (const [name, path] of paths(first)) {
    for (const [, other] of paths(second)) t.not(path, other, `${name} is not shared`)
  }
  const ready = (await (await fetch(`${b.url}/readyz`)).json()) as { profile: string }
  t.equal(ready.profile, 'rescue')
})

t.test('a second start on the same state is refused with the documented words', async (t) => {
  const home = testFolder(t)
  const config = { gateway: { mode: 'local', auth: { token: 'token-0123456789' } } }
  const gateway = await start(t, await instanceAt(home, undefined, config))
  const again = await instanceAt(home, undefined, undefined)
  await t.rejects(runGateway(again, { port: 0 }), {
    code: 'lock_held',
    row: { exit: 78 },
    message: new RegExp(
      `another gateway instance is already listening on ws://127.0.0.1:${gateway.port}.*pid ${process.pid}`,
    ),
  })
})

t.test('a start after a restore that a crash ended takes it back before it reads anything', async (t) => {
  const config = (token: string) => ({ gateway: { mode: 'local', auth: { token }, ...chat } })
  const instance = await instanceAt(testFolder(t), undefined, config('old-token-0123456789'))
  const { paths } = instance
  const first = await start(t, instance)
  t.equal((await ask(first, 'old-token-0123456789')).status, 200)
  await first.close()
  const { ino } = statSync(paths.database)
  // The config of the archive is in place, its database is not yet.
  const staging = join(paths.state, '.restore-0123456789ab')
  const old = (name: string) => join(staging, 'old', name)
  mkdirSync(join(staging, 'old'), { recursive: true })
  mkdirSync(join(staging, 'new'))
  const units = [
    { target: paths.config, staged: join(staging, 'new', 'config'), old: old('0') },
    { target: paths.database, staged: join(staging, 'new', 'database'), old: old('1') },
  ]
  writeFileSync(join(staging, 'journal.json'), JSON.stringify(units))
  renameSync(paths.config, old('0'))
  writeFileSync(paths.config, JSON.stringify(config('new-token-0123456789')))
  renameSync(paths.database, old('1'))
  writeFileSync(join(staging, 'new', 'database'), 'the one of the archive')

  const second = await start(t, instance)
  t.equal((await ask(second, 'old-token-0123456789')).status, 200)
  t.equal((await ask(second, 'new-token-0123456789')).status, 401)
  t.equal(statSync(paths.database).ino, ino, 'the database that was there, not an empty one')
  t.notOk(existsSync(staging))
})

t.test('a third on a taken port is refused; what held before still works', async (t) => {
  const home = testFolder(t)
  const config = { gateway: { mode: 'local', auth: { token: 'token-0123456789' }, ...chat } }
  const gateway = await start(t, await instanceAt(home, undefined, config))
  const other = await instanceAt(home, 'ops', config)
  await t.rejects(runGateway(other, { port: gateway.port, bind: 'loopback' }), {
    code: 'port_taken',
    row: { exit: 78 },
    message: `another gateway instance is already listening on ws://127.0.0.1:${gateway.port}`,
  })
  t.equal((await ask(gateway, 'token-0123456789')).status, 200)
  const freed = await start(t, other)
  t.ok(freed.port, 'the refused one left no lock behind')
})

t.test('a first start makes a token, stores it 0600 and says it once', async (t) => {
  const home = testFolder(t)
  const instance = await instanceAt(home, undefined, { gateway: { mode: 'local', ...chat } })
  const told: string[] = []
  const gateway = await runGateway(instance, { port: 0 }, { onNewToken: (token) => told.push(token) })
  t.equal(told.length, 1)
  t.equal((await ask(gateway, told[0] ?? '')).status, 200)
  await gateway.close()
  t.equal(statSync(instance.paths.config).mode & 0o777, 0o600)
  const next = await instanceAt(home, undefined, undefined)
  const second = await runGateway(next, { port: 0 }, { onNewToken: (token) => told.push(token) })
  t.teardown(() => second.close())
  t.equal((await ask(second, told[0] ?? '')).status, 200)
  t.equal(told.length, 1)
})

t.test('a first start that is refused tells the token that it stored', async (t) => {
  const home = testFolder(t)
  const config = { gateway: { mode: 'local', auth: { token: 'token-0123456789' } } }
  const gateway = await start(t, await instanceAt(home, undefined, config))
  const first = await instanceAt(home, 'ops', { gateway: { mode: 'local', ...chat } })
  const told: string[] = []
  const onNewToken = (token: string) => void told.push(token)
  const taken = { port: gateway.port, bind: 'loopback' } as const
  await t.rejects(runGateway(first, taken, { onNewToken }), { code: 'port_taken' })
  t.equal(told.length, 1)
  const second = await start(t, await instanceAt(home, 'ops', undefined))
  t.equal((await ask(second, told[0] ?? '')).status, 200)
})

const refusals: [name: string, config: object | undefined, flags: RunFlags, code: string, words: RegExp][] = [
  [
    'TLS without a certificate that may not be made either',
    { gateway: { mode: 'local', auth: { token: 'token-0123456789' }, tls: { enabled: true, autoGenerate: false } } },
    {},
    'tls_misconfigured',
    /There is no certificate at .*gateway-cert\.pem/,
  ],
  ['no config', undefined, {}, 'config_missing', /openclaw setup/],
  [
    'mode remote',
    { gateway: { mode: 'remote' } },
    {},
    'mode_not_local',
    /^Gateway start blocked: set gateway.mode=local/,
  ],
  ['no mode', { gateway: {} }, {}, 'mode_not_local', /Gateway start blocked: set gateway.mode=local/],
  [
    'lan without auth',
    { gateway: { mode: 'local', bind: 'lan' } },
    {},
    'bind_without_auth',
    /refusing to bind gateway .*without auth/,
  ],
  [
    '--bind lan without auth',
    { gateway: { mode: 'local' } },
    { bind: 'lan' },
    'bind_without_auth',
    /refusing to bind gateway .*without auth/,
  ],
  [
    'lan with --auth none',
    { gateway: { mode: 'local', bind: 'lan', auth: { token: 'token-0123456789' } } },
    { auth: 'none' },
    'bind_without_auth',
    /refusing to bind gateway/,
  ],
  [
    'password mode without one',
    { gateway: { mode: 'local', auth: { mode: 'password' } } },
    {},
    'auth_misconfigured',
    /OPENCLAW_GATEWAY_PASSWORD/,
  ],
  [
    'an unknown key',
    { gateway: { mode: 'local', prot: 1 } },
    {},
    'config_invalid',
    /openclaw\.json:\d+:\d+.*prot.*port/s,
  ],
  [
    'funnel without a password',
    { gateway: { mode: 'local', auth: { token: 'token-0123456789' }, tailscale: { mode: 'funnel' } } },
    {},
    'auth_misconfigured',
    /password/,
  ],
]
for (const [name, config, flags, code, words] of refusals) {
  t.test(`${name} is refused with ${code} and leaves nothing behind`, async (t) => {
    const home = testFolder(t)
    const instance = await instanceAt(home, undefined, config)
    const { bind = 'loopback', ...rest } = flags
    const binding = config && 'bind' in (config as { gateway: object }).gateway ? {} : { bind }
    await t.rejects(runGateway(instance, { port: 0, ...binding, ...rest }), { code, message: words, row: { exit: 78 } })
    await t.rejects(runGateway(instance, { port: 0, ...binding, ...rest }), { code }, 'not lock_held')
  })
}

t.test(
  'a hot key applies live; a gateway key rebuilds the app and moves the port; turns under way finish',
  async (t) => {
    const home = testFolder(t)
    const token = 'token-0123456789'
    const config = (more: object, endpoint = true) => ({
      gateway: {
        mode: 'local',
        bind: 'loopback',
        auth: { token },
        reload: { debounceMs: 20 },
        http: { endpoints: { chatCompletions: { enabled: endpoint } } },
        ...more,
      },
    })
    const instance = await instanceAt(home, undefined, config({}, false))
    const write = (value: object) => writeFileSync(instance.paths.config, JSON.stringify(value, null, 2))
    const gateway = await runGateway(instance, { port: 0 })
    t.teardown(() => gateway.close())
    t.equal((await ask(gateway, token)).status, 404)
    write(config({}))
    await until(async () => (await ask(gateway, token)).status === 200)
    t.pass('the endpoint was opened live')

    write(config({ auth: { token: 'another-token-0123456789' } }))
    await until(async () => (await ask(gateway, 'another-token-0123456789')).status === 200)
    t.equal((await ask(gateway, token)).status, 401)

    write(config({ auth: { mode: 'none' } }))
    await until(async () => (await ask(gateway, 'nothing')).status === 200)
    t.pass('the app was rebuilt with another auth mode on the same port')
  },
)

t.test('an invalid edit changes nothing but a warning', async (t) => {
  const home = testFolder(t)
  const token = 'token-0123456789'
  const good = { gateway: { mode: 'local', auth: { token }, reload: { debounceMs: 20 }, ...chat } }
  const instance = await instanceAt(home, undefined, good)
  const gateway = await start(t, instance)
  const readiness = async () =>
    (await (await fetch(`${gateway.url}/readyz`)).json()) as { config: { valid: boolean; issues: { path: string }[] } }
  const bad = '{ gateway: { mode: "local", nonsense: true } }'
  writeFileSync(instance.paths.config, bad)
  await until(async () => !(await readiness()).config.valid)
  t.match((await readiness()).config.issues, [{ path: 'gateway.nonsense' }])
  t.equal((await ask(gateway, token)).status, 200)
  t.equal(readFileSync(instance.paths.config, 'utf8'), bad, 'the user’s file is left alone')
  writeFileSync(instance.paths.config, JSON.stringify(good))
  await until(async () => (await readiness()).config.valid)
})

t.test('settings that are valid but refused leave the old ones in use, and readiness says so', async (t) => {
  const home = testFolder(t)
  const token = 'token-0123456789'
  const config = (more: object) => ({
    gateway: { mode: 'local', auth: { token }, reload: { debounceMs: 20 }, ...chat, ...more },
  })
  const instance = await instanceAt(home, undefined, config({}))
  const gateway = await runGateway(instance, { port: 0 })
  t.teardown(() => gateway.close())
  const readiness = async () =>
    (await (await fetch(`${gateway.url}/readyz`)).json()) as {
      config: { valid: boolean; issues: { message: string }[] }
    }
  writeFileSync(instance.paths.config, JSON.stringify(config({ bind: 'lan', auth: { mode: 'none' } })))
  await until(async () => !(await readiness()).config.valid)
  t.match((await readiness()).config.issues, [{ message: /Not in use: refusing to bind gateway/ }])
  t.equal((await ask(gateway, token)).status, 200)
  t.equal((await ask(gateway, 'wrong')).status, 401)
  writeFileSync(instance.paths.config, JSON.stringify(config({})))
  await until(async () => (await readiness()).config.valid)
})

t.test('--embedded answers without a model, a key or an open endpoint in the config', async (t) => {
  const home = testFolder(t)
  const instance = await instanceAt(home, undefined, {
    gateway: { mode: 'local', auth: { token: 'token-0123456789' } },
  })
  const gateway = await start(t, instance, { embedded: true })
  const response = await ask(gateway, 'token-0123456789')
  t.equal(response.status, 200)
  t.match(await response.json(), { choices: [{ message: { content: /hi/ } }] })
})

t.test('after a close nothing is left: port, lock and run-file are free, sessions are there', async (t) => {
  const home = testFolder(t)
  const config = { gateway: { mode: 'local', auth: { token: 'token-0123456789' }, ...chat } }
  const instance = await instanceAt(home, undefined, config)
  const first = await runGateway(instance, { port: 0, bind: 'loopback' })
  await (await ask(first, 'token-0123456789', 'me', 'remember 42')).text()
  await first.close()
  await first.closed
  t.throws(() => statSync(instance.paths.runFile), { code: 'ENOENT' })
  const second = await start(t, await instanceAt(home, undefined, undefined), { port: first.port })
  t.equal(second.port, first.port)
  const response = await ask(second, 'token-0123456789', 'me', 'and now?')
  t.ok(Number(response.headers.get('x-prompt-bytes')) > 200, 'the earlier turn is in the prompt')
})
