import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ModelRequest, ResolvedModel } from '../../src/models/types.js'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import { openAiWire } from '../helper/upstream-wire.js'
import { behaviours } from './behaviours.js'
import { collect, never, type Summary, TestClock, testContext, testModel, testRequest } from './fixture.js'

behaviours(t, { api: 'openai-completions', factory: openAiCompletions, wire: openAiWire })

interface Call {
  readonly result: Summary
  readonly upstream: Upstream
  readonly clock: TestClock
}

async function call(
  t: Test,
  script: Script,
  request: Partial<ModelRequest> = {},
  fields: Partial<ResolvedModel> = {},
): Promise<Call> {
  const upstream = await startUpstream(t, script)
  const clock = new TestClock()
  const provider = openAiCompletions(testContext(clock))
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl, fields)
  const result = await collect(provider.stream(testRequest(model, request), never()))
  return { result, upstream, clock }
}

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const DONE = 'data: [DONE]\n\n'

t.test('headers', async (t) => {
  const headers = { 'X-Team': 'blue', Host: 'evil.example', 'Content-Length': '3' }
  const { upstream } = await call(t, 'hi', {}, { headers })
  const seen = upstream.requests[0]?.headers
  t.equal(seen?.authorization, 'Bearer sk-test-secret-key')
  t.equal(seen?.['x-team'], 'blue')
  t.equal(seen?.host, `127.0.0.1:${upstream.port}`)
  t.equal(upstream.requests[0]?.path, '/v1/chat/completions')

  const keyless = await call(t, 'hi', {}, { apiKey: undefined })
  t.equal(keyless.upstream.requests[0]?.headers.authorization, undefined)

  const own = await call(t, 'hi', {}, { headers: { authorization: 'Basic abc' } })
  t.equal(own.upstream.requests[0]?.headers.authorization, 'Basic abc')
})

t.test('a query in the base URL stays', async (t) => {
  const upstream = await startUpstream(t)
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const model = testModel(`${upstream.baseUrl}/?api-version=1`)
  await collect(provider.stream(testRequest(model), never()))
  t.equal(upstream.requests[0]?.path, '/v1/chat/completions?api-version=1')
})

