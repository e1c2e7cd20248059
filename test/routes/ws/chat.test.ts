import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { HandClock } from '../../helper/clock.js'
import { build, testConfig, upstreamConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf, rpc } from '../../helper/rpc.js'
import { type Script, startUpstream } from '../../helper/upstream.js'

const protocol = new ProtocolSchema()

/** A gateway whose model is this script. */
async function withUpstream(t: Test, script: Script, more: object = {}) {
  const upstream = await startUpstream(t, script)
  const app = await build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), ...more }))
  const send = (message: string, idempotencyKey: string, params: object = {}) =>
    resultOf(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey, ...params })
  const done = (runId: string) => resultOf(app, 'agent.wait', { runId, timeoutMs: 10_000 })
  const history = (params: object = {}) => resultOf(app, 'chat.history', { sessionKey: 'main', ...params })
  return { upstream, app, send, done, history }
}

/** A model that answers when it is told to. */
function gated(answer = 'done') {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), script: async () => opened.then(() => answer) }
}

const texts = (page: { messages: { role: string; content: { text?: string }[] }[] }) =>
  page.messages.map(({ role, content }) => [role, content.map(({ text }) => text).join('')])

t.test('a message is taken at once, answered once, and found in the history', async (t) => {
  const { app, send, done, history, upstream } = await withUpstream(t, 'Hello there')
  t.match(await history(), { sessionKey: 'agent:main:main', messages: [], totalMessages: 0, hasMore: false })
  t.strictSame(await send('hi', 'run-1'), { runId: 'run-1', status: 'started' })
  t.match(await done('run-1'), { runId: 'run-1', status: 'ok', startedAt: Number, endedAt: Number })
  t.strictSame(await send('hi', 'run-1'), { runId: 'run-1', status: 'ok' })
  t.equal(upstream.requests.length, 1)
  const page = await history()
  t.match(page, {
    totalMessages: 2,
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: 'hi' }],
        idempotencyKey: 'run-1:user',
        __openclaw: { seq: 1, runId: 'run-1' },
      },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello there' }],
        provider: 'upstream',
        model: 'one',
        stopReason: 'stop',
        usage: { input: Number, output: Number, totalTokens: Number },
        __openclaw: { seq: 2 },
      },
    ],
    pendingInputs: { items: [], total: 0 },
    sessionInfo: { key: 'agent:main:main', status: 'done', hasActiveRun: false, lastRunId: 'run-1' },
    defaults: { modelProvider: 'upstream', model: 'one' },
  })
  t.equal(page.sessionInfo.activeLeafEntryId, page.messages[1].__openclaw.id)
  t.ok(page.sessionInfo.totalTokens > 0)
  const messageId = page.messages[0].__openclaw.id
  const one = await resultOf(app, 'chat.message.get', { sessionKey: 'main', messageId })
  t.match(one, { ok: true, message: { role: 'user' } })
  t.strictSame(protocol.problems('ChatMessageGetResult', one), [])
  t.match(await resultOf(app, 'chat.message.get', { sessionKey: 'main', messageId: 'x.1' }), {
    ok: false,
    unavailableReason: 'not_found',
  })
  const branches = await resultOf(app, 'sessions.branches.list', { sessionKey: 'main' })
  t.match(branches, { branches: [{ leafEntryId: page.messages[1].__openclaw.id, messageCount: 2, active: true }] })
  t.strictSame(protocol.problems('SessionsBranchesListResult', branches), [])
  t.match(await resultOf(app, 'chat.startup', { sessionKey: 'main', limit: 80, maxBytes: 262_144 }), {
    totalMessages: 2,
    metadata: { models: [{ id: 'one', provider: 'upstream', name: 'One' }], commands: [] },
  })
  t.strictSame(await history({ cursor: 'x' }), { kind: 'reset' })
})

