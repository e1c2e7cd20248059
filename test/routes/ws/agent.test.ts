import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { build, testConfig, upstreamConfig } from '../../helper/gateway.js'
import { errorOf, openConfig, resultOf, rpc } from '../../helper/rpc.js'
import { startGateway } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'
import { type Script, startUpstream } from '../../helper/upstream.js'

async function withUpstream(t: Test, script: Script) {
  const upstream = await startUpstream(t, script)
  return { upstream, app: await build(t, testConfig(upstreamConfig(upstream.baseUrl))) }
}

t.test('agent gives the answer of a turn; again for the same key, without a second turn', async (t) => {
  const { app, upstream } = await withUpstream(t, 'Forty-two')
  const params = { message: 'What is the answer?', idempotencyKey: 'run-1', sessionId: 'S-1', timeout: 60 }
  const first = await resultOf(app, 'agent', params)
  t.match(first, {
    runId: 'run-1',
    status: 'ok',
    summary: 'completed',
    result: {
      payloads: [{ text: 'Forty-two', mediaUrl: null }],
      meta: {
        durationMs: Number,
        aborted: false,
        stopReason: 'stop',
        agentMeta: { provider: 'upstream', model: 'one' },
      },
    },
  })
  t.strictSame(await resultOf(app, 'agent', params), first)
  t.equal(upstream.requests.length, 1)
  const { session } = await resultOf(app, 'sessions.describe', { key: 'agent:main:explicit:S-1' })
  t.equal(session.sessionId, first.result.meta.agentMeta.sessionId)
  await resultOf(app, 'agent', { message: 'And?', idempotencyKey: 'run-2', sessionId: session.sessionId })
  t.match(await resultOf(app, 'chat.history', { sessionKey: 'explicit:S-1' }), { totalMessages: 4 })
})

t.test('the first message of a session is said with what stands before the conversation', async (t) => {
  const { app, upstream } = await withUpstream(t, 'ok')
  await resultOf(app, 'agent', { message: 'x', idempotencyKey: 'k', extraSystemPrompt: 'Answer in rhymes.' })
  t.match(upstream.requests[0]?.body.messages, [{ role: 'system', content: /Answer in rhymes\.$/ }, { role: 'user' }])
  t.match(await resultOf(app, 'chat.history', { sessionKey: 'main' }), { totalMessages: 2 })
})

t.test('over a socket it is accepted first; who asks again joins', async (t) => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const upstream = await startUpstream(t, async () => opened.then(() => 'late'))
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const params = { message: 'x', idempotencyKey: 'run-1' }
  const accepted = await socket.call('agent', params)
  t.match(accepted, { runId: 'run-1', status: 'accepted', sessionKey: 'agent:main:main', agentId: 'main' })
  const joined = socket.call('agent', params, { final: true })
  const waited = socket.call('agent.wait', { runId: 'run-1' })
  open()
  t.match(await joined, { status: 'ok', result: { payloads: [{ text: 'late' }] } })
  t.match(await waited, { status: 'ok' })
  const finals = () => socket.frames.filter(({ payload }) => payload?.summary === 'completed')
  await until(() => finals().length === 2)
  t.equal(upstream.requests.length, 1)
})

t.test('a turn goes on when its caller leaves', async (t) => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const upstream = await startUpstream(t, async () => opened.then(() => 'done'))
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const url = gateway.url.replace('http', 'ws')
  const socket = await connected(t, url)
  await socket.call('agent', { message: 'x', idempotencyKey: 'run-1' })
  socket.ws.terminate()
  await until(() => upstream.active === 1)
  open()
  const other = await connected(t, url)
  t.match(await other.call('agent.wait', { runId: 'run-1' }), { status: 'ok' })
  t.match(await other.call('agent', { message: 'x', idempotencyKey: 'run-1' }, { final: true }), {
    result: { payloads: [{ text: 'done' }] },
  })
})

t.test('an aborted turn gives what was said by then', async (t) => {
  const { app, upstream } = await withUpstream(t, { text: 'a long answer', chunkSize: 6, hangAfter: 3 })
  const answer = resultOf(app, 'agent', { message: 'x', idempotencyKey: 'run-1' })
  await until(() => upstream.active === 1)
  await until(async () => (await resultOf(app, 'chat.history', { sessionKey: 'main' })).inFlightRun?.text !== '')
  await resultOf(app, 'chat.abort', { sessionKey: 'main' })
  t.match(await answer, { status: 'error', summary: 'aborted', result: { meta: { aborted: true } } })
})

t.test('/new and /reset begin the session anew, once', async (t) => {
  const { app } = await withUpstream(t, 'ok')
  const agent = (message: string, idempotencyKey: string) => resultOf(app, 'agent', { message, idempotencyKey })
  const total = async () => (await resultOf(app, 'chat.history', { sessionKey: 'main' })).totalMessages
  await agent('one', 'run-1')
  await agent('/new two', 'run-2')
  t.equal(await total(), 2)
  await agent('/new two', 'run-2')
  t.equal(await total(), 2, 'the same key begins nothing anew')
  t.match(await agent('/reset', 'run-3'), { status: 'ok', summary: 'new session' })
  t.equal(await total(), 0)
  await agent('/newspaper?', 'run-4')
  t.equal(await total(), 2)
})

t.test('what agent needs and refuses', async (t) => {
  const app = await build(t, openConfig())
  const write = { 'x-openclaw-scopes': 'operator.write' }
  const cases: [params: object, allowed: boolean][] = [
    [{ message: 'hi' }, true],
    [{ message: '/newspaper' }, true],
    [{ message: ' /new' }, false],
    [{ message: '/RESET now' }, false],
    [{ message: 'hi', model: 'builtin/echo' }, false],
  ]
  for (const [n, [params, allowed]] of cases.entries()) {
    const { status, body } = await rpc(app, 'agent', { ...params, idempotencyKey: `k${n}` }, write)
    if (allowed) t.equal(status, 200, JSON.stringify(body))
    else t.match(body, { error: { code: 'missing_scope', details: { missingScope: 'operator.admin' } } })
  }
  t.match(await errorOf(app, 'agent', { message: 'x' }), { message: /must have required property 'idempotencyKey'/ })
  t.match(await errorOf(app, 'agent', { message: '', idempotencyKey: 'k' }), { code: 'invalid_params' })
  t.match(await errorOf(app, 'agent', { message: 'x', idempotencyKey: 'k', deliver: true }), { message: /"deliver"/ })
  t.match(await errorOf(app, 'agent', { message: 'x', idempotencyKey: 'k', agentId: 'ghost' }), {
    code: 'agent_not_found',
  })
  t.match(await errorOf(app, 'agent', { message: 'x', idempotencyKey: 'k', model: 'nobody/none' }), {
    code: 'model_not_found',
  })
})

t.test('a reset that is asked for twice with one key happens once', async (t) => {
  const app = await build(t, testConfig())
  const say = async (message: string) => {
    await resultOf(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey: message })
    await resultOf(app, 'agent.wait', { runId: message, timeoutMs: 10_000 })
  }
  const reset = () => resultOf(app, 'agent', { message: '/reset', idempotencyKey: 'again', sessionKey: 'main' })
  await say('one')
  t.match(await reset(), { status: 'ok', summary: 'new session' })
  await say('two')
  t.match(await reset(), { status: 'ok', summary: 'new session' })
  const { messages } = await resultOf(app, 'chat.history', { sessionKey: 'main' })
  t.match(JSON.stringify(messages), /two/, 'what was said since is there')
  t.match(await resultOf(app, 'agent.wait', { runId: 'again', timeoutMs: 0 }), { status: 'ok' })
})