t.test('dialects of tool calls', async (t) => {
  const call1 = { name: 'weather', arguments: '{"city":"Paris"}' }
  const call2 = { name: 'time', arguments: '{"zone":"CET"}' }
  const whole = (extra: object = {}) => ({ type: 'function', function: call1, ...extra })
  const whole2 = (extra: object = {}) => ({ type: 'function', function: call2, ...extra })
  const halves = (extra: object, also: object = {}) => [
    { ...extra, function: { ...also, arguments: '{"city":' } },
    { ...extra, function: { ...also, arguments: '"Paris"}' } },
  ]
  const named = { function: { name: 'weather', arguments: '' } }
  // What the deltas of one stream hold; what the calls must be (ids only where the upstream gave usable ones).
  const cases: [string, object[][], (readonly [string | undefined, typeof call1])[]][] = [
    ['no index', [[{ id: 'a', ...named }], ...halves({}).map((piece) => [piece])], [['a', call1]]],
    ['no id', [[{ index: 0, ...named }], ...halves({ index: 0 }).map((piece) => [piece])], [[undefined, call1]]],
    ['neither', [[named], ...halves({}).map((piece) => [piece])], [[undefined, call1]]],
    ['id and name in every piece', halves({ index: 0, id: 'a' }, { name: 'weather' }).map((p) => [p]), [['a', call1]]],
    [
      'another id in every piece',
      [
        [{ index: 0, id: 'a', ...named }],
        [{ ...halves({ index: 0 })[0], id: 'b' }],
        [{ ...halves({ index: 0 })[1], id: 'c' }],
      ],
      [['a', call1]],
    ],
    ['whole in one chunk', [[whole({ index: 0, id: 'a' })]], [['a', call1]]],
    [
      'two whole in one chunk, no index, no id',
      [[whole(), whole2()]],
      [
        [undefined, call1],
        [undefined, call2],
      ],
    ],
    [
      'twice the same, whole, one chunk',
      [[whole(), whole()]],
      [
        [undefined, call1],
        [undefined, call1],
      ],
    ],
    [
      'two chunks, both index 0',
      [[whole({ index: 0, id: 'a' })], [whole2({ index: 0, id: 'b' })]],
      [
        ['a', call1],
        ['b', call2],
      ],
    ],
    [
      'two chunks, same tool, both index 0, no id',
      [[whole({ index: 0 })], [whole({ index: 0 })]],
      [
        [undefined, call1],
        [undefined, call1],
      ],
    ],
    [
      'the same id twice',
      [[whole({ index: 0, id: 'a' }), whole2({ index: 1, id: 'a' })]],
      [
        ['a', call1],
        [undefined, call2],
      ],
    ],
    [
      'empty ids',
      [[whole({ index: 0, id: '' }), whole2({ index: 1, id: '' })]],
      [
        [undefined, call1],
        [undefined, call2],
      ],
    ],
    [
      'interleaved by index',
      [
        [{ index: 0, id: 'a', function: { name: 'weather', arguments: '{"city":' } }],
        [{ index: 1, id: 'b', function: { name: 'time', arguments: '{"zone":' } }],
        [{ index: 0, function: { arguments: '"Paris"}' } }],
        [{ index: 1, function: { arguments: '"CET"}' } }],
      ],
      [
        ['a', call1],
        ['b', call2],
      ],
    ],
    [
      'interleaved by id only',
      [
        [{ id: 'a', function: { name: 'weather', arguments: '{"city":' } }],
        [{ id: 'b', function: { name: 'time', arguments: '{"zone":' } }],
        [{ id: 'a', function: { arguments: '"Paris"}' } }],
        [{ id: 'b', function: { arguments: '"CET"}' } }],
      ],
      [
        ['a', call1],
        ['b', call2],
      ],
    ],
    ['indexes from 1', [[whole({ index: 1, id: 'a' })]], [['a', call1]]],
    [
      'arguments as an object',
      [[{ index: 0, id: 'a', function: { name: 'weather', arguments: { city: 'Paris' } } }]],
      [['a', call1]],
    ],
    [
      'arguments null at first',
      [
        [{ index: 0, id: 'a', function: { name: 'weather', arguments: null } }],
        [{ index: 0, function: { arguments: call1.arguments } }],
      ],
      [['a', call1]],
    ],
    [
      'id before name',
      [
        [{ index: 0, id: 'a', function: {} }],
        [{ index: 0, function: { name: 'weather' } }],
        [{ index: 0, function: { arguments: call1.arguments } }],
      ],
      [['a', call1]],
    ],
    [
      'a closing piece that repeats the name',
      [[whole({ index: 0, id: 'a' })], [{ index: 0, id: 'a', ...named }]],
      [['a', call1]],
    ],
    ['name and arguments outside of function', [[{ index: 0, id: 'a', ...call1 }]], [['a', call1]]],
  ]
  for (const [name, deltas, expected] of cases) {
    const frames = [...deltas.map((tool_calls) => chunk({ tool_calls })), chunk({}, 'stop'), DONE]
    const { result } = await call(t, { frames, delayMs: 0 })
    t.equal(result.reason, 'tool_calls', name)
    t.same(
      result.calls.map(({ id: _id, ...rest }) => rest),
      expected.map(([, call]) => call),
      name,
    )
    for (const [at, [id]] of expected.entries()) {
      if (id === undefined) t.match(result.calls[at]?.id, /^call_[A-Za-z0-9]{24}$/, name)
      else t.equal(result.calls[at]?.id, id, name)
    }
    t.equal(new Set(result.calls.map(({ id }) => id)).size, result.calls.length, `${name}: ids differ`)
  }

  const legacy = await call(t, { frames: [chunk({ function_call: call1 }), chunk({}, 'function_call'), DONE] })
  t.match(legacy.result.calls, [call1])
  t.equal(legacy.result.reason, 'tool_calls')

  const nameless = await call(t, {
    frames: [chunk({ tool_calls: [{ index: 0, id: 'a' }] }), chunk({}, 'tool_calls'), DONE],
  })
  t.equal(nameless.result.failure?.class, 'server')
})

