import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { ModelRequest, ProviderFactory } from '../../src/models/types.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import type { Wire } from '../helper/upstream-wire.js'
import { collect, never, type Summary, TestClock, testContext, testModel, testRequest } from './fixture.js'

/** What differs between providers that speak to an HTTP upstream. */
export interface Subject {
  readonly api: string
  readonly factory: ProviderFactory
  readonly wire: Wire
}

interface Row {
  readonly name: string
  readonly script: Script
  readonly request?: Partial<ModelRequest>
  readonly check: (t: Test, result: Summary, upstream: Upstream, clock: TestClock) => void | Promise<void>
}

const tools = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }]
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(40)
const emoji = '😀👩‍👩‍👧🇩🇪 naïve 你好 𝒳'

const rows: Row[] = [
  {
    name: 'a stream of text with usage',
    script: { text: long, usage: { input: 12, output: 300, cached: 8 }, delayMs: 0 },
    check(t, result) {
      t.equal(result.text, long)
      t.equal(result.reason, 'stop')
      t.ok(result.events.length > 10, 'comes in pieces')
      t.same(result.usage, { input: 12, output: 300, cacheRead: 8, reasoning: 0, estimated: false })
    },
  },
  {
    name: 'a whole answer',
    script: { text: long },
    request: { stream: false },
    check(t, result, upstream) {
      t.equal(result.text, long)
      t.equal(result.reason, 'stop')
      t.same(
        result.events.map(({ type }) => type),
        ['text', 'usage'],
      )
      t.not(upstream.requests[0]?.body.stream, true)
    },
  },
  ...[true, false].map((stream): Row => {
    const toolCalls = [
      { id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
      { id: 'call_b', name: 'weather', arguments: '{"city":"Oslo"}' },
    ]
    return {
      name: `parallel tool calls after text, ${stream ? 'streamed' : 'whole'}`,
      script: { text: 'Let me check.', toolCalls, delayMs: 0 },
      request: { tools, stream },
      check(t, result) {
        t.equal(result.text, 'Let me check.')
        t.same(result.calls, toolCalls)
        t.equal(result.reason, 'tool_calls')
      },
    }
  }),
  {
    name: 'a tool call without arguments',
    script: { toolCalls: [{ id: 'call_a', name: 'weather', arguments: '' }] },
    request: { tools },
    check(t, result) {
      t.same(result.calls, [{ id: 'call_a', name: 'weather', arguments: '' }])
    },
  },
  {
    name: 'reasoning before text',
    script: { reasoning: 'Thinking hard.', text: 'Yes.', usage: { input: 3, output: 9, reasoning: 5 } },
    check(t, result) {
      t.equal(result.reasoning, 'Thinking hard.')
      t.equal(result.text, 'Yes.')
      t.equal(result.usage?.reasoning, 5)
      t.equal(result.events[0]?.type, 'reasoning')
    },
  },
  {
    name: 'an empty answer',
    script: { text: '' },
    check(t, result) {
      t.equal(result.text, '')
      t.equal(result.reason, 'stop')
    },
  },
  {
    name: 'no usage: estimated and flagged (pain-40)',
    script: { text: 'abcdefgh 你好', usage: null },
    check(t, result) {
      t.equal(result.usage?.estimated, true)
      t.equal(result.usage?.output, 3 + 2)
      t.ok((result.usage?.input ?? 0) > 0)
    },
  },
  {
    name: 'usage of zeros counts as none (pain-40)',
    script: { text: 'abcdefgh', usage: { input: 0, output: 0 } },
    check(t, result) {
      t.match(result.usage, { estimated: true, output: 2 })
    },
  },
  {
    name: 'surrogate pairs that the upstream splits',
    script: {
      text: emoji,
      toolCalls: [{ id: 'call_a', name: 'weather', arguments: `{"city":"${emoji}"}` }],
      chunkSize: 1,
      delayMs: 0,
    },
    request: { tools },
    check(t, result) {
      t.equal(result.text, emoji)
      t.equal(result.calls[0]?.arguments, `{"city":"${emoji}"}`)
    },
  },
  {
    name: 'length',
    script: { text: 'half a sen', finish: 'length' },
    check(t, result) {
      t.equal(result.reason, 'length')
    },
  },
  {
    name: 'cut after output: never repeated',
    script: { text: long, cutAfter: 4, delayMs: 0 },
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'cut')
      t.ok(long.startsWith(result.text) && result.text.length > 0)
      t.match(result.usage, { estimated: true }, 'what came is accounted for')
      t.equal(upstream.requests.length, 1)
    },
  },
  {
    name: 'cut before output: repeated, then given up',
    script: { text: long, cutAfter: 0 },
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'cut')
      t.equal(upstream.requests.length, 3)
    },
  },
  {
    name: 'cut before output, then well',
    script: [{ cutAfter: 0 }, 'fine'],
    check(t, result, upstream) {
      t.equal(result.text, 'fine')
      t.equal(upstream.requests.length, 2)
    },
  },
  {
    name: 'ends without an end mark',
    script: { text: 'half', finish: null, done: false },
    check(t, result) {
      t.equal(result.failure?.class, 'cut')
      t.equal(result.text, 'half')
    },
  },
  {
    name: 'an error event in the stream',
    script: { text: long, errorEvent: { message: 'engine fell over', type: 'server_error' }, cutAfter: 3, delayMs: 0 },
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'cut')
      t.match(result.failure?.message, /engine fell over/)
      t.equal(upstream.requests.length, 1)
    },
  },
  {
    name: 'malformed frames',
    script: { frames: ['data: {"choices": [{\n\n'] },
    check(t, result) {
      t.equal(result.failure?.class, 'server')
    },
  },
  {
    name: '500 twice, then well',
    script: [{ status: 500 }, { status: 502 }, 'fine'],
    check(t, result, upstream, clock) {
      t.equal(result.text, 'fine')
      t.equal(upstream.requests.length, 3)
      t.same(clock.waits, [450, 900])
    },
  },
  {
    name: '429 with Retry-After, then well',
    script: [{ status: 429, headers: { 'retry-after': '2' } }, 'fine'],
    check(t, result, _upstream, clock) {
      t.equal(result.text, 'fine')
      t.same(clock.waits, [2000])
    },
  },
  {
    name: '429 that asks for more patience than there is',
    script: { status: 429, headers: { 'retry-after': '60' } },
    check(t, result, upstream, clock) {
      t.match(result.failure, { class: 'rate_limit', status: 429, retryAfterMs: 60_000 })
      t.equal(upstream.requests.length, 1)
      t.same(clock.waits, [])
    },
  },
  {
    name: 'overflow is not repeated',
    script: {
      status: 400,
      body: { error: { message: 'maximum context length is 8 tokens', code: 'context_length_exceeded' } },
    },
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'overflow')
      t.equal(upstream.requests.length, 1)
    },
  },
  {
    name: 'a wrong key is not repeated and not shown',
    script: { status: 401, body: { error: { message: 'Incorrect API key provided: sk-test-secret-key' } } },
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'auth')
      t.notMatch(JSON.stringify(result.failure), /secret/)
      t.equal(upstream.requests.length, 1)
    },
  },
]

