import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { redacted } from '../../../src/config/redact.js'
import { build, testConfig, token } from '../../helper/gateway.js'
import { testPeer } from '../../helper/peer.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, openConfig, resultOf, rpc } from '../../helper/rpc.js'

const pathOf = (app: FastifyInstance) => app.runtime.instance.paths.config
const read = (app: FastifyInstance) => readFile(pathOf(app), 'utf8')
const hashOf = async (app: FastifyInstance) => (await resultOf(app, 'config.get')).hash

const model = (id: string, key: string) => ({ id, headers: { 'X-Key': key } })
const secretive = {
  models: {
    providers: {
      p: {
        baseUrl: 'http://127.0.0.1:1/v1',
        apiKey: 'key-of-p',
        models: [model('a', 'key-of-a'), model('b', 'key-of-b')],
      },
    },
  },
  channels: {
    googlechat: { serviceAccount: { private_key: 'private-key' } },
    telegram: { enabled: false, botToken: { source: 'env', provider: 'default', id: 'BOT_TOKEN' } },
  },
}
const secrets = ['key-of-p', 'key-of-a', 'key-of-b', 'private-key', token]

t.test('config.get hides secrets and tells the hash that a write needs', async (t) => {
  const app = await build(t, testConfig(secretive))
  const got = await resultOf(app, 'config.get')
  t.match(got, {
    path: pathOf(app),
    exists: true,
    valid: true,
    raw: null,
    issues: [],
    legacyIssues: [],
    includedPaths: [],
    agentRosterIncludeOwned: false,
    config: {
      gateway: { auth: { mode: 'token', token: redacted } },
      models: { providers: { p: { apiKey: redacted, models: [model('a', redacted), model('b', redacted)] } } },
      channels: {
        googlechat: { serviceAccount: redacted },
        telegram: { botToken: { source: 'env', id: 'BOT_TOKEN' } },
      },
    },
    hash: /^[0-9a-f]{64}$/,
  })
  t.equal(got.appliedConfigHash, got.hash)
  t.same(got.runtimeConfig.models, got.config.models)
  for (const secret of secrets) t.notOk(JSON.stringify(got).includes(secret), secret)
})

t.test('a file without secrets is shown as it is, older spellings are named', async (t) => {
  const app = await build(t, openConfig({ agent: { timeoutSeconds: 9 } }))
  const got = await resultOf(app, 'config.get')
  t.equal(got.raw, await read(app))
  t.match(got.config, { agents: { defaults: { timeoutSeconds: 9 } } })
  t.match(got.legacyIssues, [{ path: 'agent', message: /older spelling/ }])
})

t.test('a redacted copy sent back changes nothing, through any of the three doors', async (t) => {
  const app = await build(t, testConfig(secretive))
  const before = await read(app)
  for (const door of ['config.set', 'config.apply', 'config.patch']) {
    const { config, hash } = await resultOf(app, 'config.get')
    const { noop, changedPaths } = await resultOf(app, door, { raw: JSON.stringify(config), baseHash: hash })
    t.strictSame({ noop, changedPaths }, { noop: true, changedPaths: [] }, door)
    t.equal(await read(app), before, door)
  }
})

t.test('secrets follow their entry, and never go to another one', async (t) => {
  const app = await build(t, testConfig(secretive))
  const { config, hash } = await resultOf(app, 'config.get')
  config.models.providers.p.models = [model('c', 'new'), model('b', redacted)]
  await resultOf(app, 'config.set', { raw: JSON.stringify(config), baseHash: hash })
  t.same(app.runtime.config.current.models?.providers?.p?.models, [model('c', 'new'), model('b', 'key-of-b')])
  t.match(await read(app), 'private-key')

  const refused = [
    { gateway: { port: redacted } },
    { gateway: { auth: { password: redacted } } },
    { models: { providers: { q: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: redacted } } } },
    { models: { providers: { p: { models: [model('d', redacted)] } } } },
    { logging: { file: `${redacted}.log` } },
  ]
  for (const patch of refused) {
    const error = await errorOf(app, 'config.set', {
      raw: JSON.stringify({ ...config, ...patch, gateway: { ...config.gateway, ...patch.gateway } }),
      baseHash: await hashOf(app),
    })
    t.match(
      error,
      { status: 400, code: 'config_write_rejected', details: { reason: 'redacted' } },
      JSON.stringify(patch),
    )
  }
})

