import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { bearer, build, testConfig, token } from '../../helper/gateway.js'
import { serveWeb } from '../../helper/web.js'

type Body = Record<string, unknown>

async function gateway(t: Test, more: object = {}): Promise<{ app: FastifyInstance; workspace: string }> {
  const app = await build(t, testConfig(more))
  const { workspace } = app.runtime.instance.paths
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'notes.md'), 'one\ntwo\n')
  return { app, workspace }
}

function call(app: FastifyInstance, payload: Body | string | undefined, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url: '/tools/invoke',
    headers: { ...bearer, ...headers },
    ...(payload !== undefined && { payload }),
  })
}

t.test('a tool is called, by any of its spellings', async (t) => {
  const { app } = await gateway(t)
  const bodies: readonly Body[] = [
    { tool: 'read', args: { path: 'notes.md' } },
    { name: 'READ', tool: 'exec', args: { path: './notes.md' } },
    { tool: 'read', action: 'json', args: { path: 'notes.md' }, sessionKey: 'agent:main:main' },
    { tool: 'read', args: { path: 'notes.md' }, agentId: 'main', sessionKey: 'main' },
  ]
  for (const body of bodies) {
    const answer = await call(app, body)
    t.equal(answer.statusCode, 200, answer.body)
    t.match(answer.json(), {
      ok: true,
      result: { content: [{ type: 'text', text: 'one\ntwo' }], details: { totalLines: 2 } },
    })
    t.equal(answer.headers['cache-control'], 'no-store')
  }
})

t.test('what is wrong with a request, in one envelope', async (t) => {
  const { app } = await gateway(t, { agents: { entries: { main: {}, work: {} } } })
  const read = { tool: 'read', args: { path: 'notes.md' } }
  const cases: readonly (readonly [name: string, body: Body | string | undefined, status: number, error: object])[] = [
    ['no tool', {}, 400, { code: 'invalid_request', message: 'tools.invoke requires name' }],
    ['no body', undefined, 400, {}],
    ['a list', '[]', 400, { code: 'invalid_type' }],
    ['a tool that is no text', { tool: 7 }, 400, { code: 'invalid_type' }],
    ['arguments that are a text', { tool: 'read', args: '{}' }, 400, { code: 'invalid_type' }],
    ['arguments that are a list', { tool: 'read', args: [] }, 400, { code: 'invalid_type' }],
    ['a session key that is no text', { ...read, sessionKey: 7 }, 400, { code: 'invalid_type' }],
    ['no JSON', '{', 400, { code: 'invalid_json' }],
    ['an unknown agent', { ...read, agentId: 'ghost' }, 400, { code: 'agent_not_found', message: /ghost/ }],
    ['an unknown agent of a session', { ...read, sessionKey: 'agent:ghost:main' }, 400, { code: 'agent_not_found' }],
    ['agent and session differ', { ...read, agentId: 'work', sessionKey: 'agent:main:main' }, 400, { code: 'invalid_request' }],
    ['an argument is missing', { tool: 'read' }, 400, { type: 'tool_error', code: 'invalid_tool_arguments', message: /path is required/, details: { tool: 'read', param: 'path' } }],
    ['an argument is of a wrong type', { tool: 'read', args: { path: 'a', limit: '2' } }, 400, { code: 'invalid_tool_arguments', message: /limit must be integer/ }],
    ['the tool says no', { tool: 'read', args: { path: 'none.md' } }, 400, { type: 'tool_error', code: 'tool_error', message: '"none.md" does not exist.', details: { tool: 'read', code: 'file_not_found' } }],
    ['the tool answers with an error', { tool: 'read', args: { path: 'notes.md', offset: 9 } }, 400, { type: 'tool_error', code: 'tool_error', message: /fewer than 9 lines/ }],
    ['too large', { tool: 'read', args: { path: 'x'.repeat(2 * 1024 * 1024) } }, 413, { code: 'request_too_large' }],
  ] // biome-ignore format: one line each
  for (const [name, body, status, error] of cases) {
    const answer = await call(app, body, typeof body === 'string' ? { 'content-type': 'application/json' } : {})
    t.equal(answer.statusCode, status, `${name}: ${answer.body}`)
    t.match(answer.json(), { ok: false, error: { type: String, message: String, code: String, ...error } }, name)
  }
})

