import t, { type Test } from 'tap'
import { postChat, until } from '../../helper/calls.js'
import { testConfig, upstreamConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { startGateway } from '../../helper/running.js'
import { connected, type TestSocket } from '../../helper/socket.js'
import { type Script, startUpstream } from '../../helper/upstream.js'

const protocol = new ProtocolSchema()

async function withUpstream(t: Test, script: Script) {
  const upstream = await startUpstream(t, script)
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const open = (more: object = {}) => connected(t, gateway.url.replace('http', 'ws'), more)
  return { upstream, gateway, open }
}

const payloads = (socket: TestSocket, event: string) =>
  socket.frames.filter((frame) => frame.event === event).map(({ payload }) => payload)

/** Checks that every event of a turn is legal and that their order is. */
function checkTurn(t: Test, socket: TestSocket, runId: string): void {
  const chat = payloads(socket, 'chat').filter((payload) => payload.runId === runId)
  const agent = payloads(socket, 'agent').filter((payload) => payload.runId === runId)
  const shapes: Record<string, string> = {
    delta: 'ChatDeltaEvent',
    final: 'ChatFinalEvent',
    aborted: 'ChatAbortedEvent',
    error: 'ChatErrorEvent',
  }
  for (const payload of chat) t.strictSame(protocol.problems(shapes[payload.state] ?? '', payload), [], payload.state)
  const newer = ['/sessionKey', '/agentId']
  for (const payload of agent) t.strictSame(protocol.problems('AgentEvent', payload, newer), [], payload.stream)
  t.strictSame(
    agent.map(({ seq }) => seq),
    agent.map((_, index) => index + 1),
    'agent events count from 1',
  )
  for (const [index, { seq }] of chat.entries()) t.ok(seq >= (chat[index - 1]?.seq ?? 0), 'the seq of chat never falls')
  t.equal(chat.filter(({ state }) => state !== 'delta').length, 1, 'one end')
  t.not(chat.at(-1)?.state, 'delta', 'the end is the last')
}

t.test('a turn is seen as it runs: deltas that grow, an exact end', async (t) => {
  const words = Array.from({ length: 60 }, (_, n) => `word${n} `).join('')
  const { open } = await withUpstream(t, { text: words, chunkSize: 7, delayMs: 5 })
  const socket = await open()
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-1' })
  const final = await socket.event('chat', ({ state }) => state === 'final')
  t.match(final.payload, {
    runId: 'run-1',
    sessionKey: 'agent:main:main',
    agentId: 'main',
    message: { role: 'assistant', content: [{ type: 'text', text: words }] },
    stopReason: 'stop',
    usage: { totalTokens: Number },
  })
  checkTurn(t, socket, 'run-1')
  const deltas = payloads(socket, 'chat').filter(({ state }) => state === 'delta')
  let text = ''
  for (const delta of deltas) {
    text += delta.deltaText
    t.equal(delta.message.content[0].text, text, 'the message is what was said so far')
  }
  t.equal(text, words)
  t.ok(deltas.length < 40, 'deltas are joined')
  const phases = payloads(socket, 'agent').flatMap(({ stream, data }) => (stream === 'lifecycle' ? [data.phase] : []))
  t.strictSame(phases, ['start', 'model', 'finishing', 'end'])
  const said = payloads(socket, 'agent').filter(({ stream }) => stream === 'assistant')
  t.equal(said.map(({ data }) => data.delta).join(''), words)
  t.match(
    payloads(socket, 'agent').filter(({ stream }) => stream === 'usage'),
    [{ data: { outputTokens: Number } }],
  )
})

t.test('a turn of the HTTP door is seen, whole or streamed; one without a session is nobody’s business', async (t) => {
  const { gateway, open } = await withUpstream(t, 'answer over HTTP')
  const socket = await open()
  for (const stream of [true, false]) await (await postChat(gateway, { user: 'ann', stream })).text()
  await until(() => payloads(socket, 'chat').filter(({ state }) => state === 'final').length === 2)
  const runs = [...new Set(payloads(socket, 'chat').map(({ runId }) => runId))]
  t.equal(runs.length, 2)
  for (const runId of runs) checkTurn(t, socket, runId)
  t.match(payloads(socket, 'chat').at(-1), {
    sessionKey: 'agent:main:openai-user:ann',
    message: { content: [{ text: 'answer over HTTP' }] },
  })
  const before = socket.frames.length
  await (await postChat(gateway, { stream: true })).text()
  await socket.call('health')
  t.strictSame(
    socket.frames.slice(before).flatMap(({ event }) => event ?? []),
    [],
  )
})

t.test('an aborted and a failed turn end in words', async (t) => {
  const script: Script = (_request, number) =>
    number === 0 ? { text: 'partial answer', hangAfter: 2 } : { status: 401, body: { error: { message: 'no' } } }
  const { open } = await withUpstream(t, script)
  const socket = await open()
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-1' })
  await socket.event('chat', ({ state }) => state === 'delta')
  await socket.call('chat.abort', { sessionKey: 'main' })
  const aborted = await socket.event('chat', ({ state }) => state === 'aborted')
  t.match(aborted.payload, { stopReason: 'aborted', message: { content: [{ text: /^parti/ }] } })
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-2' })
  const error = await socket.event('chat', ({ state }) => state === 'error')
  t.match(error.payload, { runId: 'run-2', errorKind: 'unknown', errorMessage: /refused its key/ })
  for (const runId of ['run-1', 'run-2']) checkTurn(t, socket, runId)
})

t.test('a turn that never begins ends too: without a model, or taken back while it waits', async (t) => {
  const { open, upstream } = await withUpstream(t, { hangAfter: 0 })
  const socket = await open()
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-1' })
  await until(() => upstream.active === 1)
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-2' })
  await socket.call('chat.abort', { sessionKey: 'main', runId: 'run-2' })
  await socket.event('chat', ({ state, runId }) => state === 'aborted' && runId === 'run-2')
  const refused = await socket.request(
    'agent',
    { message: 'x', sessionKey: 'b', idempotencyKey: 'run-3', model: 'no/ne' },
    { final: true },
  )
  t.equal(refused.ok, false)
  await socket.event('chat', ({ state, runId }) => state === 'error' && runId === 'run-3')
  for (const runId of ['run-2', 'run-3']) checkTurn(t, socket, runId)
})

t.test('changes of sessions go to those who asked, messages to those who asked for the session', async (t) => {
  const { open } = await withUpstream(t, 'answer')
  const [watcher, other] = [await open(), await open()]
  t.strictSame(await watcher.call('sessions.subscribe', {}), { subscribed: true })
  t.match(await watcher.call('sessions.messages.subscribe', { key: 'main' }), {
    subscribed: true,
    key: 'agent:main:main',
  })
  await other.call('chat.send', { sessionKey: 'main', message: 'question', idempotencyKey: 'run-1' })
  await other.call('chat.send', { sessionKey: 'side', message: 'aside', idempotencyKey: 'run-2' })
  const ended = await watcher.event('sessions.changed', ({ phase, runId }) => phase === 'end' && runId === 'run-1')
  t.match(ended.payload, {
    sessionKey: 'agent:main:main',
    agentId: 'main',
    key: 'agent:main:main',
    status: 'done',
    hasActiveRun: false,
    session: { status: 'done', derivedTitle: 'question', lastMessagePreview: 'answer' },
  })
  t.strictSame(protocol.problems('SessionRow', ended.payload.session), [])
  await watcher.event('sessions.changed', ({ phase, runId }) => phase === 'end' && runId === 'run-2')
  const reasons = payloads(watcher, 'sessions.changed').filter(({ runId }) => runId === 'run-1')
  t.match(reasons, [{ reason: 'send' }, { phase: 'start', status: 'running' }, { phase: 'end' }])
  const messages = payloads(watcher, 'session.message')
  t.match(messages, [
    { sessionKey: 'agent:main:main', messageSeq: 1, message: { role: 'user', idempotencyKey: 'run-1:user' } },
    { messageSeq: 2, messageId: /\.1$/, message: { role: 'assistant', content: [{ text: 'answer' }] } },
  ])
  t.equal(messages.length, 2, 'the other session was not asked for')
  t.strictSame(payloads(other, 'sessions.changed'), [])
  t.strictSame(payloads(other, 'session.message'), [])

  await watcher.call('sessions.messages.unsubscribe', { key: 'main' })
  await other.call('chat.inject', { sessionKey: 'main', message: 'note' })
  const injected = await other.event('chat', ({ message }) => message?.content[0].text === 'note')
  t.strictSame(protocol.problems('ChatFinalEvent', injected.payload), [])
  await other.call('sessions.patch', { key: 'side', label: 'Side' })
  await other.call('sessions.reset', { key: 'side' })
  await other.call('sessions.delete', { key: 'side' })
  const gone = await watcher.event('sessions.changed', ({ reason }) => reason === 'delete')
  t.match(gone.payload, { sessionKey: 'agent:main:side', session: null })
  const seen = payloads(watcher, 'sessions.changed').flatMap(({ reason }) => reason ?? [])
  t.strictSame(seen.slice(-4), ['inject', 'patch', 'reset', 'delete'])
  t.equal(payloads(watcher, 'session.message').length, 2)
})

t.test('who may not read sees nothing of it', async (t) => {
  const { open } = await withUpstream(t, 'answer')
  const blind = await open({ scopes: ['operator.pairing'] })
  const socket = await open()
  t.equal((await blind.request('sessions.subscribe', {})).error?.code, 'FORBIDDEN')
  await socket.call('chat.send', { sessionKey: 'main', message: 'go', idempotencyKey: 'run-1' })
  await socket.event('chat', ({ state }) => state === 'final')
  await blind.call('health')
  t.strictSame(
    blind.frames.flatMap(({ event }) => (event === 'chat' || event === 'agent' ? [event] : [])),
    [],
  )
})

t.test('subscriptions need a socket, list params bring a page, one socket watches a bounded number', async (t) => {
  const { open, gateway } = await withUpstream(t, 'answer')
  const socket = await open()
  t.match(await socket.call('sessions.subscribe', { limit: 5 }), { subscribed: true, list: { count: 0, sessions: [] } })
  for (let n = 0; n < 256; n += 1) await socket.call('sessions.messages.subscribe', { key: `s${n}` })
  t.equal((await socket.request('sessions.messages.subscribe', { key: 'more' })).error?.code, 'INVALID_REQUEST')
  t.match(await socket.call('sessions.viewers.set', { sessionKeys: ['main'] }), { sessionKeys: ['agent:main:main'] })
  t.strictSame(await socket.call('sessions.observer.visibility', { visible: true }), { ok: true })
  const headers = { authorization: 'Bearer test-token-0123456789abcdef', 'content-type': 'application/json' }
  const answer = await fetch(`${gateway.url}/rpc/sessions.subscribe`, { method: 'POST', headers, body: '{}' })
  t.equal(answer.status, 400)
  t.match(await answer.json(), { error: { message: /over a WebSocket/ } })
})