t.test('turns of one session run in order, each once, and wait in sight', async (t) => {
  const gate = gated()
  const { app, send, done, history, upstream } = await withUpstream(t, gate.script)
  await send('one', 'run-1')
  await until(() => upstream.active === 1)
  t.strictSame(await send('one', 'run-1'), { runId: 'run-1', status: 'in_flight' })
  await Promise.all(['two', 'three'].map((word) => send(word, `run-${word}`, { queueMode: 'followup' })))
  const waiting = await history()
  t.match(waiting, {
    inFlightRun: { runId: 'run-1', text: '' },
    sessionInfo: { status: 'running', hasActiveRun: true, activeRunIds: ['run-1', 'run-two', 'run-three'] },
    pendingInputs: {
      total: 2,
      items: [
        { runId: 'run-two', state: 'queued', message: { content: [{ text: 'two' }] } },
        { runId: 'run-three', state: 'queued' },
      ],
    },
  })
  t.strictSame(texts(waiting), [['user', 'one']])
  t.match(await errorOf(app, 'chat.send', { sessionKey: 'other', message: 'x', idempotencyKey: 'run-1' }), {
    code: 'conflict',
    message: /another session/,
  })
  gate.open()
  t.match(await done('run-three'), { status: 'ok' })
  t.strictSame(
    texts(await history())
      .filter(([role]) => role === 'user')
      .flat(),
    ['user', 'one', 'user', 'two', 'user', 'three'],
  )
  t.equal(upstream.requests.length, 3)
})

t.test('chat.abort reaches the model, and ends a waiting turn before it begins', async (t) => {
  const { app, send, done, history, upstream } = await withUpstream(t, {
    text: 'a long answer',
    delayMs: 5,
    hangAfter: 2,
  })
  await send('one', 'run-1')
  await until(async () => (await history()).inFlightRun?.text !== undefined && upstream.active === 1)
  await send('two', 'run-2')
  const abort = (params: object = {}) => resultOf(app, 'chat.abort', { sessionKey: 'main', ...params })
  t.strictSame(await abort({ runId: 'unknown' }), { ok: true, aborted: false, runIds: [] })
  t.match(await errorOf(app, 'chat.abort', { sessionKey: 'other', runId: 'run-1' }), { message: /does not match/ })
  t.strictSame(await abort({ runId: 'run-2' }), { ok: true, aborted: true, runIds: ['run-2'] })
  t.match(await done('run-2'), { status: 'error', stopReason: 'aborted' })
  await until(async () => ((await history()).inFlightRun?.text ?? '') !== '')
  t.strictSame(await abort(), { ok: true, aborted: true, runIds: ['run-1'] })
  t.match(await done('run-1'), { status: 'error', error: 'aborted', stopReason: 'aborted' })
  await upstream.requests[0]?.closed
  t.equal(upstream.requests[0]?.aborted, true)
  t.equal(upstream.requests.length, 1)
  const page = await history()
  t.match(page, { messages: [{ role: 'user' }, { role: 'assistant', stopReason: 'aborted' }] })
  t.match(page.sessionInfo, { status: 'killed', abortedLastRun: true })
  t.match(page.pendingInputs, { total: 0 })
  t.match(await send('one', 'run-1'), { status: 'error', error: 'aborted' })
})

t.test('sessions.abort ends the running turn; the next one begins', async (t) => {
  const script: Script = (_request, number) => (number === 0 ? { hangAfter: 0 } : 'second answer')
  const { app, send, done, upstream } = await withUpstream(t, script)
  await send('one', 'run-1')
  await until(() => upstream.active === 1)
  await send('two', 'run-2')
  t.strictSame(await resultOf(app, 'sessions.abort', { key: 'main' }), {
    ok: true,
    abortedRunId: 'run-1',
    status: 'aborted',
  })
  t.match(await done('run-2'), { status: 'ok' })
  t.match(await resultOf(app, 'sessions.abort', { runId: 'run-2' }), { abortedRunId: null, status: 'no-active-run' })
  t.match(await errorOf(app, 'sessions.abort'), { code: 'invalid_params' })
})