t.test('other spellings of an answer', async (t) => {
  const cases: [string, string[], Partial<Summary>][] = [
    [
      'reasoning',
      [chunk({ reasoning: 'hm' }), chunk({ content: 'ok' }), chunk({}, 'stop')],
      { text: 'ok', reasoning: 'hm' },
    ],
    ['both spellings', [chunk({ reasoning: 'hm', reasoning_content: 'hm' }), chunk({}, 'stop')], { reasoning: 'hm' }],
    [
      'parts',
      [
        chunk(
          {
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
              { type: 'text', text: 'ok' },
            ],
          },
          'stop',
        ),
      ],
      { text: 'ok', reasoning: 'hm' },
    ],
    [
      'refusal',
      [chunk({ refusal: 'I will ' }), chunk({ refusal: 'not' }), chunk({}, 'stop')],
      { refusal: 'I will not', reason: 'stop' },
    ],
    ['content filter', [chunk({ content: 'no' }, 'content_filter')], { reason: 'content_filter' }],
    ['max_tokens', [chunk({ content: 'no' }, 'max_tokens')], { reason: 'length' }],
    ['unknown finish reason', [chunk({ content: 'no' }, 'eos')], { reason: 'stop' }],
    ['tool_calls without a call', [chunk({ content: 'no' }, 'tool_calls')], { reason: 'stop' }],
    ['no [DONE]', [chunk({ content: 'ok' }), chunk({}, 'stop')], { text: 'ok', reason: 'stop' }],
    ['[DONE] without finish_reason', [chunk({ content: 'ok' }), DONE], { text: 'ok', reason: 'stop' }],
    ['text after [DONE]', [chunk({ content: 'ok' }), DONE, chunk({ content: 'more' })], { text: 'ok' }],
    [
      'other choices',
      [chunk({ content: 'ok' }), `data: {"choices":[{"index":1,"delta":{"content":"x"}}]}\n\n`, DONE],
      { text: 'ok' },
    ],
    [
      'the whole message at the end',
      [chunk({ content: 'ok' }), `data: {"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}\n\n`],
      { text: 'ok' },
    ],
    ['half a pair that never completes', [chunk({ content: 'a\ud83d' }), chunk({}, 'stop')], { text: 'a\ufffd' }],
    [
      'half a pair, then something else',
      [chunk({ content: 'a\ud83d' }), chunk({ refusal: 'b' }, 'stop')],
      { text: 'a\ufffd', refusal: 'b' },
    ],
    [
      'CRLF and comments',
      [': OPENROUTER PROCESSING\r\n\r\n', chunk({ content: 'ok' }).replaceAll('\n', '\r\n'), 'data: [DONE]\r\n\r\n'],
      { text: 'ok' },
    ],
  ]
  for (const [name, frames, expected] of cases) {
    const { result } = await call(t, { frames: [...frames, ...(name === 'no [DONE]' ? [] : [DONE])] })
    t.match(result, { failure: undefined, ...expected }, name)
  }
})