t.test('who may call', async (t) => {
  const { app } = await gateway(t)
  const payload = { tool: 'read', args: { path: 'notes.md' } }
  const url = '/tools/invoke'
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
    const answer = await app.inject({ method: 'POST', url, headers, payload })
    t.equal(answer.statusCode, 401)
    t.match(answer.json(), { ok: false, error: { code: 'invalid_api_key' } })
  }
  const get = await app.inject({ method: 'GET', url, headers: bearer })
  t.match([get.statusCode, get.headers.allow], [405, /POST/])
})

const denied = [
  'exec',
  'bash',
  'EXEC',
  ' exec ',
  'shell',
  'process',
  'write',
  'edit',
  'apply_patch',
  'apply-patch',
  'Apply_Patch',
]

t.test('pain-77-tools-invoke: what is denied is not missing', async (t) => {
  const { app, workspace } = await gateway(t)
  for (const tool of denied) {
    const answer = await call(app, { tool, args: { command: 'id', path: 'x', content: 'x', input: 'x' } })
    t.equal(answer.statusCode, 403, tool)
    const { error } = answer.json()
    t.match(
      error,
      { type: 'permission_error', code: 'tool_denied', details: { layer: 'direct', key: 'gateway.tools.allow' } },
      tool,
    )
    t.ok(error.message.startsWith(`Tool not available: ${tool}. `), error.message)
    t.match(error.message, /Add it to gateway\.tools\.allow to allow it\.$/)
  }
  const missing = await call(app, { tool: 'teleport' })
  t.equal(missing.statusCode, 404)
  t.match(missing.json(), {
    ok: false,
    error: { type: 'not_found', code: 'tool_not_found', message: /^Tool not available: teleport\. / },
  })
  t.equal(readFileSync(join(workspace, 'notes.md'), 'utf8'), 'one\ntwo\n')
})

t.test('the config opens and closes', async (t) => {
  const allow = await gateway(t, withTools({ allow: ['write'] }))
  t.equal((await call(allow.app, { tool: 'write', args: { path: 'new.txt', content: 'x' } })).statusCode, 200)
  t.equal(readFileSync(join(allow.workspace, 'new.txt'), 'utf8'), 'x')
  t.equal((await call(allow.app, { tool: 'edit', args: { path: 'new.txt' } })).statusCode, 403)

  const deny = await gateway(t, withTools({ deny: ['group:fs'] }))
  const answer = await call(deny.app, { tool: 'read', args: { path: 'notes.md' } })
  t.match(answer.json(), { error: { code: 'tool_denied', details: { key: 'gateway.tools.deny', entry: 'group:fs' } } })

  const policy = await gateway(t, { ...withTools({ allow: ['write'] }), tools: { profile: 'minimal' } })
  for (const tool of ['read', 'write']) {
    const { error } = (await call(policy.app, { tool, args: { path: 'a', content: '' } })).json()
    t.match(error, { code: 'tool_denied', details: { layer: 'profile', key: 'tools.profile' } })
  }
})

t.test('the policy is that of the session', async (t) => {
  const { app } = await gateway(t, {
    agents: { entries: { main: {}, work: { tools: { deny: ['read'] } } } },
    channels: { telegram: { groups: { '-100': { tools: { deny: ['read'] } } } } },
  })
  const ruled = async (target: Body) =>
    (await call(app, { tool: 'read', args: { path: 'notes.md' }, ...target })).json()
  t.match(await ruled({}), { ok: true })
  t.match(await ruled({ agentId: 'work' }), {
    error: { details: { layer: 'agent', key: 'agents.entries.work.tools.deny' } },
  })
  t.match(await ruled({ sessionKey: 'agent:work:main' }), { error: { details: { layer: 'agent' } } })
  for (const sessionKey of ['agent:main:telegram:group:-100', 'agent:main:telegram:group:-100:topic:7']) {
    t.match(await ruled({ sessionKey }), { error: { details: { layer: 'group' } } }, sessionKey)
  }
  t.match(await ruled({ sessionKey: 'agent:main:telegram:group:-200' }), { ok: true })
})

