import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { startUpstream } from '../helper/upstream.js'
import { openAiWire } from '../helper/upstream-wire.js'
import { collect, never, type Summary, TestClock, testContext, testModel, testRequest } from './fixture.js'
import { call, chunk, DONE } from './openai-fixture.js'

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
    const reading = collect(provider, testRequest(testModel(upstream.baseUrl)), never())
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
