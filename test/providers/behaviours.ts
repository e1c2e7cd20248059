import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { ModelMessage, ModelRequest, ProviderFactory } from '../../src/models/types.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import type { FailureKind, Wire } from '../helper/upstream-wire.js'
import { collect, never, type Summary, TestClock, testContext, testModel, testRequest } from './fixture.js'

/** What differs between providers that speak to an HTTP upstream. */
export interface Subject {
  readonly api: string
  readonly factory: ProviderFactory
  readonly wire: Wire
  /** Figures that the API gives besides input and output. */
  readonly figures: { readonly cached: boolean; readonly reasoning: boolean }
  /** True where calls have ids on the wire. */
  readonly callIds: boolean
  /** How a refusal of the model comes through; `none` where the API knows none. */
  readonly refusal: 'text' | 'content_filter' | 'none'
  /** What the scripted upstream seals thoughts with, where the API wants them back with their tool calls. */
  readonly seal?: string
  /** False where the API cannot be told to call a tool. */
  readonly choice: boolean
}

interface Row {
  readonly name: string
  readonly script?: Script
  /** In place of `script`, in the words of the API. */
  readonly scriptOf?: (wire: Wire) => Script
  readonly request?: Partial<ModelRequest>
  readonly check: (
    t: Test,
    result: Summary,
    upstream: Upstream,
    subject: Subject,
    clock: TestClock,
  ) => void | Promise<void>
}

const tools = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }]
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(40)
const emoji = '😀👩‍👩‍👧🇩🇪 naïve 你好 𝒳'

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=='

const text = (said: string) => [{ type: 'text', text: said }] as const
const nameless = ({ name, arguments: args }: { name: string; arguments: string }) => ({ name, arguments: args })

function conversation(): ModelMessage[] {
  const image = { type: 'image', mediaType: 'image/png', data: pixel } as const
  const toolCalls = ['Paris', 'Oslo'].map((city, index) => {
    return { id: `call_${index}`, name: 'weather', arguments: JSON.stringify({ city }) }
  })
  return [
    { role: 'system', content: text('Be brief.') },
    { role: 'user', content: [...text('Where is this?'), image] },
    { role: 'assistant', content: text('I look.'), toolCalls },
    { role: 'tool', toolCallId: 'call_0', content: text('18 degrees') },
    { role: 'tool', toolCallId: 'call_1', content: text('9 degrees') },
    { role: 'assistant', content: text('Paris is warmer.') },
    { role: 'user', content: text('And in June?') },
  ]
}

function withToolImage(): ModelMessage[] {
  const image = { type: 'image', mediaType: 'image/png', data: pixel } as const
  return [
    { role: 'user', content: text('Look.') },
    { role: 'assistant', content: [], toolCalls: [{ id: 'call_0', name: 'weather', arguments: '{}' }] },
    { role: 'tool', toolCallId: 'call_0', content: [...text('a picture'), image] },
  ]
}

/** With the number of attempts. */
const kinds: readonly [FailureKind, number][] = [
  ['auth', 1],
  ['billing', 1],
  ['not_found', 1],
  ['overflow', 1],
  ['rate_limit', 3],
  ['overloaded', 3],
  ['server', 3],
]