/** Runs every row over one provider. */
export function behaviours(t: Test, subject: Subject): void {
  for (const row of rows) {
    t.test(row.name, async (t) => {
      const upstream = await startUpstream(t, row.script, { wire: subject.wire })
      const clock = new TestClock()
      const provider = subject.factory(testContext(clock))
      t.teardown(() => provider.close?.())
      const model = testModel(upstream.baseUrl, { api: subject.api })
      const result = await collect(provider, testRequest(model, row.request), never())
      await row.check(t, result, upstream, clock)
    })
  }

  for (const hangAfter of [0, 1, 4]) {
    t.test(`abort after ${hangAfter} frames closes the connection`, async (t) => {
      const upstream = await startUpstream(t, { text: long, hangAfter, delayMs: 0 }, { wire: subject.wire })
      const provider = subject.factory(testContext())
      t.teardown(() => provider.close?.())
      const abort = new AbortController()
      const reading = collect(provider, testRequest(testModel(upstream.baseUrl)), abort.signal)
      while (upstream.requests.length === 0) await sleep(2)
      await sleep(20)
      abort.abort()
      const result = await reading
      t.equal(result.failure?.class, 'aborted')
      await upstream.requests[0]?.closed
      t.equal(upstream.requests[0]?.aborted, true)
    })
  }

  t.test('aborted before it begins: the upstream hears nothing', async (t) => {
    const upstream = await startUpstream(t, 'hi', { wire: subject.wire })
    const provider = subject.factory(testContext())
    t.teardown(() => provider.close?.())
    const result = await collect(provider, testRequest(testModel(upstream.baseUrl)), AbortSignal.abort())
    t.equal(result.failure?.class, 'aborted')
    t.equal(upstream.requests.length, 0)
  })

  t.test('an abort from inside an event closes the connection, and no other event comes', async (t) => {
    const upstream = await startUpstream(t, { text: long, hangAfter: 5, delayMs: 0 }, { wire: subject.wire })
    const provider = subject.factory(testContext())
    t.teardown(() => provider.close?.())
    const abort = new AbortController()
    const result = await collect(provider, testRequest(testModel(upstream.baseUrl)), abort.signal, () => abort.abort())
    t.strictSame(
      result.events.map(({ type }) => type),
      ['text', 'usage'],
      'what came is accounted for',
    )
    t.equal(result.failure?.class, 'aborted')
    await upstream.requests[0]?.closed
    t.equal(upstream.requests[0]?.aborted, true)
  })

  for (const [name, hangAfter, kind] of [
    ['before output', 0, 'timeout'],
    ['after output', 4, 'cut'],
  ] as const) {
    t.test(`silence ${name}`, async (t) => {
      const upstream = await startUpstream(t, { text: long, hangAfter, delayMs: 0 }, { wire: subject.wire })
      const clock = new TestClock()
      const provider = subject.factory(testContext(clock))
      t.teardown(() => provider.close?.())
      const reading = collect(provider, testRequest(testModel(upstream.baseUrl)), never())
      while (upstream.requests.length === 0) await sleep(2)
      await sleep(30)
      clock.skip(59_000)
      await sleep(5)
      t.equal(upstream.active, 1, 'patient until the limit')
      clock.skip(60_000)
      t.equal((await reading).failure?.class, kind)
      await upstream.requests[0]?.closed
      t.equal(clock.pending, 0)
    })
  }
}
