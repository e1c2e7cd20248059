import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { Secrets } from '../../src/secrets/secrets.js'
import type { Environment, Reference, SecretPointer } from '../../src/secrets/types.js'
import { until } from '../helper/calls.js'
import { ManualClock } from '../helper/clock.js'
import { testFolder } from '../helper/folder.js'
import { standIn } from '../helper/program.js'

const at = (id: string, provider = 'f') => ({ source: 'file' as const, provider, id })
const run = (id: string) => ({ source: 'exec' as const, provider: 'v', id })

/** Secrets over a file and a program that a test may break, with what the log says of them. */
function world(t: Test, config: Config, env: Environment = {}, more: Reference[] = []) {
  const clock = new ManualClock()
  const lines: Record<string, unknown>[] = []
  const note = (facts: object) => void lines.push(facts as Record<string, unknown>)
  const log = { info: note, warn: note, error: note, debug: note, trace: note, fatal: note }
  const holder = { current: config, env }
  const secrets = new Secrets({ config: holder, log, clock, home: '/nowhere', more: () => more })
  t.teardown(() => secrets.close())
  const value = (ref: SecretPointer) => {
    const known = secrets.lookup(ref)
    return known?.state === 'cold' ? `cold ${known.failure.code}` : known && `${known.state} ${known.value}`
  }
  const admit = async (next: Config) => {
    const admission = await secrets.admit(next, env)
    if (admission.ok) {
      admission.commit()
      holder.current = next
    }
    return admission
  }
  const signals = () => lines.splice(0).map(({ signal, owner, state, provider }) => [signal, owner ?? provider, state])
  return { clock, lines, secrets, value, admit, signals }
}

function files(t: Test, content: object) {
  const path = join(testFolder(t), 'secrets.json')
  const write = (next: object | string) => {
    writeFileSync(path, typeof next === 'string' ? next : JSON.stringify(next))
    chmodSync(path, 0o600)
  }
  write(content)
  return { path, write }
}

const withKey = (path: string, apiKey: unknown, more: object = {}): Config =>
  ({
    secrets: { providers: { f: { source: 'file', path } } },
    models: { providers: { one: { apiKey } } },
    ...more,
  }) as Config

t.test('without references nothing is read', async (t) => {
  const { secrets, lines } = world(t, { models: { providers: { one: { apiKey: 'plain' } } } })
  await secrets.open()
  t.strictSame([secrets.snapshot.uses, lines], [[], []])
})

t.test('a secret that cannot be read harms its owner alone, and comes back by itself', async (t) => {
  const file = files(t, { good: 'good-value' })
  const config = withKey(file.path, at('/good'), { channels: { discord: { token: at('/late') } } })
  const { secrets, value, signals, clock } = world(t, config)
  await secrets.open()
  t.equal(value(at('/good')), 'ok good-value')
  t.equal(value(at('/late')), 'cold SECRET_REF_NOT_FOUND')
  t.strictSame(signals(), [
    ['SECRETS_DEGRADED', 'channel:discord', 'cold'],
    ['SECRETS_PROVIDER_DEGRADED', 'f', undefined],
  ])
  t.equal(secrets.retryAt('f'), clock.now() + 5_000)
  clock.advance(5_000)
  await until(() => secrets.retryAt('f') === clock.now() + 10_000)
  t.pass('the next try comes later')
  file.write({ good: 'good-value', late: 'late-value' })
  let told = 0
  secrets.onChange(() => {
    told += 1
  })
  clock.advance(10_000)
  await until(() => told === 1)
  t.equal(value(at('/late')), 'ok late-value')
  t.equal(secrets.retryAt('f'), undefined)
  t.strictSame(signals(), [['SECRETS_RELOADER_RECOVERED', undefined, undefined]])
})

t.test('tries stop growing apart after a quarter of an hour', async (t) => {
  const { secrets, clock } = world(t, withKey('/nowhere/secrets.json', at('/a')))
  await secrets.open()
  const waits: number[] = []
  for (let tries = 0; tries < 10; tries += 1) {
    const due = secrets.retryAt('f') ?? 0
    waits.push(due - clock.now())
    clock.advance(due - clock.now())
    await until(() => secrets.retryAt('f') !== due)
  }
  t.strictSame(
    waits,
    [5, 10, 20, 40, 80, 160, 320, 640, 900, 900].map((seconds) => seconds * 1_000),
  )
})

