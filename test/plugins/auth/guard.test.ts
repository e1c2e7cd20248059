import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import t from 'tap'
import authGuard, { requireScope } from '../../../plugins/auth/guard.js'
import modeToken from '../../../plugins/auth/token.js'
import errors from '../../../plugins/errors.js'
import { Limiter } from '../../../src/auth/limiter.js'
import { compileAuthSettings } from '../../../src/auth/settings.js'
import { fakeClock, PASSWORD, TOKEN, wire } from '../../auth/_support.js'
import { buildApp, get, listen, sendRaw } from './_app.js'

const token = { mode: 'token', token: TOKEN } as const
const right = { authorization: `Bearer ${TOKEN}` }
const wrong = { authorization: 'Bearer wrong' }

t.test('401 with a challenge, 200 with an identity', async (t) => {
  const { app } = await buildApp(t, token)
  const refused = await app.inject({ url: '/me' })
  t.equal(refused.statusCode, 401)
  t.equal(refused.headers['www-authenticate'], 'Bearer realm="openclaw"')
  t.match(refused.json(), { error: { type: 'invalid_request_error', code: 'invalid_api_key', param: null } })
  const served = await app.inject({ url: '/me', headers: right })
  t.equal(served.statusCode, 200)
  t.match(served.json(), { method: 'token', clientIp: '127.0.0.1' })
  t.equal(served.headers['www-authenticate'], undefined)
  t.equal((await app.inject({ url: '/me', method: 'HEAD' })).statusCode, 401, 'the HEAD twin is guarded too')
  t.equal((await app.inject({ url: '/me', method: 'HEAD', headers: right })).statusCode, 200)
  t.equal((await app.inject({ url: `/me?token=${TOKEN}` })).statusCode, 401, 'the query is no place for secrets')
  const { body } = refused
  t.notMatch(body, TOKEN)
})

t.test('429 with Retry-After, and never for the right secret', async (t) => {
  const { app, clock } = await buildApp(t, { ...token, rateLimit: { maxAttempts: 3, lockoutMs: 5_400 } })
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await app.inject({ url: '/me', headers: wrong })).statusCode)
  t.same(statuses, [401, 401, 401, 429])
  clock.advance(100)
  const locked = await app.inject({ url: '/me', headers: wrong })
  t.equal(locked.headers['retry-after'], '6')
  t.match(locked.json(), { error: { type: 'rate_limit_error', code: 'rate_limited' } })
  t.equal((await app.inject({ url: '/me' })).statusCode, 401, 'no secret is no attempt')
  t.equal((await app.inject({ url: '/me', headers: right })).statusCode, 200)
  t.equal((await app.inject({ url: '/me', headers: wrong })).statusCode, 401)
})

t.test('attribution before auth before scope, and all of it before the body', async (t) => {
  const { app, seen, use } = await buildApp(t, token)
  const post = (headers: Record<string, string>, payload = 'not json') =>
    app.inject({ url: '/write', method: 'POST', headers: { 'content-type': 'application/json', ...headers }, payload })
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  t.equal((await post({ ...forwarded, ...right })).statusCode, 403)
  t.match((await post({ ...forwarded, ...wrong })).json(), { error: { code: 'proxy_attribution_required' } })
  t.equal((await post(wrong)).statusCode, 401)
  use({ mode: 'none' })
  t.equal((await post({ 'x-openclaw-scopes': 'operator.read' })).statusCode, 403)
  t.equal((await post({})).statusCode, 400, 'only now the body is read')
  t.same(seen, [])
  t.equal((await post({}, '{"a":1}')).statusCode, 200)
  t.same(seen, [{ a: 1 }])
})