t.test('queueMode interrupt ends what runs and begins at once', async (t) => {
  const script: Script = (_request, number) => (number === 0 ? { hangAfter: 0 } : 'answer')
  const { send, done, upstream } = await withUpstream(t, script)
  await send('one', 'run-1')
  await until(() => upstream.active === 1)
  await send('two', 'run-2', { queueMode: 'interrupt' })
  t.match(await done('run-1'), { stopReason: 'aborted' })
  t.match(await done('run-2'), { status: 'ok' })
})

t.test('a turn that fails or takes too long says so', async (t) => {
  const script: Script = ({ body }) =>
    JSON.stringify(body).includes('slow') && !JSON.stringify(body).includes('refused')
      ? { hangAfter: 0 }
      : { status: 401, body: { error: {} } }
  const { app, send, done, history } = await withUpstream(t, script)
  await send('slow', 'run-1', { timeoutMs: 50 })
  t.match(await done('run-1'), { status: 'timeout', error: 'run_timeout' })
  t.match((await history()).sessionInfo, { status: 'timeout', lastRunError: 'run_timeout' })
  await send('refused', 'run-2')
  t.match(await done('run-2'), { status: 'error', error: 'upstream_auth_failed' })
  t.match(await resultOf(app, 'agent.wait', { runId: 'nobody knows', timeoutMs: 10 }), { status: 'timeout' })
  t.match(await errorOf(app, 'agent', { message: 'x', idempotencyKey: 'run-2' }), { code: 'upstream_auth_failed' })
})

t.test('images reach the model, other attachments are refused', async (t) => {
  const models = (baseUrl: string) => ({
    models: {
      providers: {
        upstream: { baseUrl, apiKey: 'k', models: [{ id: 'one', name: 'One', input: ['text', 'image'] }] },
      },
    },
  })
  const upstream = await startUpstream(t, 'I see')
  const app = await build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), ...models(upstream.baseUrl) }))
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]).toString('base64')
  const image = { type: 'image', mimeType: 'image/png', fileName: 'a.png', content: png }
  const params = { sessionKey: 'main', message: '', idempotencyKey: 'run-1', attachments: [image] }
  await resultOf(app, 'chat.send', params)
  t.match(await resultOf(app, 'agent.wait', { runId: 'run-1' }), { status: 'ok' })
  t.match(upstream.requests[0]?.body, {
    messages: [{}, { content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }] }],
  })
  const { messages } = await resultOf(app, 'chat.history', { sessionKey: 'main' })
  t.match(messages[0].content, [{ type: 'image', mimeType: 'image/png', omitted: true, bytes: 12 }])
  t.notOk('data' in messages[0].content[0])
  const messageId = messages[0].__openclaw.id
  const whole = await resultOf(app, 'chat.message.get', { sessionKey: 'main', messageId })
  t.match(whole, { message: { content: [{ type: 'image', data: png }] } })
  const refusals: [attachment: object, code: string][] = [
    [{ type: 'file', mimeType: 'application/pdf', fileName: 'a.pdf', content: png }, 'unsupported_value'],
    [{ ...image, content: undefined }, 'invalid_base64_image'],
    [{ ...image, content: '%%%' }, 'invalid_base64_image'],
    [{ ...image, content: 'aGVsbG8=' }, 'invalid_image_format'],
  ]
  for (const [attachment, code] of refusals) {
    const refused = { ...params, idempotencyKey: 'run-2', attachments: [attachment] }
    t.match(await errorOf(app, 'chat.send', refused), { status: 400, code })
  }
})

