import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runGateway } from '../../src/main.js'
import { postChat, until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { bearer, testConfig, testInstance, token, upstreamConfig } from '../helper/gateway.js'
import { standIn } from '../helper/program.js'
import { startGatewayWith } from '../helper/running.js'
import { startUpstream } from '../helper/upstream.js'

const fromVault = (id: string) => ({ source: 'exec', provider: 'v', id })
const fromFile = (id: string) => ({ source: 'file', provider: 'f', id })

function secretFile(t: Test, content: object) {
  const path = join(testFolder(t), 'secrets.json')
  const write = (next: object | string) =>
    writeFileSync(path, typeof next === 'string' ? next : JSON.stringify(next), { mode: 0o600 })
  write(content)
  return { path, write }
}

function configWith(providers: object, more: object, gateway: object = {}): object {
  const config = testConfig(more) as { gateway: object }
  return { ...config, gateway: { ...config.gateway, ...gateway }, secrets: { providers } }
}

async function call(gateway: { url: string }, method: string, params: object = {}, headers = bearer) {
  const response = await fetch(`${gateway.url}/rpc/${method}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
  return { status: response.status, body: (await response.json()) as any }
}

t.test('a token and a model key from a program and a file', async (t) => {
  const upstream = await startUpstream(t)
  const program = standIn(
    t,
    'vault',
    `const values = { gw: '${token}', key: 'key-from-the-vault' }
     say({ protocolVersion: 1, values: Object.fromEntries(JSON.parse(call.input).ids.map((id) => [id, values[id]])) })`,
  )
  const models = upstreamConfig(upstream.baseUrl) as { models: { providers: { upstream: { apiKey: unknown } } } }
  models.models.providers.upstream.apiKey = fromVault('key')
  const config = configWith({ v: { source: 'exec', command: program.path } }, models, {
    auth: { mode: 'token', token: fromVault('gw') },
  })
  const gateway = await startGatewayWith(t, { config })
  t.equal((await postChat(gateway)).status, 200)
  t.equal((await postChat(gateway)).status, 200)
  t.equal(program.calls.length, 1, 'one run for everything, none for a request')
  t.equal(upstream.requests[0]?.headers.authorization, 'Bearer key-from-the-vault')
  const wrong = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: 'Bearer nope' } })
  t.equal(wrong.status, 401)
})

t.test('a model without its key fails by itself; a reload mends it without a restart', async (t) => {
  const upstream = await startUpstream(t)
  const file = secretFile(t, {})
  const models = upstreamConfig(upstream.baseUrl) as { models: { providers: { upstream: { apiKey: unknown } } } }
  models.models.providers.upstream.apiKey = fromFile('/key')
  const config = configWith({ f: { source: 'file', path: file.path } }, models)
  const gateway = await startGatewayWith(t, { config, env: { UPSTREAM_API_KEY: 'never-used-instead' } })
  const refused = await postChat(gateway)
  t.equal(refused.status, 503)
  const { error } = (await refused.json()) as { error: { code: string; message: string } }
  t.match(error, { code: 'secret_unavailable', message: /models\.providers\.upstream\.apiKey.*secrets reload/ })
  t.equal(upstream.requests.length, 0)
  const { body } = await call(gateway, 'secrets.status')
  t.match(body.result, {
    ok: false,
    references: [
      {
        path: 'models.providers.upstream.apiKey',
        owner: 'provider:upstream',
        state: 'cold',
        code: 'SECRET_REF_NOT_FOUND',
      },
    ],
  })
  t.notMatch(JSON.stringify(body), /"\/key"/, 'ids are not told')
  const listed = (await call(gateway, 'models.list')).body.result.models
  t.match(
    listed.find(({ id }: { id: string }) => id === 'one'),
    { available: false, unavailableReason: 'missing-auth' },
    'a model whose secret cannot be read lacks its key',
  )
  const { body: status } = await call(gateway, 'status')
  t.match(status.result.degradedSecretOwners, [{ owner: 'provider:upstream', state: 'cold' }])

  file.write({ key: 'key-from-the-file' })
  t.strictSame((await call(gateway, 'secrets.reload')).body.result, { ok: true, warningCount: 0 })
  t.equal((await postChat(gateway)).status, 200)
  t.equal(upstream.requests[0]?.headers.authorization, 'Bearer key-from-the-file')

  file.write('broken')
  t.strictSame((await call(gateway, 'secrets.reload')).body.result, { ok: true, warningCount: 1 })
  t.equal((await postChat(gateway)).status, 200, 'the last good key works on')
})

t.test('the token changes where it is kept: old ones are let in no more', async (t) => {
  const file = secretFile(t, { token: 'first-token-0123456789abcdef' })
  const config = configWith(
    { f: { source: 'file', path: file.path } },
    {},
    {
      auth: { mode: 'token', token: fromFile('/token') },
    },
  )
  const gateway = await startGatewayWith(t, { config })
  const as = (value: string) => ({ authorization: `Bearer ${value}` })
  t.equal((await call(gateway, 'health', {}, as('first-token-0123456789abcdef'))).status, 200)
  file.write({ token: 'second-token-0123456789abcde' })
  t.equal((await call(gateway, 'secrets.reload', {}, as('first-token-0123456789abcdef'))).status, 200)
  t.equal((await call(gateway, 'health', {}, as('first-token-0123456789abcdef'))).status, 401)
  t.equal((await call(gateway, 'health', {}, as('second-token-0123456789abcde'))).status, 200)
  file.write({})
  const failed = await call(gateway, 'secrets.reload', {}, as('second-token-0123456789abcde'))
  t.match(failed, { status: 503, body: { error: { code: 'secret_unavailable' } } })
  t.equal((await call(gateway, 'health', {}, as('second-token-0123456789abcde'))).status, 200, 'the old one stays')
})

t.test('a start without its token ends with exit code 1, and says what is missing', async (t) => {
  const instance = await testInstance(
    t,
    configWith(
      { f: { source: 'file', path: '/nowhere/secrets.json' } },
      {},
      {
        auth: { mode: 'token', token: fromFile('/very-secret-id') },
      },
    ),
  )
  const started = runGateway(instance, { port: 0, bind: 'loopback' })
  await t.rejects(started, {
    code: 'secret_unavailable',
    row: { exit: 1 },
    message: /gateway\.auth\.token: secrets\.providers\.f\.path: there is no such file/,
  })
  const log = readFileSync(logOf(instance.paths), 'utf8')
  t.match(log, /SECRETS_DEGRADED.*gateway:ingress-auth/)
  t.notMatch(log, /very-secret-id/)
})

t.test('an edit that would lock everybody out is not taken over', async (t) => {
  const file = secretFile(t, { token })
  const providers = { f: { source: 'file', path: file.path } }
  const auth = (id: string) => ({ auth: { mode: 'token', token: fromFile(id) } })
  const gateway = await startGatewayWith(t, { config: configWith(providers, {}, auth('/token')) })
  gateway.writeConfig(configWith(providers, {}, auth('/none')))
  const { status, body } = await call(gateway, 'secrets.reload')
  t.equal(status, 500)
  t.match(body.error, { code: 'config_invalid', message: /gateway\.auth\.token/ })
  t.equal((await call(gateway, 'health')).status, 200)
  file.write({ none: token })
  t.equal((await call(gateway, 'secrets.reload')).status, 200, 'the same file again, now that the secret is there')
})

t.test('a write over the control plane is refused when its references cannot be read', async (t) => {
  const file = secretFile(t, { key: 'value' })
  const providers = { f: { source: 'file', path: file.path } }
  const gateway = await startGatewayWith(t, { config: configWith(providers, {}) })
  const before = readFileSync(gateway.instance.paths.config, 'utf8')
  const patch = async (id: string) => {
    const { body } = await call(gateway, 'config.get')
    const raw = JSON.stringify({
      models: { providers: { p: { baseUrl: 'http://127.0.0.1:1', apiKey: fromFile(id) } } },
    })
    return call(gateway, 'config.patch', { raw, baseHash: body.result.hash })
  }
  const refused = await patch('/none')
  t.match(refused.body.error, { message: /models\.providers\.p\.apiKey: .*nothing at this pointer/ })
  t.equal(readFileSync(gateway.instance.paths.config, 'utf8'), before)
  t.equal((await patch('/key')).status, 200)
  t.match((await call(gateway, 'secrets.status')).body.result, {
    ok: true,
    references: [{ provider: 'f', state: 'ok' }],
  })
})

t.test('an account of an agent refers to a secret', async (t) => {
  const upstream = await startUpstream(t)
  const file = secretFile(t, { key: 'key-of-the-account' })
  const models = upstreamConfig(upstream.baseUrl)
  const config = configWith({ f: { source: 'file', path: file.path } }, models)
  const instance = await testInstance(t, config)
  const folder = join(instance.paths.state, 'agents', 'main', 'agent')
  const { mkdirSync } = await import('node:fs')
  mkdirSync(folder, { recursive: true })
  const profile = { type: 'api_key', provider: 'upstream', key: 'plain-beside', keyRef: fromFile('/key') }
  writeFileSync(join(folder, 'auth-profiles.json'), JSON.stringify({ profiles: { 'upstream:work': profile } }))
  chmodSync(join(folder, 'auth-profiles.json'), 0o600)
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close('the test is over'))
  t.equal((await postChat(gateway)).status, 200)
  t.equal(upstream.requests[0]?.headers.authorization, 'Bearer key-of-the-account', 'the reference wins over the text')
})

t.test('what was resolved is blanked in the log', async (t) => {
  const file = secretFile(t, { key: 'value-that-is-blanked' })
  const models = { models: { providers: { p: { baseUrl: 'http://127.0.0.1:1', apiKey: fromFile('/key') } } } }
  const gateway = await startGatewayWith(t, { config: configWith({ f: { source: 'file', path: file.path } }, models) })
  const note = 'somebody wrote value-that-is-blanked here'
  const { body } = await call(gateway, 'config.get')
  await call(gateway, 'config.patch', { raw: '{ui: {}}', baseHash: body.result.hash, note })
  const log = logOf(gateway.instance.paths)
  await until(() => readFileSync(log, 'utf8').includes('somebody wrote'))
  t.match(readFileSync(log, 'utf8'), /somebody wrote \[redacted\] here/)
})

function logOf({ logDir, logPrefix }: { logDir: string; logPrefix: string }): string {
  return join(logDir, `${logPrefix}-${new Date().toISOString().slice(0, 10)}.log`)
}
