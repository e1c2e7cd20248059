import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { type Script, startUpstream } from '../helper/upstream.js'
import { collect, never, TestClock, testContext, testModel, testRequest } from './fixture.js'
import { call, DONE } from './openai-fixture.js'

t.test('classes of failure', async (t) => {
  const said = (message: string, more: object = {}) => ({ error: { message, ...more } })
  // Status, body, class, attempts.
  const cases: [number, object | string, string, number][] = [
    [400, said('bad thing'), 'format', 1],
    [400, said('too long', { code: 'context_length_exceeded' }), 'overflow', 1],
    [400, said('prompt is too long: 9 tokens > 8 maximum'), 'overflow', 1],
    [500, said('the request exceeds the available context size'), 'overflow', 1],
    [400, said('flagged', { code: 'content_filter' }), 'refusal', 1],
    [400, said('The model `x` does not exist'), 'not_found', 1],
    [401, said('bad key'), 'auth', 1],
    [402, said('pay'), 'billing', 1],
    [403, said('no'), 'auth', 1],
    [404, said('no'), 'not_found', 1],
    [408, said('slow'), 'timeout', 3],
    [422, { detail: [{ loc: ['body', 'x'], msg: 'field required' }] }, 'format', 1],
    [429, said('slow down'), 'rate_limit', 3],
    [429, said('You exceeded your current quota', { code: 'insufficient_quota' }), 'billing', 1],
    [
      429,
      said('Rate limit reached. Visit https://example.com/account/billing to add a payment method.'),
      'rate_limit',
      3,
    ],
    [500, 'Internal Server Error', 'server', 3],
    [501, said('not implemented'), 'server', 1],
    [502, '<html><title>Bad Gateway</title></html>', 'server', 3],
    [503, said('busy'), 'overloaded', 3],
    [504, '', 'timeout', 3],
    [529, said('overloaded'), 'overloaded', 3],
  ]
  for (const [status, body, kind, attempts] of cases) {
    const { result, upstream } = await call(t, { status, body })
    t.match(result.failure, { class: kind, status }, `${status} ${kind}`)
    t.equal(upstream.requests.length, attempts, `${status} ${kind}: attempts`)
    t.match(result.failure?.message, /^up\/model-1 at 127\.0\.0\.1:\d+: \d{3} /)
  }
})

t.test('errors inside a good status', async (t) => {
  const cases: [Script, string, number][] = [
    [
      { errorEvent: { message: 'Rate limit reached', type: 'rate_limit_error' }, cutAfter: 1, delayMs: 0 },
      'rate_limit',
      3,
    ],
    [{ errorEvent: { message: 'bad key', code: 401 }, cutAfter: 1, delayMs: 0 }, 'auth', 1],
    [{ errorEvent: { message: 'who knows' }, cutAfter: 1, delayMs: 0 }, 'server', 3],
    [{ frames: ['event: error\ndata: {"message":"overloaded_error"}\n\n'] }, 'overloaded', 3],
    [{ frames: ['error: {"code":500,"message":"slot unavailable"}\n\n'] }, 'server', 3],
    [{ frames: ['{"error":{"message":"the context size has been exceeded","code":400}}\n'] }, 'overflow', 1],
    [{ body: { error: { message: 'no credits', code: 402 } } }, 'billing', 1],
    [{ body: '', headers: { 'content-type': 'application/json' } }, 'server', 1],
    [{ body: '<!doctype html><html></html>', headers: { 'content-type': 'text/html' } }, 'server', 1],
    [{ body: { hello: 'world' } }, 'server', 1],
    [{ frames: [] }, 'cut', 3],
    [{ frames: [DONE] }, 'cut', 3],
  ]
  for (const [script, kind, attempts] of cases) {
    const { result, upstream } = await call(t, script)
    t.equal(result.failure?.class, kind, JSON.stringify(script))
    t.equal(upstream.requests.length, attempts, JSON.stringify(script))
  }
})

t.test('how long to wait', async (t) => {
  const date = new Date(Date.UTC(2026, 0, 1) + 5000).toUTCString()
  const cases: [Record<string, string>, number[]][] = [
    [{ 'retry-after-ms': '120' }, [120]],
    [{ 'retry-after': '4' }, [4000]],
    [{ 'retry-after': date }, [5000]],
    [{ 'retry-after': 'soon' }, [450]],
    [{ 'retry-after': '-5' }, [450]],
  ]
  for (const [headers, waits] of cases) {
    const { result, clock } = await call(t, [{ status: 429, headers }, 'fine'])
    t.equal(result.text, 'fine')
    t.same(clock.waits, waits, JSON.stringify(headers))
  }
  const told = await call(t, [{ status: 503, headers: { 'x-should-retry': 'false' } }, 'fine'])
  t.equal(told.result.failure?.class, 'overloaded')

  const budget = await call(t, { status: 429, headers: { 'retry-after': '6' } })
  t.same(budget.clock.waits, [6000], 'a second wait would leave the 10 s')
  t.equal(budget.upstream.requests.length, 2)
})

