import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { startUpstream } from '../helper/upstream.js'
import { openAiWire } from '../helper/upstream-wire.js'
import { behaviours } from './behaviours.js'
import { collect, never, testContext, testModel, testRequest } from './fixture.js'
import { call } from './openai-fixture.js'

behaviours(t, {
  api: 'openai-completions',
  factory: openAiCompletions,
  wire: openAiWire,
  figures: { cached: true, reasoning: true },
  callIds: true,
  refusal: 'text',
  choice: true,
})

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
  await collect(provider, testRequest(model), never())
  t.equal(upstream.requests[0]?.path, '/v1/chat/completions?api-version=1')
})

t.test('connections are kept and bounded', async (t) => {
  const upstream = await startUpstream(t, 'hi')
  const provider = openAiCompletions(testContext())
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl)
  for (let round = 0; round < 20; round++) await collect(provider, testRequest(model), never())
  // [DONE] may be read before the end of the body: then the next call needs a second one.
  t.ok(upstream.connections <= 2, `${upstream.connections} connections`)
  const many = Array.from({ length: 300 }, () => collect(provider, testRequest(model), never()))
  for (const result of await Promise.all(many)) t.equal(result.text, 'hi')
  t.ok(upstream.connections <= 128, `${upstream.connections} connections`)
})

t.test('more calls than can wait are refused', async (t) => {
  const upstream = await startUpstream(t, { hangAfter: 0 }, { record: false })
  const provider = openAiCompletions(testContext())
  const model = testModel(upstream.baseUrl)
  const ended: (string | undefined)[] = []
  const all = Array.from({ length: 128 + 1024 + 5 }, async () => {
    const { failure } = await collect(provider, testRequest(model), never())
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
  await collect(provider, testRequest(testModel(upstream.baseUrl)), never(), async (event) => {
    if (event.type !== 'text') return
    length += event.delta.length
    peak = Math.max(peak, event.delta.length)
    if (length < block.length * 20) await sleep(10)
  })
  t.equal(length, block.length * 400)
  t.ok(peak <= 1024 * 1024, `largest piece ${peak}`)
  t.ok(before > 0)
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
  const hanging = Array.from({ length: 5 }, () => collect(provider, slow, abort.signal))
  t.equal((await collect(provider, testRequest(model), never())).text, 'quick')
  abort.abort()
  for (const { failure } of await Promise.all(hanging)) t.equal(failure?.class, 'aborted')
  t.equal((await collect(provider, testRequest(model), never())).text, 'quick', 'the pool lives on')
})