t.test('usage in other places', async (t) => {
  const figures = { prompt_tokens: 5, completion_tokens: 6 }
  const cases: [string, object, object][] = [
    ['x_groq', { x_groq: { usage: figures } }, { input: 5, output: 6, estimated: false }],
    [
      'in the choice',
      { choices: [{ index: 0, delta: {}, usage: figures }] },
      { input: 5, output: 6, estimated: false },
    ],
    ['DeepSeek cache', { usage: { ...figures, prompt_cache_hit_tokens: 4 } }, { input: 5, cacheRead: 4 }],
    ['nonsense', { usage: { prompt_tokens: -1, completion_tokens: 'x' } }, { estimated: true }],
    [
      'no output counted',
      { usage: { prompt_tokens: 5, completion_tokens: 0 } },
      { input: 5, output: 1, estimated: true },
    ],
  ]
  for (const [name, extra, expected] of cases) {
    const frames = [chunk({ content: 'ok' }), `data: ${JSON.stringify(extra)}\n\n`, chunk({}, 'stop'), DONE]
    t.match((await call(t, { frames })).result.usage, expected, name)
  }
})

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
  const reading = collect(provider.stream(testRequest(testModel(upstream.baseUrl)), abort.signal))
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
  const result = await collect(provider.stream(testRequest(testModel(`http://127.0.0.1:${port}/v1`)), never()))
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
  const first = await collect(provider.stream(request, never()))
  t.equal(first.text, 'fine')
  t.equal(first.usage?.estimated, true)
  t.equal(upstream.requests.length, 3)
  t.equal(upstream.requests[2]?.body.max_completion_tokens, 9)
  await collect(provider.stream(request, never()))
  t.equal(upstream.requests.length, 4, 'remembered')

  const stubborn = await call(t, { status: 400, body: { error: { message: 'Unknown field stream_options' } } })
  t.equal(stubborn.result.failure?.class, 'format')
  t.equal(stubborn.upstream.requests.length, 2)

  const value = { status: 400, body: { error: { message: 'max_tokens is too large: 9' } } }
  const range = await call(t, value, { sampling: { maxTokens: 9 } })
  t.equal(range.upstream.requests.length, 1, 'a complaint about the value is not one about the name')
})

t.test('the answer decides how it is read', async (t) => {
  const whole = { body: openAiWire.whole({ text: 'whole' }, 'm') }
  t.equal((await call(t, whole)).result.text, 'whole', 'one JSON answer to a stream request')
  const streamed = { frames: openAiWire.frames({ text: 'streamed' }, 'm', false) }
  t.equal((await call(t, streamed, { stream: false })).result.text, 'streamed', 'a stream in place of a whole answer')
  const plain = { ...streamed, headers: { 'content-type': 'text/plain' } }
  t.equal((await call(t, plain)).result.text, 'streamed', 'a stream that calls itself text')
  t.equal((await call(t, { text: 'zipped', gzip: true })).result.text, 'zipped', 'gzip stream')
  t.equal((await call(t, { text: 'zipped', gzip: true }, { stream: false })).result.text, 'zipped', 'gzip whole')
  const strange = await call(t, { text: 'x', headers: { 'content-encoding': 'zstd' } })
  t.match(strange.result.failure, { class: 'cut', message: /content-encoding "zstd"/ })
  const torn = { body: Buffer.from('1f8b0800', 'hex'), headers: { 'content-encoding': 'gzip' } }
  t.equal((await call(t, torn, { stream: false })).result.failure?.class, 'cut', 'gzip that ends early')
})

t.test('redirects are not followed', async (t) => {
  const other = await startUpstream(t, 'stolen')
  const headers = { location: `${other.baseUrl}/chat/completions` }
  const { result } = await call(t, { status: 307, body: '', headers })
  t.match(result.failure, { class: 'server', status: 307, message: /redirects are not followed/ })
  t.equal(other.requests.length, 0)
})