t.test('an abort ends the wait for a retry', async (t) => {
  const upstream = await startUpstream(t, { status: 500 })
  const clock = new TestClock()
  // No timer fires: only the abort can end the wait.
  const frozen = { now: () => clock.now(), monotonic: () => 0, after: () => () => {} }
  const provider = openAiCompletions(testContext(frozen))
  t.teardown(() => provider.close?.())
  const abort = new AbortController()
  const reading = collect(provider, testRequest(testModel(upstream.baseUrl)), abort.signal)
  while (upstream.requests.length === 0 || upstream.active > 0) await sleep(2)
  await sleep(20)
  abort.abort()
  t.equal((await reading).failure?.class, 'aborted')
  t.equal(upstream.requests.length, 1)
})

t.test('an upstream that is not there', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const clock = new TestClock()
  const provider = openAiCompletions(testContext(clock))
  t.teardown(() => provider.close?.())
  const result = await collect(provider, testRequest(testModel(`http://127.0.0.1:${port}/v1`)), never())
  t.equal(result.failure?.class, 'server')
  t.match(result.failure?.message, /cannot be reached.*ECONNREFUSED/)
  t.same(clock.waits, [450, 900])
})

t.test('fields that an upstream does not know are learned once', async (t) => {
  const script: Script = (request) => {
    const bad = request.body.stream_options ? 'stream_options' : request.body.max_tokens ? 'max_tokens' : undefined
    if (!bad) return 'fine'
    const message = `Unsupported parameter: '${bad}' is not supported with this model.`
    return { status: 400, body: { error: { message, param: bad } } }
  }
  const upstream = await startUpstream(t, script)
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const request = testRequest(testModel(upstream.baseUrl), { sampling: { maxTokens: 9 } })
  const first = await collect(provider, request, never())
  t.equal(first.text, 'fine')
  t.equal(first.usage?.estimated, true)
  t.equal(upstream.requests.length, 3)
  t.equal(upstream.requests[2]?.body.max_completion_tokens, 9)
  await collect(provider, request, never())
  t.equal(upstream.requests.length, 4, 'remembered')

  const stubborn = await call(t, { status: 400, body: { error: { message: 'Unknown field stream_options' } } })
  t.equal(stubborn.result.failure?.class, 'format')
  t.equal(stubborn.upstream.requests.length, 2)

  const value = { status: 400, body: { error: { message: 'max_tokens is too large: 9' } } }
  const range = await call(t, value, { sampling: { maxTokens: 9 } })
  t.equal(range.upstream.requests.length, 1, 'a complaint about the value is not one about the name')
})

t.test('redirects are not followed', async (t) => {
  const other = await startUpstream(t, 'stolen')
  const headers = { location: `${other.baseUrl}/chat/completions` }
  const { result } = await call(t, { status: 307, body: '', headers })
  t.match(result.failure, { class: 'server', status: 307, message: /redirects are not followed/ })
  t.equal(other.requests.length, 0)
})

t.test('a line that is too long', async (t) => {
  const { result } = await call(t, { frames: [`data: ${'x'.repeat(17 * 1024 * 1024)}`] })
  t.match(result.failure, { class: 'server', message: /too long/ })
})

t.test('secrets stay out of every message', async (t) => {
  const headers = { 'x-api-key': 'very-secret-value' }
  const message = 'no sk-test-secret-key, very-secret-value, sk-ab***cd or Bearer abcdef'
  const { result } = await call(t, { status: 400, body: { error: { message } } }, {}, { headers })
  t.notMatch(JSON.stringify(result.failure), /secret|sk-|abcdef/)
})

t.test('a header that cannot be sent', async (t) => {
  const { result } = await call(t, 'hi', {}, { headers: { 'x-bad': 'a\r\nb' } })
  t.match(result.failure, { class: 'server', message: /headers of models\.providers\.up/ })
})

t.test('images for a model that takes none', async (t) => {
  const content = [{ type: 'image' as const, mediaType: 'image/png', data: 'AAAA' }]
  const { result, upstream } = await call(t, 'hi', { messages: [{ role: 'user', content }] }, { input: ['text'] })
  t.equal(result.failure?.class, 'format')
  t.equal(upstream.requests.length, 0)
})