t.test('what chat.send refuses', async (t) => {
  const { app, send, done, history } = await withUpstream(t, 'ok')
  const params = { sessionKey: 'main', message: 'x', idempotencyKey: 'k' }
  const refused = (more: object) => errorOf(app, 'chat.send', { ...params, ...more })
  t.match(await refused({ message: '  ' }), { message: 'message or attachment required' })
  t.match(await refused({ idempotencyKey: undefined }), {
    message: "invalid chat.send params: must have required property 'idempotencyKey'",
  })
  t.match(await refused({ sessionKey: 'agent:ghost:x' }), { message: 'unknown agent id "ghost"' })
  t.match(await refused({ deliver: true }), { code: 'unsupported_parameter' })
  t.match(await refused({ expectedLeafEntryId: 'old' }), { details: { reason: 'active-leaf-changed' } })
  await send('x', 'run-1', { expectedLeafEntryId: null })
  await done('run-1')
  const { sessionInfo, sessionId } = await history()
  t.match(await refused({ expectedLeafEntryId: null }), {
    details: { activeLeafEntryId: sessionInfo.activeLeafEntryId },
  })
  t.match(await refused({ sessionId: 'another' }), { code: 'conflict', details: { sessionId } })
  await send('y', 'run-2', { expectedLeafEntryId: sessionInfo.activeLeafEntryId, sessionId })
  await done('run-2')
  await resultOf(app, 'sessions.patch', { key: 'main', sendPolicy: 'deny' })
  t.match(await refused({}), { message: 'send blocked by session policy' })
})

t.test('a session that drops what is new takes its cap and tells the next to come back', async (t) => {
  const gate = gated()
  const { app, send, done } = await withUpstream(t, gate.script, { messages: { queue: { cap: 16, drop: 'new' } } })
  for (let n = 0; n <= 16; n += 1) await send(`message ${n}`, `run-${n}`)
  const refused = await rpc(app, 'chat.send', { sessionKey: 'main', message: 'x', idempotencyKey: 'late' })
  t.match(refused, { status: 429, body: { error: { code: 'session_busy' } } })
  gate.open()
  t.match(await done('run-16'), { status: 'ok' })
})

t.test('the history pages by count, bytes and characters', async (t) => {
  const { app, history } = await withUpstream(t, 'unused')
  const inject = (message: string) => resultOf(app, 'chat.inject', { sessionKey: 'main', message })
  for (let n = 0; n < 10; n += 1) await inject(`message ${n} ${'x'.repeat(100)}`)
  const numbers = (page: { messages: { content: { text: string }[] }[] }) =>
    page.messages.map(({ content }) => Number(content[0]?.text.split(' ')[1]))
  const first = await history({ limit: 4 })
  t.strictSame(numbers(first), [6, 7, 8, 9])
  t.match(first, { hasMore: true, nextOffset: 4, totalMessages: 10 })
  t.strictSame(numbers(await history({ limit: 4, offset: 8 })), [0, 1])
  t.notOk('nextOffset' in (await history({ limit: 4, offset: 8 })))
  t.strictSame((await history({ offset: 10 })).messages, [])
  const bytes = await history({ maxBytes: 1_000 })
  t.ok(Buffer.byteLength(JSON.stringify(bytes.messages)) <= 1_010)
  t.match(bytes, { hasMore: true, nextOffset: bytes.messages.length })
  t.equal(numbers(await history({ limit: 1, offset: bytes.nextOffset }))[0], 9 - bytes.messages.length)
  const cut = await history({ limit: 1, maxChars: 9 })
  t.match(cut.messages, [{ content: [{ text: 'message 9\n...(truncated)...' }], __openclaw: { truncated: true } }])
  await inject('y'.repeat(600_000))
  const large = await history({ limit: 2, maxChars: 500_000 })
  t.match(large.messages[1].content, [{ text: '[chat.history omitted: message too large]' }])
  t.equal((await history({ maxBytes: 1 })).messages.length, 1, 'there is always progress')
})

t.test('chat.inject puts words into the mouth of the assistant', async (t) => {
  const { app, send, done, upstream } = await withUpstream(t, 'ok')
  const injected = await resultOf(app, 'chat.inject', { sessionKey: 'main', message: 'Note', label: 'cron' })
  t.match(injected, { ok: true, messageId: /\.0$/ })
  await send('and now?', 'run-1')
  await done('run-1')
  t.match(upstream.requests[0]?.body.messages, [
    { role: 'system' },
    { role: 'assistant', content: '[cron]\n\nNote' },
    { role: 'user', content: 'and now?' },
  ])
})