t.test('base hash', async (t) => {
  const app = await build(t)
  const raw = JSON.stringify(testConfig({ session: { mainKey: 'home' } }))
  const required = 'config base hash required; re-run config.get and retry'
  const stale = 'config changed since last load; re-run config.get and retry'
  for (const door of ['config.set', 'config.apply', 'config.patch']) {
    t.match(await errorOf(app, door, { raw }), { code: 'config_conflict', message: required }, door)
    t.match(await errorOf(app, door, { raw, baseHash: 'f'.repeat(64) }), { status: 409, message: stale }, door)
  }
  const hash = await hashOf(app)
  await resultOf(app, 'config.set', { raw, baseHash: hash })
  t.match(await errorOf(app, 'config.set', { raw, baseHash: hash }), { message: stale }, 'its own write counts')
})

t.test('of writers with the same hash one wins', async (t) => {
  const app = await build(t)
  const baseHash = await hashOf(app)
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const answers = await Promise.all(
    names.map((mainKey) =>
      rpc(app, 'config.set', { raw: JSON.stringify(testConfig({ session: { mainKey } })), baseHash }),
    ),
  )
  t.same(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409])
  const winner = names[answers.findIndex(({ status }) => status === 200)]
  t.equal(app.runtime.config.current.session?.mainKey, winner)
})

t.test('comments stay, the change is applied and announced, and the version is noted', async (t) => {
  const app = await build(t)
  const { told, ...peer } = testPeer('one')
  app.runtime.hub.add(peer)
  const text = `// mine
{
  gateway: { mode: "local", auth: { token: "${token}" } /* secret */ },
  session: { mainKey: "one" }, // main
}
`
  await writeFile(pathOf(app), text)
  await app.runtime.config.reload()
  t.equal(told.length, 1, 'an edit by hand is announced')
  const result = await resultOf(app, 'config.patch', {
    raw: '{ session: { mainKey: "two", scope: null } }',
    baseHash: await hashOf(app),
    note: 'for the test',
  })
  t.match(result, { ok: true, changedPaths: ['session.mainKey'], reload: 'none', path: pathOf(app) })
  t.equal(result.config.gateway.auth.token, redacted)
  const after = await read(app)
  for (const part of ['// mine', '/* secret */', 'mainKey: "two" }, // main']) t.ok(after.includes(part), part)
  t.match(after, app.runtime.instance.version)
  t.equal(app.runtime.config.current.session?.mainKey, 'two', 'it runs')
  t.match(told[1], { payload: { path: pathOf(app), hash: result.hash, ts: Number } })
  t.equal(result.hash, await hashOf(app))
})

t.test('a patch', async (t) => {
  const app = await build(
    t,
    testConfig({
      models: { providers: { p: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'a', name: 'A' }, { id: 'b' }] } } },
      tools: { allow: ['read', 'write'] },
      channels: { telegram: { botToken: 'one:token', apiRoot: 'http://127.0.0.1:9' } },
    }),
  )
  // The limit of writes is not what is tried here.
  app.runtime.writes.spend = () => {}
  const patch = async (raw: object, more: object = {}) =>
    (await rpc(app, 'config.patch', { raw: JSON.stringify(raw), baseHash: await hashOf(app), ...more })).body
  const current = () => app.runtime.config.current

  t.match(
    await patch({ models: { providers: { p: { models: [{ id: 'a', reasoning: true, name: null }, { id: 'c' }] } } } }),
    {
      ok: true,
    },
  )
  t.same(current().models?.providers?.p?.models, [{ id: 'a', reasoning: true }, { id: 'b' }, { id: 'c' }])
  t.match(await patch({ tools: { allow: ['read', 'write', 'edit'] } }), { ok: true })
  t.match(await patch({ tools: { allow: ['read'] } }), {
    error: { code: 'config_write_rejected', message: /remove 2 of the entries of tools\.allow.*replacePaths/ },
  })
  t.match(await patch({ tools: { allow: ['read'] } }, { replacePaths: ['tools.allow'] }), { ok: true })
  t.same(current().tools, { allow: ['read'] })
  t.match(
    await patch(
      { models: { providers: { p: { models: [{ id: 'z' }] } } } },
      { replacePaths: ['models.providers.p.models'] },
    ),
    {
      ok: true,
    },
  )
  t.same(current().models?.providers?.p?.models, [{ id: 'z' }])
  t.match(await patch({ tools: null, channels: { telegram: { botToken: redacted, enabled: false } } }), { ok: true })
  t.match(current(), { channels: { telegram: { botToken: 'one:token', enabled: false } } })
  t.notOk(current().tools)
  t.match(await patch({ agent: { timeoutSeconds: 7 } }), { ok: true }, 'an older spelling')
  t.equal(current().agents?.defaults?.timeoutSeconds, 7)
})

