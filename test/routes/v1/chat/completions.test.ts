import t from 'tap'
import { bearer, build, eventData, testConfig, upstreamConfig } from '../../../helper/gateway.js'
import { startUpstream } from '../../../helper/upstream.js'

const url = '/v1/chat/completions'
const messages = [{ role: 'user', content: 'hi' }]
const post = (payload: object, headers: object = {}) =>
  ({ method: 'POST', url, headers: { ...bearer, ...headers }, payload }) as const

t.test('a whole answer has every key that OpenAI’s has', async (t) => {
  const upstream = await startUpstream(t, { text: 'Hello', usage: { input: 7, output: 3 } })
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const response = await app.inject(post({ model: 'openclaw:main', messages }))
  t.equal(response.statusCode, 200)
  t.match(response.headers, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': /^req_[0-9a-f]{32}$/,
    'x-prompt-bytes': /^\d+$/,
    'x-gateway-overhead-ms': /^\d+\.\d\d$/,
    'openai-processing-ms': /^\d+$/,
  })
  t.match(response.json(), {
    id: /^chatcmpl-/,
    object: 'chat.completion',
    created: Number,
    model: 'openclaw:main',
    system_fingerprint: String,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  })
  t.equal(upstream.requests[0]?.headers.authorization, 'Bearer upstream-key-1234')
})

t.test('a stream follows OpenAI chunk by chunk', async (t) => {
  const upstream = await startUpstream(t, { text: 'Hello there', usage: { input: 7, output: 3 } })
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const response = await app.inject(post({ messages, stream: true, stream_options: { include_usage: true } }))
  t.match(response.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'x-request-id': /^req_/,
    'x-content-type-options': 'nosniff',
  })
  const data = eventData(response.body)
  t.equal(data.at(-1), '[DONE]')
  const chunks = data.slice(0, -1).map((json) => JSON.parse(json))
  t.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1)
  t.strictSame(chunks[0].choices[0].delta, { role: 'assistant', content: '', refusal: null })
  t.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), 'Hello there')
  t.strictSame(chunks.at(-2).choices, [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])
  t.match(chunks.at(-1), { choices: [], usage: { total_tokens: 10 } })
  t.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null))
  t.ok(chunks.slice(0, -1).every((chunk) => chunk.choices[0].logprobs === null))
})

t.test('without include_usage no chunk has a usage', async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const data = eventData((await app.inject(post({ messages, stream: true }))).body).slice(0, -1)
  t.ok(data.length > 2)
  t.ok(data.every((json) => !('usage' in JSON.parse(json))))
})

t.test('parameters reach the upstream as they were sent, unknown ones do not', async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const sent = { temperature: 0.5, top_p: 0.9, frequency_penalty: 1, presence_penalty: -1, seed: 7, stop: ['x'] }
  const response = await app.inject(post({ messages, ...sent, max_tokens: 5, foo: 'bar', metadata: { a: 'b' } }))
  t.equal(response.statusCode, 200)
  const body = upstream.requests[0]?.body ?? {}
  t.match(body, { ...sent, max_tokens: 5, model: 'one' })
  t.notHas(body, { foo: 'bar' })
  t.notHas(body, { metadata: {} })
})

t.test('n choices of a call that stands alone', async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const whole = (await app.inject(post({ messages, n: 3 }))).json()
  t.strictSame(
    whole.choices.map((choice: { index: number }) => choice.index),
    [0, 1, 2],
  )
  const chunks = eventData((await app.inject(post({ messages, n: 2, stream: true }))).body)
    .slice(0, -1)
    .map((json) => JSON.parse(json))
  for (const index of [0, 1]) {
    const own = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index)
    t.equal(own[0].delta.role, 'assistant')
    t.equal(own.at(-1).finish_reason, 'stop')
  }
  const session = await app.inject(post({ messages, n: 2, user: 'me' }))
  t.match(session.json(), { error: { code: 'unsupported_value', param: 'n' } })
})

t.test('a session continues under user, header and store', async (t) => {
  const upstream = await startUpstream(t, ['first', 'second', 'third'])
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const first = await app.inject(post({ messages, user: 'conv:42' }))
  t.equal(first.headers['x-openclaw-session-key'], 'agent:main:openai-user:conv:42')
  await app.inject(post({ messages: [{ role: 'user', content: 'more' }], user: 'conv:42' }))
  const sent = (upstream.requests[1]?.body.messages ?? []) as { role: string; content: string }[]
  t.strictSame(
    sent.slice(1).map(({ role, content }) => [role, content]),
    [
      ['user', 'hi'],
      ['assistant', 'first'],
      ['user', 'more'],
    ],
  )
  const kept = await app.inject(post({ messages, store: true }))
  t.match(kept.headers['x-openclaw-session-key'], /^agent:main:openai:[0-9a-f-]{36}$/)
  t.equal(await app.runtime.store.sessions.count(), 2)
})

t.test('calls that stand alone leave nothing behind', async (t) => {
  const app = await build(t)
  await app.inject(post({ messages }))
  t.equal(await app.runtime.store.sessions.count(), 0)
})

t.test('"hi" with the default agent sends under 4 KB', async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const response = await app.inject(post({ messages }))
  t.ok(Number(response.headers['x-prompt-bytes']) < 4096)
  t.ok(JSON.stringify(upstream.requests[0]?.body).length < 4096)
})