t.test('refusals need no body: they come while it is still on its way', async (t) => {
  const { app } = await buildApp(t, token)
  const port = await listen(app)
  const head = 'POST /write HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n'
  t.equal((await sendRaw(port, `${head}Content-Length: 1000000\r\n\r\n{`)).status, 401)
  t.equal((await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n`)).status, 401)
})

t.test('missing scope', async (t) => {
  const { app } = await buildApp(t, { mode: 'none' })
  const ask = (url: string, scopes?: string) =>
    app.inject({ url, headers: scopes === undefined ? {} : { 'x-openclaw-scopes': scopes } })
  const rows: [url: string, scopes: string | undefined, status: number][] = [
    ['/me', undefined, 200],
    ['/me', '', 403],
    ['/me', 'operator.read', 200],
    ['/me', 'operator.write', 200],
    ['/me', 'operator.pairing', 403],
    ['/pairing', 'operator.write', 403],
    ['/pairing', 'operator.admin', 200],
    ['/pairing', 'operator.pairing', 200],
  ]
  for (const [url, scopes, status] of rows) t.equal((await ask(url, scopes)).statusCode, status, `${url} ${scopes}`)
  const refused = await ask('/pairing', 'operator.write')
  t.match(refused.json(), { error: { message: 'missing scope: operator.pairing', code: 'missing_scope' } })
  t.equal(refused.headers['www-authenticate'], undefined)
  const identity = { method: 'none', user: undefined, scopes: ['operator.write'], clientIp: '127.0.0.1' } as const
  t.throws(() => requireScope(identity, 'operator.admin'), {
    code: 'missing_scope',
    details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin', requiredScopes: ['operator.admin'] },
  })
  t.doesNotThrow(() => requireScope(identity, 'operator.read'))
})

t.test('open routes are served whatever the headers say, with details for those who may see them', async (t) => {
  const { app, limiter, use } = await buildApp(t, token)
  const rows: [headers: Record<string, string>, remoteAddress: string, identified: boolean, local: boolean][] = [
    [{}, '127.0.0.1', false, true],
    [{}, '::ffff:127.0.0.1', false, true],
    [right, '127.0.0.1', true, true],
    [right, '192.168.1.5', true, false],
    [{}, '192.168.1.5', false, false],
    [{ 'x-forwarded-for': '1.2.3.4' }, '127.0.0.1', false, false],
    [{ 'x-forwarded-for': '1.2.3.4', ...right }, '127.0.0.1', false, false],
    [{ host: 'evil.example' }, '127.0.0.1', false, false],
    [{ host: 'evil.example', ...right }, '127.0.0.1', true, false],
    [{ origin: 'https://evil.example' }, '127.0.0.1', false, false],
    [{ origin: 'http://localhost:3000', host: 'localhost' }, '127.0.0.1', false, true],
  ]
  for (const [headers, remoteAddress, identified, local] of rows) {
    const answer = await app.inject({ url: '/probe', headers: { host: 'localhost', ...headers }, remoteAddress })
    t.equal(answer.statusCode, 200)
    const { identity, local: isLocal } = answer.json()
    t.same([identity !== null, isLocal], [identified, local], `${remoteAddress} ${JSON.stringify(headers)}`)
  }
  t.equal(limiter.size, 0)
  await app.inject({ url: '/probe', headers: wrong })
  t.equal(limiter.size, 1, 'a guess is counted on open routes too')
  use({ mode: 'none' })
  t.match((await app.inject({ url: '/probe', headers: { host: 'localhost' } })).json(), {
    identity: { method: 'none' },
  })
})

t.test('unknown URLs and methods', async (t) => {
  const { app } = await buildApp(t, token)
  const rows: [
    method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS',
    url: string,
    headers: Record<string, string>,
    status: number,
  ][] = [
    ['GET', '/nowhere', {}, 404],
    ['GET', '/nowhere', right, 404],
    ['GET', '/write', {}, 405],
    ['DELETE', '/me', {}, 405],
    ['OPTIONS', '/me', {}, 405],
    ['GET', '/nowhere', { 'x-forwarded-for': '1.2.3.4' }, 403],
    ['GET', '/write', { forwarded: 'for=1.2.3.4' }, 403],
  ]
  for (const [method, url, headers, status] of rows) {
    t.equal(
      (await app.inject({ method, url, headers })).statusCode,
      status,
      `${method} ${url} ${JSON.stringify(headers)}`,
    )
  }
})

t.test('WebSocket upgrades pass Host and Origin on every route, open or not', async (t) => {
  const { app } = await buildApp(t, { ...token, allowedOrigins: ['https://claw.example.com'] })
  const upgrade = { connection: 'Upgrade', upgrade: 'WebSocket', 'sec-websocket-key': 'x', host: 'localhost:18789' }
  const rows: [headers: Record<string, string>, open: number, operator: number][] = [
    [{}, 200, 401],
    [right, 200, 200],
    [{ origin: 'http://localhost:3000', ...right }, 200, 200],
    [{ origin: 'https://claw.example.com', ...right }, 200, 200],
    [{ origin: 'https://evil.example', ...right }, 403, 403],
    [{ origin: 'null', ...right }, 403, 403],
    [{ origin: 'http://evil.example', host: 'evil.example', ...right }, 403, 403],
    [{ 'x-forwarded-for': '1.2.3.4', ...right }, 403, 403],
  ]
  for (const [headers, open, operator] of rows) {
    const statuses: number[] = []
    for (const url of ['/probe', '/me'])
      statuses.push((await app.inject({ url, headers: { ...upgrade, ...headers } })).statusCode)
    t.same(statuses, [open, operator], JSON.stringify(headers))
  }
})

t.test('a reload changes the settings under the running app; failures are remembered', async (t) => {
  const { app, use } = await buildApp(t, { ...token, rateLimit: { maxAttempts: 3 } })
  const ask = async (authorization: string) => (await app.inject({ url: '/me', headers: { authorization } })).statusCode
  for (let i = 0; i < 3; i++) await ask('Bearer wrong')
  use({ mode: 'token', token: 'rotated', rateLimit: { maxAttempts: 3 } })
  t.equal(await ask(`Bearer ${TOKEN}`), 429, 'the old secret is a wrong one now')
  t.equal(await ask('Bearer rotated'), 200)
  use({ mode: 'password', password: PASSWORD })
  t.equal(await ask('Bearer rotated'), 401)
  t.equal(await ask(`Bearer ${PASSWORD}`), 200)
})

t.test('a secret in Chinese, as curl sends it', async (t) => {
  const { app } = await buildApp(t, { mode: 'token', token: '你的网关密码' })
  const port = await listen(app)
  const ask = async (bytes: string) => (await get(port, ['Host: localhost', `Authorization: Bearer ${bytes}`])).status
  t.equal(await ask(wire('你的网关密码')), 200)
  t.equal(await ask(wire('你的网关密语')), 401)
  t.equal(await ask('?????????'), 401)
})

t.test('the server address over a dual-stack socket is the IPv4 one', async (t) => {
  const { app } = await buildApp(t, token)
  const port = await listen(app, '::').catch(() => listen(app))
  const answer = await get(port, ['Host: localhost', `Authorization: Bearer ${TOKEN}`])
  t.equal(JSON.parse(answer.body).clientIp, '127.0.0.1')
})

t.test('the boot fails without a policy or with a wrong one', async (t) => {
  const settings = compileAuthSettings(token)
  const rows: [name: string, config: object | undefined, message: RegExp | undefined][] = [
    ['none', undefined, /GET \/x: add config: \{ auth: 'open' \}/],
    ['empty', {}, /GET \/x: add config/],
    ['misspelt', { auth: 'public' }, /GET \/x: add config/],
    ['unknown scope', { auth: 'operator', scope: 'operator.root' }, /unknown scope "operator\.root"/],
    ['scope on an open route', { auth: 'open', scope: 'operator.read' }, /an open route cannot ask for a scope/],
    ['open', { auth: 'open' }, undefined],
    ['operator', { auth: 'operator' }, undefined],
    ['operator with scope', { auth: 'operator', scope: 'operator.admin' }, undefined],
  ]
  for (const [name, config, message] of rows) {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(authGuard, {
      settings: () => settings,
      limiter: new Limiter(fakeClock()),
    })
    await app.register(modeToken)
    app.get('/x', { ...(config && { config }) }, async () => 'x')
    if (message) await t.rejects(async () => app.ready(), { message }, name)
    else await t.resolves(async () => app.ready(), name)
  }
})

t.test('the boot fails when no plugin serves the mode, or two serve one', async (t) => {
  const options = { settings: () => compileAuthSettings({ mode: 'none' }), limiter: new Limiter(fakeClock()) }
  const app = Fastify()
  t.after(() => app.close())
  await app.register(authGuard, options)
  await app.register(modeToken)
  t.throws(() => app.auth.register('token', () => undefined), { code: 'auth_misconfigured' })
  await t.rejects(async () => app.ready(), { code: 'auth_misconfigured', message: /auth mode none/ })
})

t.test('one new mode is one new file: the folder loads by itself', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(errors)
  await app.register(autoload, {
    dir: new URL('../../../plugins/auth', import.meta.url).pathname,
    options: { settings: () => compileAuthSettings(token), limiter: new Limiter(fakeClock()) },
    forceESM: true,
  })
  app.get('/me', { config: { auth: 'operator' } }, async () => 'me')
  t.equal((await app.inject({ url: '/me', headers: right })).statusCode, 200)
  t.equal((await app.inject({ url: '/me' })).statusCode, 401)
})