t.test('only the owner takes something off the list, and has what is for owners', async (t) => {
  const { app } = await gateway(t, {
    gateway: {
      mode: 'local',
      trustedProxies: ['127.0.0.1'],
      auth: { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-user', allowLoopback: true }, password: token },
      tools: { allow: ['write'] },
    },
  })
  const as = (scopes: string) => ({ 'x-user': 'ann', 'x-forwarded-for': '192.0.2.7', 'x-openclaw-scopes': scopes })
  const write = (scopes: string) =>
    app.inject({
      method: 'POST',
      url: '/tools/invoke',
      headers: as(scopes),
      payload: { tool: 'write', args: { path: 'new.txt', content: 'x' } },
    })
  t.equal((await write('operator.admin')).statusCode, 200)
  t.match((await write('operator.write')).json(), { error: { code: 'tool_denied', details: { layer: 'direct' } } })
  t.match((await write('operator.read')).json(), { ok: false, error: { code: 'missing_scope' } })
})

t.test('files: the workspace and nothing else, however it is asked for', async (t) => {
  const { app, workspace } = await gateway(t)
  const { paths } = app.runtime.instance
  symlinkSync(paths.state, join(workspace, 'state'))
  symlinkSync(paths.config, join(workspace, 'config.json'))
  const ways = [
    paths.config,
    '~/.openclaw/openclaw.json',
    '../openclaw.json',
    'state/openclaw.json',
    'config.json',
    '/etc/passwd',
    '/proc/self/environ',
    'notes.md/../../openclaw.json',
    `${workspace}/../openclaw.json`,
  ]
  for (const path of ways) {
    const answer = await call(app, { tool: 'read', args: { path } })
    t.equal(answer.statusCode, 400, path)
    t.match(answer.json(), { error: { code: 'tool_error', details: { code: 'path_outside' } } }, path)
    t.notMatch(answer.body, token)
  }
})

t.test('a sandboxed session is not answered from the host', async (t) => {
  const { app } = await gateway(t, { agents: { defaults: { sandbox: { mode: 'non-main' } } } })
  const read = (more: Body) => call(app, { tool: 'read', args: { path: 'notes.md' }, ...more })
  t.equal((await read({})).statusCode, 200, 'the main session is on the host')
  const answer = await read({ sessionKey: 'agent:main:telegram:group:-1' })
  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { error: { code: 'tool_error', message: '"notes.md" does not exist.' } }, 'its own files')
  const fetched = await call(app, {
    tool: 'web_fetch',
    args: { url: 'http://127.0.0.1/' },
    sessionKey: 'agent:main:other',
  })
  t.match(fetched.json(), { error: { code: 'tool_denied', details: { layer: 'sandbox' } } })
})

t.test('exec that the owner took off the list still meets the rules for commands', async (t) => {
  const run = async (more: object) => {
    const { app } = await gateway(t, { ...withTools({ allow: ['exec'] }), ...more })
    return call(app, { tool: 'exec', args: { command: 'echo $((40 + 2))', background: true } })
  }
  const answer = await run({})
  t.equal(answer.statusCode, 200)
  t.match(answer.json().result.content[0].text, /^42/, 'to its end: nobody would follow it in the background')
  const off = await run({ tools: { exec: { mode: 'deny' } } })
  t.equal(off.statusCode, 400)
  t.match(off.json(), { error: { code: 'tool_error' } })
  t.notMatch(off.body, /42/)
})