t.test('what is refused leaves the file alone', async (t) => {
  const app = await build(t, testConfig({ session: { mainKey: 'one' } }))
  app.runtime.writes.spend = () => {}
  const before = await read(app)
  const cases: readonly [what: string, method: string, raw: string, expected: object][] = [
    ['no JSON5', 'config.set', '{ a: ', { code: 'invalid_request', message: /^raw is not valid JSON5: / }],
    ['a list', 'config.patch', '[]', { code: 'invalid_request', message: 'raw must be an object: { … }.' }],
    ['nothing', 'config.set', '', { code: 'invalid_params', message: /^invalid config\.set params: at \/raw: / }],
    [
      'a wrong type',
      'config.patch',
      '{ session: { mainKey: 5 } }',
      {
        code: 'config_write_rejected',
        message: /^invalid config: session\.mainKey: /,
        details: { issues: [{ path: 'session.mainKey', message: String }] },
      },
    ],
    [
      'an unknown key',
      'config.patch',
      '{ sesion: {} }',
      { message: /^invalid config: sesion: .*Did you mean "session"/ },
    ],
    ['mode removed', 'config.patch', '{ gateway: { mode: null } }', { details: { reason: 'gateway-mode-removed' } }],
    ['an include', 'config.patch', '{ agents: { $include: "x.json5" } }', { code: 'config_write_rejected' }],
  ]
  for (const [what, method, raw, expected] of cases) {
    t.match(await errorOf(app, method, { raw, baseHash: await hashOf(app) }), expected, what)
    t.equal(await read(app), before, what)
  }
})

t.test('three patches a minute, as many sets as one likes', async (t) => {
  const app = await build(t)
  const patch = async () => rpc(app, 'config.patch', { raw: '{}', baseHash: await hashOf(app) })
  for (let count = 0; count < 3; count += 1) t.equal((await patch()).status, 200)
  t.match(await patch(), {
    status: 429,
    headers: { 'retry-after': String },
    body: { error: { code: 'write_limited', details: { method: 'config.patch', limit: '3 per 60s' } } },
  })
  for (let count = 0; count < 5; count += 1) {
    const { config, hash } = await resultOf(app, 'config.get')
    await resultOf(app, 'config.set', { raw: JSON.stringify(config), baseHash: hash })
  }
})

t.test('a broken file is told and can be repaired', async (t) => {
  const app = await build(t)
  await writeFile(pathOf(app), '{ gateway: { mode: ')
  await app.runtime.config.reload()
  const got = await resultOf(app, 'config.get')
  t.match(got, { valid: false, parsed: null, config: {}, issues: [{ path: '<root>', line: 1 }] })
  t.equal(got.runtimeConfig.gateway.mode, 'local', 'the last good one runs')
  t.not(got.appliedConfigHash, got.hash)
  t.match(await errorOf(app, 'config.patch', { raw: '{}', baseHash: got.hash }), { code: 'config_write_rejected' })
  const raw = JSON.stringify(testConfig({ session: { mainKey: 'repaired' } }))
  await resultOf(app, 'config.set', { raw, baseHash: got.hash })
  t.equal(app.runtime.config.current.session?.mainKey, 'repaired')
  t.match(await resultOf(app, 'config.get'), { valid: true })
})

