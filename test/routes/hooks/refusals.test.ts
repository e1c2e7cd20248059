import { connect } from 'node:net'
import t from 'tap'
import { until } from '../../helper/calls.js'
import { ManualClock } from '../../helper/clock.js'
import { bearer } from '../../helper/gateway.js'
import { hookStage, hookToken, withToken } from './_stage.js'

const words = { text: 'the mail is here' }
const wake = '/hooks/wake'

t.test('who is not let in, and what is no call', async (t) => {
  const { post, gateway, upstream } = await hookStage(t, {
    hooks: { allowedAgentIds: ['main'], mappings: [{ id: 'm', match: { path: 'known' } }] },
    more: {},
  })
  const rows: [
    name: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    status: number,
    code: string,
  ][] = [
    ['no token', wake, words, {}, 401, 'invalid_api_key'],
    ['a wrong token', wake, words, { authorization: 'Bearer wrong' }, 401, 'invalid_api_key'],
    ['the token of the gateway', wake, words, bearer, 401, 'invalid_api_key'],
    ['another scheme', wake, words, { authorization: `Basic ${hookToken}` }, 401, 'invalid_api_key'],
    ['a wrong token in the other header', wake, words, { 'x-openclaw-token': 'wrong' }, 401, 'invalid_api_key'],
    ['a token in the URL', `${wake}?token=${hookToken}`, words, {}, 400, 'invalid_request'],
    ['a token in the URL and in the header', `${wake}?token=x`, words, withToken, 400, 'invalid_request'],
    ['a body that is no JSON', wake, '{', withToken, 400, 'invalid_json'],
    ['no body', wake, '', withToken, 400, 'empty_body'],
    ['a list', wake, '[]', withToken, 400, 'invalid_type'],
    ['a prototype', wake, '{"__proto__":{"text":"x"}}', withToken, 400, 'invalid_json'],
    ['no text', wake, {}, withToken, 400, 'invalid_request'],
    ['blank text', wake, { text: '  ' }, withToken, 400, 'invalid_request'],
    ['a mode that does not exist', wake, { text: 'x', mode: 'later' }, withToken, 400, 'invalid_request'],
    [
      'another type of body',
      wake,
      words,
      { ...withToken, 'content-type': 'text/plain' },
      415,
      'unsupported_media_type',
    ],
    ['no message', '/hooks/agent', {}, withToken, 400, 'invalid_request'],
    ['an unknown agent', '/hooks/agent', { message: 'x', agentId: 'ghost' }, withToken, 400, 'agent_not_found'],
    [
      'a session, though none may be named',
      '/hooks/agent',
      { message: 'x', sessionKey: 'main' },
      withToken,
      400,
      'invalid_request',
    ],
    [
      'a channel that does not exist',
      '/hooks/agent',
      { message: 'x', channel: 'pigeon', to: '1' },
      withToken,
      400,
      'invalid_request',
    ],
    ['a channel and nobody', '/hooks/agent', { message: 'x', channel: 'telegram' }, withToken, 400, 'invalid_request'],
    ['somebody and no channel', '/hooks/agent', { message: 'x', to: '1' }, withToken, 400, 'invalid_request'],
    ['an endless timeout', '/hooks/agent', { message: 'x', timeoutSeconds: 1e12 }, withToken, 400, 'invalid_request'],
    [
      'an over-long key',
      '/hooks/agent',
      { message: 'x', idempotencyKey: 'k'.repeat(257) },
      withToken,
      400,
      'invalid_request',
    ],
    ['a name without a mapping', '/hooks/unknown', {}, withToken, 404, 'not_found'],
    ['a name without a mapping, and no token', '/hooks/unknown', {}, {}, 401, 'invalid_api_key'],
    ['a path of several parts without a mapping', '/hooks/a/b', {}, withToken, 404, 'not_found'],
    ['too large', wake, { text: 'x'.repeat(300_000) }, withToken, 413, 'request_too_large'],
  ]
  for (const [name, path, body, headers, status, code] of rows) {
    const response = await post(path, body, headers)
    t.equal(response.status, status, name)
    t.match(await response.json(), { ok: false, error: { code } }, name)
    t.equal(response.headers.has('www-authenticate'), status === 401, `${name}: the challenge`)
  }
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await fetch(`${gateway.url}${wake}`, { method, headers: withToken })
    t.equal(response.status, 405, method)
    t.equal(response.headers.get('allow'), 'POST', method)
  }
  t.equal(upstream.requests.length, 0, 'no model was asked')
  t.equal((await post(wake, words, { 'x-openclaw-token': hookToken })).status, 200, 'the token as its own header')
  t.equal((await post(`${wake}/`, words)).status, 200, 'a slash at the end')
  const forwarded = { ...withToken, 'x-forwarded-for': '203.0.113.7' }
  t.equal((await post(wake, words, forwarded)).status, 200, 'a proxy that nobody vouches for is no reason to refuse')
})