t.test('a reload that cannot read again keeps the last good value', async (t) => {
  const file = files(t, { a: 'first-value' })
  const config = withKey(file.path, at('/a'))
  const { secrets, value, signals } = world(t, config)
  await secrets.open()
  file.write('broken')
  await secrets.refresh()
  t.equal(value(at('/a')), 'stale first-value')
  t.strictSame(signals(), [
    ['SECRETS_DEGRADED', 'provider:one', 'stale'],
    ['SECRETS_PROVIDER_DEGRADED', 'f', undefined],
    ['SECRETS_RELOADER_DEGRADED', undefined, undefined],
  ])
  t.equal(secrets.degraded.length, 1)
  await secrets.refresh()
  t.equal(value(at('/a')), 'stale first-value', 'however often')
  t.strictSame(signals(), [], 'and is said once')
  file.write({ a: 'second-value' })
  await secrets.refresh()
  t.equal(value(at('/a')), 'ok second-value')
})

t.test('what has changed with a failing secret gets no old value', async (t) => {
  const file = files(t, { a: 'first-value', b: 'other' })
  const before = withKey(file.path, at('/a'))
  const changes: [name: string, next: Config, asked: SecretPointer][] = [
    ['the reference', withKey(file.path, at('/b')), at('/b')],
    [
      'the owner',
      { ...before, models: { providers: { one: { apiKey: at('/a'), baseUrl: 'http://other' } } } },
      at('/a'),
    ],
    [
      'the provider',
      { ...before, secrets: { providers: { f: { source: 'file', path: file.path, timeoutMs: 1_000 } } } },
      at('/a'),
    ],
  ]
  for (const [name, next, asked] of changes) {
    file.write({ a: 'first-value', b: 'other' })
    const { secrets, value, admit } = world(t, before)
    await secrets.open()
    file.write({})
    t.match(await admit(next), { ok: true }, name)
    t.equal(value(asked), 'cold SECRET_REF_NOT_FOUND', name)
  }
})

t.test('the secret of the gateway itself', async (t) => {
  const file = files(t, { token: 'gateway-token-value' })
  const gateway = (id: string) => withKey(file.path, 'plain', { gateway: { auth: { mode: 'token', token: at(id) } } })
  const { secrets, value, admit, signals } = world(t, gateway('/token'))
  await secrets.open()
  t.strictSame(signals(), [['SECRETS_GATEWAY_AUTH_SURFACE', undefined, 'active']])
  t.match(await admit(gateway('/none')), { ok: false, issues: [{ path: 'gateway.auth.token', message: /nothing at/ }] })
  t.equal(value(at('/token')), 'ok gateway-token-value', 'the old one stays')
  file.write('broken')
  await t.rejects(secrets.refresh(), { code: 'secret_unavailable', message: /gateway\.auth\.token/ })
  t.equal(value(at('/token')), 'ok gateway-token-value', 'an explicit reload is all or nothing')
  const edited = { ...gateway('/token'), logging: { level: 'debug' as const } }
  t.match(await admit(edited), { ok: true }, 'an edit of something else goes on with the last good value')
  t.equal(value(at('/token')), 'stale gateway-token-value')
})

t.test('a start without the secret of the gateway is refused, after some tries', async (t) => {
  const config = withKey('/nowhere/secrets.json', 'plain', {
    gateway: { auth: { mode: 'token', token: at('/token') } },
  })
  const { secrets, clock } = world(t, config)
  const opened = secrets.open()
  opened.catch(() => {})
  await clock.pass(250)
  await clock.pass(1_000)
  await t.rejects(opened, {
    code: 'secret_unavailable',
    row: { exit: 1 },
    details: { reason: 'SECRET_SURFACE_UNAVAILABLE', code: 'SECRET_PROVIDER_UNAVAILABLE' },
  })
})