t.test('an invalid file says what is wrong and is repaired without losing its comments', async (t) => {
  const app = await build(t)
  await writeFile(
    pathOf(app),
    `{ gateway: { mode: "local", auth: { token: "${token}" }, prot: 5 /* hm */ } } // mine\n`,
  )
  const { valid, issues, config, hash } = await resultOf(app, 'config.get')
  t.match({ valid, issues }, { valid: false, issues: [{ path: 'gateway.prot', suggestion: 'port' }] })
  delete config.gateway.prot
  await resultOf(app, 'config.set', { raw: JSON.stringify(config), baseHash: hash })
  t.match(await read(app), /token: "test-token-[^}]+}.*\/\/ mine/)
})

t.test('without a file no hash is needed', async (t) => {
  const app = await build(t)
  await rm(pathOf(app))
  const got = await resultOf(app, 'config.get')
  t.match(got, { exists: false, valid: true, config: {} })
  t.notOk('hash' in got)
  t.match(await errorOf(app, 'config.set', { raw: '{}', baseHash: 'x' }), { code: 'config_conflict' })
  await resultOf(app, 'config.set', { raw: JSON.stringify(testConfig()) })
  t.match(await resultOf(app, 'config.get'), { exists: true })
})

t.test('includes are named, and a write goes into the included file', async (t) => {
  const app = await build(t)
  const agents = join(pathOf(app), '..', 'agents.json5')
  await writeFile(agents, '{ entries: { main: { name: "Old" } } } // agents')
  const text = `{ gateway: { mode: "local", auth: { token: "${token}" } }, agents: { $include: "agents.json5" } }`
  await writeFile(pathOf(app), text)
  const got = await resultOf(app, 'config.get')
  t.match(got, {
    includedPaths: [agents],
    includeProvenance: [{ path: 'agents', file: agents }],
    agentRosterIncludeOwned: true,
    bindingsIncludeOwned: false,
  })
  const patch = { raw: '{ agents: { entries: { main: { name: "New" } } } }', baseHash: got.hash }
  t.match(await resultOf(app, 'config.patch', patch), { path: agents })
  t.equal(await readFile(agents, 'utf8'), '{ entries: { main: { name: "New" } } } // agents')
  t.equal(await read(app), text)
})

t.test('config.schema and its lookup', async (t) => {
  const app = await build(t)
  const protocol = new ProtocolSchema()
  const schema = await resultOf(app, 'config.schema')
  t.strictSame(protocol.problems('ConfigSchemaResponse', schema), [])
  t.match(schema, {
    schema: { $schema: /draft-07/, properties: { gateway: Object } },
    uiHints: {
      'gateway.auth.token': { sensitive: true },
      'models.providers.*.apiKey': { sensitive: true },
      'models.providers.*.models.*.headers.*': { sensitive: true },
    },
  })
  const cases: readonly [path: string, expected: object][] = [
    ['gateway.port', { schema: { type: 'integer' }, reloadKind: 'restart', children: [] }],
    ['session.mainKey', { reloadKind: 'none', hint: { help: String } }],
    ['gateway.auth.token', { hint: { sensitive: true } }],
    ['gateway/auth', { children: [{ key: 'mode', path: 'gateway.auth.mode', hasChildren: false }] }],
    ['agents.entries', { children: [{ key: '*', path: 'agents.entries.*', type: 'object', hasChildren: true }] }],
    ['agents.entries.*.model', { schema: { anyOf: [{ type: 'string' }, { type: 'object' }] } }],
    ['models.providers.any.models[0].id', { schema: { type: 'string' } }],
    ['models.providers.*.models[]', { children: [{ key: 'id', required: true }] }],
    ['.', { children: [{ key: '$schema' }, { key: 'meta' }] }],
  ]
  for (const [path, expected] of cases) {
    const found = await resultOf(app, 'config.schema.lookup', { path })
    t.match(found, { path, ...expected }, path)
    t.strictSame(protocol.problems('ConfigSchemaLookupResult', found), [], path)
  }
  for (const path of ['gateway.prot', 'gateway.port.x', 'a..b', 'constructor']) {
    t.match(await errorOf(app, 'config.schema.lookup', { path }), { status: 400, code: 'config_path_unknown' }, path)
  }
  for (const path of ['', 'a b', 'x'.repeat(1025), '"']) {
    t.match(await errorOf(app, 'config.schema.lookup', { path }), { code: 'invalid_params' }, path.slice(0, 9))
  }
})