t.test('the 21st wrong token of a minute is told to wait; the right one is not, and forgives', async (t) => {
  const { post } = await hookStage(t)
  const wrong = { authorization: 'Bearer wrong' }
  for (let i = 0; i < 20; i += 1) t.equal((await post(wake, words, wrong)).status, 401)
  const late = await post(wake, words, wrong)
  t.equal(late.status, 429)
  t.match(late.headers.get('retry-after'), /^\d+$/)
  t.match(await late.json(), { ok: false, error: { code: 'rate_limited' } })
  t.equal((await post(wake, words)).status, 200)
  t.equal((await post(wake, words, wrong)).status, 401)
})

t.test('hooks that are off, that have another prefix, and that share the secret of the gateway', async (t) => {
  const off = await hookStage(t, { hooks: { enabled: false } })
  const answer = await off.post(wake, words)
  t.equal(answer.status, 404)
  t.match(await answer.json(), { ok: false, error: { code: 'endpoint_disabled', message: /hooks\.enabled/ } })

  const moved = await hookStage(t, { hooks: { path: '/in/here/', maxBodyBytes: 100 } })
  t.equal((await moved.post('/in/here/wake', words)).status, 200)
  t.equal((await moved.post(wake, words)).status, 404)
  t.equal((await moved.post('/in/here/wake', { text: 'x'.repeat(101) })).status, 413)
  const { path: _, ...elsewhere } = moved.config.hooks
  moved.writeConfig({ ...moved.config, hooks: { ...elsewhere, path: '/other' } })
  await until(async () => (await moved.post('/other/wake', words)).status === 200)
  t.equal((await moved.post('/in/here/wake', words)).status, 404, 'the prefix moves without a restart')

  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the config holds
  const unset = '${HOOKS_TOKEN_THAT_IS_NOT_SET}'
  const nobody = await hookStage(t, { hooks: { token: unset } })
  const asNamed = await nobody.post(wake, words, { authorization: `Bearer ${unset}` })
  t.equal(asNamed.status, 404, 'the name of a variable is no token')

  const { config, writeConfig, post } = await hookStage(t)
  await t.rejects(hookStage(t, { hooks: { token: bearer.authorization.slice(7) } }), {
    code: 'auth_misconfigured',
    message: /hooks\.token/,
  })
  writeConfig({ ...config, hooks: { ...config.hooks, token: bearer.authorization.slice(7) } })
  for (let status = 200; status !== 404; ) ({ status } = await post(wake, words, bearer))
  t.equal((await post(wake, words, bearer)).status, 404, 'an edit of a running gateway turns hooks off')
})

t.test('a body that stops is given up after 30 s', async (t) => {
  const clock = new ManualClock()
  const { gateway } = await hookStage(t, { clock })
  const before = clock.asked.length
  const socket = connect(gateway.port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const head = ['POST /hooks/wake HTTP/1.1', 'Host: x', `Authorization: Bearer ${hookToken}`]
  socket.write(`${[...head, 'Content-Type: application/json', 'Content-Length: 100'].join('\r\n')}\r\n\r\n{"text":`)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  // Other parts of the gateway wait as long.
  await until(() => clock.asked.slice(before).includes(30_000))
  clock.advance(30_000)
  await new Promise((resolve) => socket.once('close', resolve))
  t.match(received, /^HTTP\/1\.1 408 /)
  t.match(received, /"code":"request_timeout"/)
})

t.test('a mapping for signed calls of any path opens no other door', async (t) => {
  const { post, upstream } = await hookStage(t, {
    hooks: { mappings: [{ signature: { scheme: 'github', secret: 's' } }, { match: { path: 'wake' }, signature: {} }] },
  })
  for (const path of ['wake', 'wake/', '%77ake', 'agent', 'agent/', 'age%6Et', 'Agent', '/agent', 'any']) {
    const response = await post(`/hooks/${path}`, { ...words, message: 'x' }, {})
    t.equal(response.status, 401, path)
    t.match(await response.json(), { error: { code: 'invalid_api_key' } }, path)
  }
  t.equal(upstream.requests.length, 0)
})

t.test('a body that is nested deeper than any sender needs is refused, a long one is cut', async (t) => {
  const { post, told } = await hookStage(t, { hooks: { mappings: [{ match: { path: 'whole' } }] } })
  for (const levels of [101, 4_000, 20_000]) {
    const body = `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    const response = await post('/hooks/whole', body)
    t.equal(response.status, 400, String(levels))
    t.match(await response.json(), { error: { code: 'invalid_request', message: /100 levels/ } })
  }
  t.equal((await post('/hooks/whole', `{"a":${'['.repeat(98)}${']'.repeat(98)}}`)).status, 200)
  t.equal((await post('/hooks/whole', { a: Array.from({ length: 120_000 }, () => 1) })).status, 200)
  for (const prompt of await told(2)) t.ok(prompt.length < 201_000)
})