t.test('a session is the same over HTTP and over the control plane', async (t) => {
  const { app, send, done, upstream } = await withUpstream(t, 'answer')
  const headers = { authorization: 'Bearer test-token-0123456789abcdef', 'x-openclaw-session-key': 'Room' }
  const say = (content: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/chat/completions',
      headers,
      payload: { messages: [{ role: 'user', content }] },
    })
  t.equal((await say('one')).statusCode, 200)
  await send('two', 'run-2', { sessionKey: 'Room' })
  await done('run-2')
  t.equal((await say('three')).statusCode, 200)
  t.strictSame(texts(await resultOf(app, 'chat.history', { sessionKey: 'agent:main:Room' })), [
    ['user', 'one'],
    ['assistant', 'answer'],
    ['user', 'two'],
    ['assistant', 'answer'],
    ['user', 'three'],
    ['assistant', 'answer'],
  ])
  t.match(upstream.requests[2]?.body.messages, { length: 6 })
})

t.test('a reset or delete ends the turn that runs', async (t) => {
  const { app, send, done, history, upstream } = await withUpstream(t, { hangAfter: 0 })
  await send('one', 'run-1')
  await until(() => upstream.active === 1)
  const { sessionId } = await history()
  await resultOf(app, 'sessions.reset', { key: 'main' })
  t.match(await done('run-1'), { stopReason: 'aborted' })
  t.match(await history(), { messages: [], totalMessages: 0 })
  t.strictSame(texts(await history({ sessionId })), [['user', 'one']], 'the old transcript stays readable')
  t.match(await errorOf(app, 'chat.history', { sessionKey: 'main', sessionId: 'x' }), { message: /no transcript x/ })
  await send('two', 'run-2', { sessionKey: 'side' })
  await until(() => upstream.active === 1)
  await resultOf(app, 'sessions.delete', { key: 'side' })
  t.match(await done('run-2'), { stopReason: 'aborted' })
  t.match(await resultOf(app, 'sessions.describe', { key: 'side' }), { session: null })
})

t.test("a session's own model and thinking level count, and those of one turn before them", async (t) => {
  const models = { providers: {} as Record<string, object> }
  const upstream = await startUpstream(t, 'ok')
  models.providers.upstream = {
    baseUrl: upstream.baseUrl,
    apiKey: 'k',
    models: [
      { id: 'one', name: 'One' },
      { id: 'two', name: 'Two', cost: { input: 1, output: 2 } },
    ],
  }
  const app = await build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), models }))
  await resultOf(app, 'sessions.patch', { key: 'main', model: 'upstream/two', thinkingLevel: 'low' })
  const turn = async (runId: string, thinking?: string) => {
    await resultOf(app, 'chat.send', { sessionKey: 'main', message: 'x', idempotencyKey: runId, thinking })
    await resultOf(app, 'agent.wait', { runId })
    return upstream.requests.at(-1)?.body
  }
  t.match(await turn('run-1'), { model: 'two', reasoning_effort: 'low' })
  t.match(await turn('run-2', 'high'), { model: 'two', reasoning_effort: 'high' })
  t.notOk('reasoning_effort' in ((await turn('run-3', 'off')) ?? {}))
  const { session } = await resultOf(app, 'sessions.describe', { key: 'main' })
  t.ok(session.estimatedCostUsd > 0)
})

t.test('sessions.create says its first message, sessions.send the next', async (t) => {
  const { app, done, history, upstream } = await withUpstream(t, 'ok')
  const made = await resultOf(app, 'sessions.create', { message: 'first', idempotencyKey: 'k' })
  t.match(made, { runStarted: true, runId: 'k' })
  await done('k')
  t.match(await resultOf(app, 'sessions.create', { message: 'first', idempotencyKey: 'k' }), {
    key: made.key,
    runId: 'k',
  })
  const sent = await resultOf(app, 'sessions.send', { key: made.key, message: 'next' })
  t.match(await done(sent.runId), { status: 'ok' })
  t.strictSame(texts(await history({ sessionKey: made.key })).length, 4)
  t.equal(upstream.requests.length, 2)
  await resultOf(app, 'sessions.patch', { key: 'closed', sendPolicy: 'deny' })
  t.match(await resultOf(app, 'sessions.create', { key: 'closed', message: 'x' }), {
    ok: true,
    runStarted: false,
    runError: { code: 'INVALID_REQUEST', message: 'send blocked by session policy' },
  })
})