t.test('an upstream that forgets to end', async (t) => {
  for (const [name, done] of [
    ['after [DONE]', true],
    ['after finish_reason', false],
  ] as const) {
    const frames = openAiWire.frames({ text: 'all of it', done }, 'm', false)
    const upstream = await startUpstream(t, { frames, hangAfter: frames.length, delayMs: 0 })
    const clock = new TestClock()
    const provider = openAiCompletions(testContext(clock))
    t.teardown(() => provider.close?.())
    const reading = collect(provider.stream(testRequest(testModel(upstream.baseUrl)), never()))
    while (upstream.requests.length === 0) await sleep(2)
    await sleep(30)
    if (!done) clock.skip(3000)
    const result = await reading
    t.equal(result.text, 'all of it', name)
    t.equal(result.reason, 'stop', name)
    clock.skip(1000)
    await upstream.requests[0]?.closed
    t.equal(clock.pending, 0, `${name}: the connection is given up`)
  }
})

t.test('cut after finish_reason is whole', async (t) => {
  const frames = openAiWire.frames({ text: 'all of it', done: false }, 'm', false)
  const { result } = await call(t, { frames: [...frames, DONE], cutAfter: frames.length, delayMs: 0 })
  t.match(result, { text: 'all of it', reason: 'stop', failure: undefined })
})

t.test('connections are kept and bounded', async (t) => {
  const upstream = await startUpstream(t, 'hi')
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl)
  for (let round = 0; round < 20; round++) await collect(provider.stream(testRequest(model), never()))
  // [DONE] may be read before the end of the body: then the next call needs a second one.
  t.ok(upstream.connections <= 2, `${upstream.connections} connections`)
  const many = Array.from({ length: 300 }, () => collect(provider.stream(testRequest(model), never())))
  for (const result of await Promise.all(many)) t.equal(result.text, 'hi')
  t.ok(upstream.connections <= 128, `${upstream.connections} connections`)
})

t.test('more calls than can wait are refused', async (t) => {
  const upstream = await startUpstream(t, { hangAfter: 0 }, { record: false })
  const provider = openAiCompletions(testContext())
  const model = testModel(upstream.baseUrl)
  const ended: (string | undefined)[] = []
  const all = Array.from({ length: 128 + 1024 + 5 }, async () => {
    const { failure } = await collect(provider.stream(testRequest(model), never()))
    ended.push(failure?.class)
  })
  while (ended.length < 5) await sleep(5)
  t.same(ended, Array(5).fill('overloaded'))
  await provider.close?.()
  await Promise.all(all)
  t.same(ended.slice(5), Array(128 + 1024).fill('aborted'), 'close ends the others')
})

t.test('a slow reader stops the upstream', async (t) => {
  const block = 'x'.repeat(64 * 1024)
  const upstream = await startUpstream(t, { text: block.repeat(400), chunkSize: block.length, delayMs: 0 })
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const before = process.memoryUsage().rss
  let peak = 0
  let length = 0
  for await (const event of provider.stream(testRequest(testModel(upstream.baseUrl)), never())) {
    if (event.type !== 'text') continue
    length += event.delta.length
    peak = Math.max(peak, event.delta.length)
    if (length < block.length * 20) await sleep(10)
  }
  t.equal(length, block.length * 400)
  t.ok(peak <= 1024 * 1024, `largest piece ${peak}`)
  t.ok(before > 0)
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

t.test('the first byte of a call does not wait for others', async (t) => {
  const upstream = await startUpstream(t, (request) =>
    JSON.stringify(request.body.messages).includes('slow') ? { hangAfter: 2, text: 'x', delayMs: 0 } : 'quick',
  )
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl)
  const abort = new AbortController()
  const slow = testRequest(model, { messages: [{ role: 'user', content: [{ type: 'text', text: 'slow' }] }] })
  const hanging = Array.from({ length: 5 }, () => collect(provider.stream(slow, abort.signal)))
  t.equal((await collect(provider.stream(testRequest(model), never()))).text, 'quick')
  abort.abort()
  for (const { failure } of await Promise.all(hanging)) t.equal(failure?.class, 'aborted')
  t.equal((await collect(provider.stream(testRequest(model), never()))).text, 'quick', 'the pool lives on')
})