const rows: Row[] = [
  {
    name: 'a stream of text with usage',
    script: { text: long, usage: { input: 12, output: 300, cached: 8 }, delayMs: 0 },
    check(t, result, _upstream, { figures }) {
      t.equal(result.text, long)
      t.equal(result.reason, 'stop')
      t.ok(result.events.length > 10, 'comes in pieces')
      const cacheRead = figures.cached ? 8 : 0
      t.same(result.usage, { input: 12, output: 300, cacheRead, reasoning: 0, estimated: false })
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
      check(t, result, _upstream, { callIds }) {
        t.equal(result.text, 'Let me check.')
        t.same(result.calls.map(nameless), toolCalls.map(nameless))
        if (callIds) t.same(result.calls, toolCalls)
        t.equal(new Set(result.calls.map(({ id }) => id)).size, 2)
        t.equal(result.reason, 'tool_calls')
      },
    }
  }),
  {
    name: 'a tool call without arguments',
    script: { toolCalls: [{ id: 'call_a', name: 'weather', arguments: '' }] },
    request: { tools },
    check(t, result) {
      t.equal(result.calls[0]?.name, 'weather')
      t.same(JSON.parse(result.calls[0]?.arguments || '{}'), {})
    },
  },
  {
    name: 'reasoning before text',
    script: { reasoning: 'Thinking hard.', text: 'Yes.', usage: { input: 3, output: 9, reasoning: 5 } },
    check(t, result, _upstream, { figures }) {
      t.equal(result.reasoning, 'Thinking hard.')
      t.equal(result.text, 'Yes.')
      t.equal(result.usage?.reasoning, figures.reasoning ? 5 : 0)
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
    scriptOf: (wire) => ({ frames: [wire.malformed] }),
    check(t, result) {
      t.equal(result.failure?.class, 'server')
    },
  },
  {
    name: 'malformed frames after output',
    scriptOf: (wire) => ({
      frames: [...wire.frames({ text: 'half a sentence' }, 'm', true).slice(0, 2), wire.malformed],
    }),
    check(t, result, upstream) {
      t.equal(result.failure?.class, 'cut')
      t.ok(result.text.length > 0)
      t.equal(upstream.requests.length, 1)
    },
  },
  {
    name: 'a refusal by the model',
    script: { refusal: 'I will not.' },
    check(t, result, _upstream, { refusal }) {
      if (refusal === 'text') t.equal(result.refusal, 'I will not.')
      if (refusal === 'content_filter') t.equal(result.reason, 'content_filter')
      t.equal(result.failure, undefined)
    },
  },
  {
    name: 'a conversation with tool results and images',
    script: 'Noted.',
    request: { tools, messages: conversation() },
    check(t, _result, { requests }, { wire }) {
      const heard = wire.hear(requests[0]?.body)
      t.match(heard.system, 'Be brief.')
      t.same(heard.tools, ['weather'])
      const calls = [
        { name: 'weather', arguments: { city: 'Paris' } },
        { name: 'weather', arguments: { city: 'Oslo' } },
      ]
      t.same(
        heard.turns.filter(({ role }) => role !== 'user'),
        [
          { role: 'assistant', text: 'I look.', calls },
          { role: 'tool', text: '18 degrees' },
          { role: 'tool', text: '9 degrees' },
          { role: 'assistant', text: 'Paris is warmer.' },
        ],
      )
      const users = heard.turns.filter(({ role }) => role === 'user')
      t.same(users, [
        { role: 'user', text: 'Where is this?', images: [`data:image/png;base64,${pixel}`] },
        { role: 'user', text: 'And in June?' },
      ])
    },
  },
  {
    name: 'an image that a tool found',
    script: 'A cat.',
    request: { tools, messages: withToolImage() },
    check(t, _result, { requests }, { wire }) {
      const images = wire.hear(requests[0]?.body).turns.flatMap((turn) => turn.images ?? [])
      t.same(images, [`data:image/png;base64,${pixel}`])
    },
  },
  {
    name: 'a tool that must be called',
    script: { toolCalls: [{ name: 'weather', arguments: '{}' }] },
    request: { tools, toolChoice: { name: 'weather' } },
    check(t, _result, { requests }, { wire, choice }) {
      t.equal(wire.hear(requests[0]?.body).choice, choice ? 'weather' : undefined)
    },
  },
  {
    name: '500 twice, then well',
    script: [{ status: 500 }, { status: 502 }, 'fine'],
    check(t, result, upstream, _subject, clock) {
      t.equal(result.text, 'fine')
      t.equal(upstream.requests.length, 3)
      t.same(clock.waits, [450, 900])
    },
  },
  {
    name: '429 with Retry-After, then well',
    script: [{ status: 429, headers: { 'retry-after': '2' } }, 'fine'],
    check(t, result, _upstream, _subject, clock) {
      t.equal(result.text, 'fine')
      t.same(clock.waits, [2000])
    },
  },
  {
    name: '429 that asks for more patience than there is',
    script: { status: 429, headers: { 'retry-after': '60' } },
    check(t, result, upstream, _subject, clock) {
      t.match(result.failure, { class: 'rate_limit', status: 429, retryAfterMs: 60_000 })
      t.equal(upstream.requests.length, 1)
      t.same(clock.waits, [])
    },
  },
  ...kinds.map(
    ([kind, attempts]): Row => ({
      name: `failure: ${kind}`,
      scriptOf: (wire) => wire.failures[kind],
      check(t, result, upstream) {
        t.equal(result.failure?.class, kind)
        t.ok(result.failure?.said, "the upstream's words are kept")
        t.equal(upstream.requests.length, attempts)
      },
    }),
  ),
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
      const script = row.scriptOf?.(subject.wire) ?? row.script
      const upstream = await startUpstream(t, script)
      const clock = new TestClock()
      const provider = subject.factory(testContext(clock))
      t.teardown(() => provider.close?.())
      const model = testModel(upstream.baseUrl, { api: subject.api })
      const result = await collect(provider, testRequest(model, row.request), never())
      await row.check(t, result, upstream, subject, clock)
    })
  }

  t.test('thoughts go back with their tool calls, and only to the model that had them', async (t) => {
    const { seal } = subject
    const said = { reasoning: 'Hm.', toolCalls: [{ id: 'call_a', name: 'weather', arguments: '{}' }] }
    for (const stream of [true, false]) {
      const upstream = await startUpstream(t, said)
      const provider = subject.factory(testContext())
      t.teardown(() => provider.close?.())
      const model = testModel(upstream.baseUrl)
      const asked: ModelMessage[] = [{ role: 'user', content: text('Weather?') }]
      const first = await collect(provider, testRequest(model, { tools, stream, messages: asked }), never())
      const replay = first.final.type === 'done' ? first.final.replay : undefined
      t.equal(replay?.ref, seal && model.ref)
      const messages: ModelMessage[] = [
        ...asked,
        { role: 'assistant', content: [], toolCalls: first.calls, ...(replay && { replay }) },
        { role: 'tool', toolCallId: first.calls[0]?.id ?? '', content: text('18 degrees') },
      ]
      await collect(provider, testRequest(model, { tools, stream, messages }), never())
      t.equal(JSON.stringify(upstream.requests[1]?.body).includes(`"${seal}"`), seal !== undefined)
      const other = { ...model, ref: 'up/other' }
      await collect(provider, testRequest(other, { tools, stream, messages }), never())
      t.notOk(JSON.stringify(upstream.requests[2]?.body).includes(`"${seal}"`))
    }
  })

  for (const hangAfter of [0, 1, 4]) {
    t.test(`abort after ${hangAfter} frames closes the connection`, async (t) => {
      const upstream = await startUpstream(t, { text: long, hangAfter, delayMs: 0 })
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
    const upstream = await startUpstream(t, 'hi')
    const provider = subject.factory(testContext())
    t.teardown(() => provider.close?.())
    const result = await collect(provider, testRequest(testModel(upstream.baseUrl)), AbortSignal.abort())
    t.equal(result.failure?.class, 'aborted')
    t.equal(upstream.requests.length, 0)
  })

  t.test('an abort from inside an event closes the connection, and no other event comes', async (t) => {
    const upstream = await startUpstream(t, { text: long, hangAfter: 5, delayMs: 0 })
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
      const upstream = await startUpstream(t, { text: long, hangAfter, delayMs: 0 })
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