t.test('the network, through the one way out', async (t) => {
  const web = await serveWeb(t, (_, response) => response.setHeader('content-type', 'text/plain').end('hello'))
  const url = `http://127.0.0.1:${web.port}/`
  const closed = await gateway(t)
  const refused = await call(closed.app, { tool: 'web_fetch', args: { url } })
  t.equal(refused.statusCode, 400)
  t.match(refused.json(), { error: { code: 'tool_error', message: /^Blocked: /, details: { code: 'egress_blocked' } } })
  t.equal(web.connections, 0)
  const open = await gateway(t, {
    tools: { web: { fetch: { ssrfPolicy: { allowedHostnames: ['127.0.0.1'] }, timeoutSeconds: 5 } } },
  })
  const answer = await call(open.app, { tool: 'web_fetch', args: { url } })
  t.match(answer.json().result.content[0].text, /EXTERNAL_UNTRUSTED_CONTENT[\s\S]*hello/)
  const dead = await call(open.app, { tool: 'web_fetch', args: { url: 'http://127.0.0.1:1/' } })
  t.equal(dead.statusCode, 500)
  t.match(dead.json(), { error: { type: 'tool_error', code: 'tool_failed', details: { code: 'egress_failed' } } })
})

t.test('a dry run does nothing, and says whether it could', async (t) => {
  const { app, workspace } = await gateway(t, withTools({ allow: ['write'] }))
  const write = (args: Body) => call(app, { tool: 'write', args, dryRun: true })
  t.match((await write({ path: 'notes.md', content: '' })).json(), {
    ok: true,
    result: { content: [], details: { dryRun: true } },
  })
  t.equal(readFileSync(join(workspace, 'notes.md'), 'utf8'), 'one\ntwo\n')
  t.equal((await write({ path: 'notes.md' })).statusCode, 400)
  t.equal((await call(app, { tool: 'exec', args: { command: 'x' }, dryRun: true })).statusCode, 403)
})

t.test('the same key, the same result', async (t) => {
  const { app, workspace } = await gateway(t)
  const read = (more: Body = {}, headers = {}) =>
    call(app, { tool: 'read', args: { path: 'notes.md' }, ...more }, headers)
  const first = (await read({ idempotencyKey: 'k1' })).body
  writeFileSync(join(workspace, 'notes.md'), 'changed')
  t.equal((await read({ idempotencyKey: 'k1' })).body, first)
  t.equal((await read({}, { 'idempotency-key': 'k1' })).body, first)
  t.match((await read({ idempotencyKey: 'k2' })).body, /changed/)
  t.match((await read()).body, /changed/)
})

function withTools(tools: object): object {
  return { gateway: { mode: 'local', auth: { mode: 'token', token }, tools } }
}

t.test('a key is for one call', async (t) => {
  const { app } = await gateway(t)
  const once = { 'idempotency-key': 'k' }
  const first = await call(app, { tool: 'read', args: { path: 'notes.md' } }, once)
  t.equal((await call(app, { tool: 'read', args: { path: 'notes.md' } }, once)).body, first.body)
  const other = await call(app, { tool: 'session_status' }, once)
  t.equal(other.statusCode, 422, 'as the OpenAPI document says')
  t.match(other.json(), { ok: false, error: { code: 'idempotency_key_reused' } })
})

t.test('a call with a key goes on when its caller leaves, for those who join and who come back', async (t) => {
  const { app, workspace } = await gateway(t, {
    gateway: { ...Object(testConfig()).gateway, tools: { allow: ['exec'] } },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const body = JSON.stringify({ tool: 'exec', args: { command: 'sleep 0.5; echo run >> runs.txt; echo done' } })
  const headers = { ...bearer, 'content-type': 'application/json', 'idempotency-key': 'k' }
  const ask = (signal?: AbortSignal) =>
    fetch(`${url}/tools/invoke`, { method: 'POST', headers, body, ...(signal && { signal }) })
  const gone = new AbortController()
  const left = t.rejects(ask(gone.signal))
  const joined = ask()
  setTimeout(() => gone.abort(), 100)
  await left
  for (const answer of [await joined, await ask()]) {
    t.equal(answer.status, 200)
    t.match(await answer.text(), /done/)
  }
  t.equal(readFileSync(join(workspace, 'runs.txt'), 'utf8'), 'run\n')
})
