import t from 'tap'
import { bearer, build, testConfig, token } from '../helper/gateway.js'

t.test('POST /rpc/health gives the same as the method', async (t) => {
  const app = await build(t)
  const answer = await app.inject({ method: 'POST', url: '/rpc/health', headers: bearer })
  t.equal(answer.statusCode, 200)
  const { ok, result } = answer.json()
  t.equal(ok, true)
  t.match(result, { ok: true, defaultAgentId: 'main', agents: [{ agentId: 'main', isDefault: true }] })
  t.equal(answer.headers['cache-control'], 'no-store')
})

t.test('what /rpc refuses, and how', async (t) => {
  const app = await build(t)
  const cases = [
    { name: 'no credential', url: '/rpc/health', headers: {}, status: 401, code: 'invalid_api_key' },
    { name: 'unknown method', url: '/rpc/no.such', headers: bearer, status: 404, code: 'unknown_method' },
    { name: 'a list as params', url: '/rpc/health', headers: bearer, payload: [], status: 400, code: 'invalid_params' },
    {
      name: 'a wrong type',
      url: '/rpc/health',
      headers: bearer,
      payload: { probe: 'yes' },
      status: 400,
      code: 'invalid_params',
      message: 'invalid health params: at /probe: must be boolean',
    },
    { name: 'a prototype name', url: '/rpc/__proto__', headers: bearer, status: 404, code: 'unknown_method' },
  ]
  for (const { name, url, headers, payload, status, code, message } of cases) {
    await t.test(name, async (t) => {
      const answer = await app.inject({ method: 'POST', url, headers, ...(payload && { payload }) })
      t.equal(answer.statusCode, status)
      t.match(answer.json(), { ok: false, error: { code, ...(message && { message }) } })
    })
  }
})

t.test('scopes of the request bound the method', async (t) => {
  const trusted = {
    gateway: {
      mode: 'local',
      trustedProxies: ['127.0.0.1'],
      auth: { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-user', allowLoopback: true }, password: token },
    },
  }
  const app = await build(t, testConfig(trusted))
  const headers = { 'x-user': 'ann', 'x-forwarded-for': '192.0.2.7', 'x-openclaw-scopes': 'operator.read' }
  const answer = await app.inject({ method: 'POST', url: '/rpc/no.such', headers })
  t.equal(answer.statusCode, 403, answer.body)
  t.match(answer.json(), {
    ok: false,
    error: { code: 'missing_scope', details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin' } },
  })
})

t.test('every method stands in the OpenAPI document', async (t) => {
  const app = await build(t)
  const document = (await app.describingApp()).swagger() as { paths: Record<string, unknown> }
  const { entries } = await app.methods()
  t.ok(entries.size > 0)
  for (const { name, definition } of entries.values()) {
    if (definition.role !== 'node') t.ok(document.paths[`/rpc/${name}`], name)
  }
})
