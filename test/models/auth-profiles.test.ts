import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Instance } from '../../src/instance/types.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { parseAuthProfiles, profilesFor } from '../../src/models/auth-profiles.js'
import { resolveAccounts, resolveModel } from '../../src/models/catalog.js'
import { ProfileFiles } from '../../src/models/profile-files.js'
import { testFolder } from '../helper/folder.js'
import type { Script } from '../helper/upstream.js'
import { fails, gatewayWith } from './failover-fixture.js'

const file = {
  version: 1,
  profiles: {
    'p:key': { type: 'api_key', provider: 'p', key: 'sk-one' },
    'p:env': { type: 'api_key', keyRef: { source: 'env', provider: 'default', id: 'KEY' } },
    'p:token': { type: 'token', provider: 'p', token: `\${TOKEN}`, expires: 1_800_000_000_000 },
    'p:login': { type: 'oauth', provider: 'p', access: 'at-1', refresh: 'rt-1', expires: 0 },
    'p:odd': { type: 'magic', provider: 'p', key: 'x' },
    'p:empty': { type: 'api_key', provider: 'p', key: ' ' },
    'q:only': { type: 'api_key', provider: 'q', key: 'sk-q' },
  },
  usageStats: { 'p:key': { lastUsed: 1 } },
}

t.test('the file as it is found', async (t) => {
  const all = parseAuthProfiles(JSON.stringify(file))
  const ids = (order?: string[]) => profilesFor(all, 'p', order).map(({ id }) => id)
  t.same(ids(), ['p:login', 'p:token', 'p:key', 'p:env'], 'logins, tokens, keys')
  t.same(ids(['p:env', 'p:gone', 'p:key']), ['p:env', 'p:key'], 'as the config says')
  const ordered = parseAuthProfiles(JSON.stringify({ ...file, order: { p: ['p:key'] } }))
  t.same(
    profilesFor(ordered, 'p', ['p:env']).map(({ id }) => id),
    ['p:key'],
    'the file knows better',
  )
  for (const text of ['{}', '[]', 'null', '{"profiles":[]}', '{"profiles":{"a":null}}']) {
    t.same(parseAuthProfiles(text).profiles, [], text)
  }
})

t.test('where the key comes from', async (t) => {
  const profiles = parseAuthProfiles(JSON.stringify(file))
  const env = { KEY: 'from-env', OPENAI_API_KEY: 'sk-env' }
  const settings = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'sk-config' }
  const config = { models: { providers: { p: settings } } }
  const keys = resolveAccounts(config, 'p/m', env, { profiles }).map(({ apiKey }) => apiKey)
  t.same(keys, ['at-1', 'sk-one', 'from-env'], 'what cannot be read is left out')
  t.match(resolveModel(config, 'p/m', env, { profiles }), { account: /^p:login#/, bearer: true })
  t.equal(resolveModel(config, 'p/m@p:key', env, { profiles }).apiKey, 'sk-one', 'one account by name')
  t.equal(resolveModel(config, 'p/m@p:other', env, { profiles }).id, 'm@p:other', 'ids may hold an @')
  t.equal(resolveModel(config, 'p/m', env).apiKey, 'sk-config')
  t.match(resolveModel({}, 'openai/x', env), { apiKey: 'sk-env', account: /^openai:env#/ })
  const unreadable = parseAuthProfiles(JSON.stringify({ profiles: { 'p:a': { type: 'api_key', key: `\${GONE}` } } }))
  t.throws(() => resolveModel(config, 'p/m', env, { profiles: unreadable }), { message: /auth profile p:a.*GONE/ })
})

t.test('another key is another account', async (t) => {
  const account = (apiKey: string, baseUrl = 'http://127.0.0.1:9/v1') =>
    resolveModel({ models: { providers: { p: { baseUrl, apiKey } } } }, 'p/m', {}).account
  t.equal(account('sk-one'), account('sk-one'))
  t.not(account('sk-one'), account('sk-two'))
  t.not(account('sk-one'), account('sk-one', 'http://127.0.0.1:8/v1'))
  t.notMatch(account('sk-one'), 'sk-')
})

t.test('files that are no good', async (t) => {
  const state = testFolder(t)
  const lines: string[] = []
  const log = { ...silentLogger, error: (_: object, message: string) => void lines.push(message) }
  let read = 0
  const onRead = () => void read++
  const files = new ProfileFiles({ log, state, agentDir: () => undefined, onRead })
  t.same(files.of('main').profiles, [])
  t.same(lines, [], 'no file is no fault')
  const path = files.path('main')
  t.equal(path, join(state, 'agents', 'main', 'agent', 'auth-profiles.json'))
  mkdirSync(join(state, 'agents', 'main', 'agent'), { recursive: true })
  writeFileSync(path, '{"profiles": {"p:a": sk-secret')
  t.equal(files.refresh(), true)
  t.same(files.of('main').profiles, [])
  t.match(lines, [/not valid JSON/])
  t.notMatch(lines.join(), 'sk-secret')
  t.equal(files.refresh(), false)
  writeFileSync(path, JSON.stringify(file))
  t.equal(files.refresh(), true)
  files.of('main')
  t.equal(read, 1)
  t.same(files.secrets(), ['sk-one', `\${TOKEN}`, 'at-1', 'sk-q'], 'what the log has to hide')
})

const byKey =
  (answers: Readonly<Record<string, Script>>): Script =>
  ({ headers }) => {
    const key = String(headers.authorization).replace('Bearer ', '')
    return (answers[key] ?? fails(401, `unknown ${key}`)) as ReturnType<typeof fails>
  }

function keysIn(instance: Instance, keys: Readonly<Record<string, string>>): void {
  const folder = join(instance.paths.state, 'agents', 'main', 'agent')
  mkdirSync(folder, { recursive: true })
  const profiles = Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [`a:${name}`, { type: 'api_key', provider: 'a', key }]),
  )
  writeFileSync(join(folder, 'auth-profiles.json'), JSON.stringify({ version: 1, profiles }), { mode: 0o600 })
}

const keysSeen = (requests: readonly { readonly headers: { readonly authorization?: string } }[] = []) =>
  requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''))