t.test('an edit does not ask a program for what it has given already', async (t) => {
  const program = standIn(
    t,
    'vault',
    `say({ protocolVersion: 1, values: Object.fromEntries(JSON.parse(call.input).ids.map((id) => [id, id + ' ' + calls])) })`,
  )
  const config = (more: object = {}, ids = ['a', 'b']): Config => ({
    secrets: { providers: { v: { source: 'exec', command: program.path } } },
    models: { providers: Object.fromEntries(ids.map((id) => [id, { apiKey: run(id) }])) },
    ...more,
  })
  const { secrets, value, admit } = world(t, config())
  await secrets.open()
  await admit(config({ logging: { level: 'debug' } }))
  t.equal(program.calls.length, 1, 'one start, one edit: one run')
  await admit(config({}, ['a', 'b', 'c']))
  t.strictSame(JSON.parse(program.calls[1]?.input ?? '').ids, ['c'], 'only the new one')
  t.strictSame([value(run('a')), value(run('c'))], ['ok a 0', 'ok c 1'])
  t.strictSame(await secrets.check(config({}, ['a', 'd']), {}), [])
  await admit(config({}, ['a', 'd']))
  t.equal(program.calls.length, 3, 'the check before a write counts for the change that follows')
  await secrets.refresh()
  t.equal(value(run('a')), 'ok a 3', 'a reload by hand asks for all')
})

t.test('the check before a write names what a reader could not use', async (t) => {
  const file = files(t, { a: 'value-a' })
  const { secrets, value } = world(t, withKey(file.path, at('/a')))
  await secrets.open()
  t.strictSame(await secrets.check(withKey(file.path, at('/a')), {}), [])
  const issues = await secrets.check(withKey(file.path, at('/b')), {})
  t.match(issues, [{ path: 'models.providers.one.apiKey', message: /nothing at this pointer/ }])
  t.equal(value(at('/a')), 'ok value-a')
  t.equal(value(at('/b')), undefined)
})

t.test('values that cannot be a secret', async (t) => {
  const file = files(t, { number: 7, empty: ' ', shown: '__OPENCLAW_REDACTED__', account: { key: 'k' } })
  const ids = ['number', 'empty', 'shown', 'account']
  const config: Config = {
    secrets: { providers: { f: { source: 'file', path: file.path } } },
    models: { providers: Object.fromEntries(ids.map((id) => [id, { apiKey: at(`/${id}`) }])) },
    channels: { googlechat: { serviceAccount: at('/account') } },
  }
  const { secrets } = world(t, config)
  await secrets.open()
  t.match(
    secrets.snapshot.uses.map(({ path, state, failure }) => [path, state, failure?.code]),
    [
      ['models.providers.number.apiKey', 'cold', 'SECRET_REF_PROVIDER_CONTRACT'],
      ['models.providers.empty.apiKey', 'cold', 'SECRET_REF_PROVIDER_CONTRACT'],
      ['models.providers.shown.apiKey', 'cold', 'SECRET_REF_REDACTED_VALUE'],
      ['models.providers.account.apiKey', 'cold', 'SECRET_REF_PROVIDER_CONTRACT'],
      ['channels.googlechat.serviceAccount', 'ok', undefined],
    ],
  )
})

t.test('accounts of agents that are found later are read in the background', async (t) => {
  const file = files(t, { a: 'value-a', late: 'value-late' })
  const accounts: Reference[] = []
  const { secrets, value } = world(t, withKey(file.path, at('/a')), {}, accounts)
  await secrets.open()
  accounts.push({ path: 'auth profile x', owner: 'account:x', ref: at('/late'), settings: 1, structured: false })
  secrets.notice()
  await until(() => value(at('/late')) === 'ok value-late')
  t.equal(value(at('/a')), 'ok value-a')
})

t.test('no line of the log holds an id or a value', async (t) => {
  const file = files(t, { 'very-secret-id': 'very-secret-value' })
  const { secrets, lines } = world(t, withKey(file.path, at('/very-secret-id')))
  await secrets.open()
  file.write('{"very-secret-id": "very-secret-value')
  await secrets.refresh()
  t.ok(lines.length > 0)
  t.notMatch(JSON.stringify(lines), /very-secret/)
  t.match(readFileSync(file.path, 'utf8'), /very-secret/)
})