t.test('sessions.compact leaves alone what is short', async (t) => {
  const { app, send, done } = await withUpstream(t, 'ok')
  t.match(await resultOf(app, 'sessions.compact', { key: 'main' }), { ok: true, compacted: false })
  await send('x', 'run-1')
  await done('run-1')
  t.match(await resultOf(app, 'sessions.compact', { key: 'main' }), {
    ok: true,
    compacted: false,
    reason: 'nothing to compact',
  })
})

t.test('a hundred messages sent at once keep their order', async (t) => {
  const upstream = await startUpstream(t, 'ok')
  const config = upstreamConfig(upstream.baseUrl) as { agents: { defaults: object } }
  const defaults = { ...config.agents.defaults, maxQueuedTurns: 200 }
  const app = await build(t, testConfig({ ...config, agents: { defaults } }))
  const names = Array.from({ length: 100 }, (_, n) => `message ${n}`)
  const params = (message: string) => ({ sessionKey: 'main', message, idempotencyKey: message })
  await Promise.all(names.map((name) => resultOf(app, 'chat.send', params(name))))
  t.match(await resultOf(app, 'agent.wait', { runId: 'message 99', timeoutMs: 60_000 }), { status: 'ok' })
  const page = await resultOf(app, 'chat.history', { sessionKey: 'main', limit: 1_000 })
  const said = texts(page).flatMap(([role, text]) => (role === 'user' ? [text] : []))
  t.strictSame(said, names)
})

t.test('a session begins anew with the first message of a day, unless the config says otherwise', async (t) => {
  const talk = async (session: object) => {
    const clock = new HandClock()
    const app = await build(t, testConfig({ session }), { clock })
    const say = async (idempotencyKey: string) => {
      await resultOf(app, 'chat.send', { sessionKey: 'main', message: 'hi', idempotencyKey })
      await until(async () => (await resultOf(app, 'sessions.describe', { key: 'main' })).session.status === 'done')
    }
    await say('one')
    clock.advance(60_000)
    await say('two')
    const before = await resultOf(app, 'chat.history', { sessionKey: 'main' })
    t.equal(before.totalMessages, 4)
    clock.advance(24 * 3_600_000)
    await say('three')
    const { totalMessages, sessionInfo } = await resultOf(app, 'chat.history', { sessionKey: 'main' })
    return { totalMessages, fresh: sessionInfo.previousSessionId === before.sessionId }
  }
  t.strictSame(await talk({}), { totalMessages: 2, fresh: true })
  t.strictSame(await talk({ reset: { mode: 'none' } }), { totalMessages: 6, fresh: false })
})

t.test('chat.abort ends a turn of the HTTP door too', async (t) => {
  const { app, upstream } = await withUpstream(t, { hangAfter: 0 })
  const headers = { authorization: 'Bearer test-token-0123456789abcdef', 'x-openclaw-session-key': 'Room' }
  const payload = { messages: [{ role: 'user', content: 'hi' }] }
  const answer = app.inject({ method: 'POST', url: '/v1/chat/completions', headers, payload })
  await until(() => upstream.active === 1)
  t.match(await resultOf(app, 'chat.abort', { sessionKey: 'Room' }), { aborted: true, runIds: [/^run_/] })
  const { statusCode, body } = await answer
  t.equal(statusCode, 499)
  t.match(JSON.parse(body), { error: { code: 'run_aborted' } })
  await upstream.requests[0]?.closed
  t.equal(upstream.requests[0]?.aborted, true)
})