t.test('the next account of the same provider comes before the next model', async (t) => {
  const gateway = await gatewayWith(
    t,
    { a: byKey({ 'sk-poor': fails(402, 'pay'), 'sk-good': 'from a' }), b: 'from b' },
    undefined,
    (instance) => keysIn(instance, { bad: 'sk-bad', poor: 'sk-poor', good: 'sk-good' }),
  )
  t.equal((await gateway.ask('hi')).text, 'from a')
  t.same(keysSeen(gateway.up.a?.requests), ['sk-bad', 'sk-poor', 'sk-good'])
  await gateway.ask('hi')
  t.same(keysSeen(gateway.up.a?.requests).slice(3), ['sk-good'], 'those that failed are left alone')
  t.same(gateway.notices, [], 'another account is nothing to tell of')
  gateway.clock.shift(301_000)
  await gateway.ask('hi')
  t.same(keysSeen(gateway.up.a?.requests).slice(4), ['sk-bad', 'sk-good'], 'no credit lasts longer')
})

t.test('a rate limit is not tried on every account', async (t) => {
  const limited = fails(429, 'slow down')
  const gateway = await gatewayWith(
    t,
    { a: byKey({ one: limited, two: limited, three: limited }), b: 'from b' },
    undefined,
    (instance) => keysIn(instance, { one: 'one', two: 'two', three: 'three' }),
  )
  t.equal((await gateway.ask('hi')).text, 'from b')
  t.same([...new Set(keysSeen(gateway.up.a?.requests))], ['one', 'two'])
})

t.test('a key that is replaced is used from the next turn on, and nothing is held against it', async (t) => {
  const gateway = await gatewayWith(t, { a: byKey({ 'sk-new': 'from a' }), b: 'from b' }, undefined, (instance) =>
    keysIn(instance, { main: 'sk-old' }),
  )
  t.equal((await gateway.ask('hi')).text, 'from b')
  keysIn(gateway.instance, { main: 'sk-new' })
  // The file is looked at when a key fails, and the one that is known is left alone until then.
  gateway.clock.shift(31_000)
  await gateway.ask('hi')
  t.equal((await gateway.ask('hi')).text, 'from a')
})

t.test('all accounts of one model', async (t) => {
  const gateway = await gatewayWith(t, { a: fails(401, 'bad key') }, undefined, (instance) =>
    keysIn(instance, { one: 'sk-1', two: 'sk-2' }),
  )
  const { error } = await gateway.ask('hi')
  t.equal(error.code, 'all_models_failed')
  t.match(error.message, /a\/one with a:one: its key was refused.*; a\/one with a:two: /)
  t.notMatch(error.message, 'sk-')
})
