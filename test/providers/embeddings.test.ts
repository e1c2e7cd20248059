import t, { type Test } from 'tap'
import { GatewayError } from '../../src/kernel/errors.js'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { type Script, startUpstream } from '../helper/upstream.js'
import { never, TestClock, testContext, testModel } from './fixture.js'

async function setUp(t: Test, script: Script = '') {
  const upstream = await startUpstream(t, script)
  const clock = new TestClock()
  const provider = openAiCompletions(testContext(clock))
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl)
  const embed = (input: string[], dimensions?: number, signal = never()) => {
    if (!provider.embed) throw new Error('no embed')
    return provider.embed({ model, input, ...(dimensions === undefined ? {} : { dimensions }) }, signal)
  }
  return { upstream, embed, clock }
}

t.test('vectors in order, in batches', async (t) => {
  const { upstream, embed } = await setUp(t)
  const input = Array.from({ length: 600 }, (_, at) => 'x'.repeat(at % 7))
  const { vectors, inputTokens } = await embed(input, 2)
  t.same(
    vectors,
    input.map(({ length }) => [length / 10, (length + 1) / 10]),
  )
  t.equal(inputTokens, 600)
  t.same(
    upstream.requests.map(({ body }) => (body.input as string[]).length),
    [256, 256, 88],
  )
  t.match(upstream.requests[0], {
    path: '/v1/embeddings',
    body: { model: 'model-1', dimensions: 2, encoding_format: 'float' },
  })
})

t.test('other orders and forms', async (t) => {
  const bytes = Buffer.alloc(8)
  bytes.writeFloatLE(0.5, 0)
  bytes.writeFloatLE(-1, 4)
  const body = {
    data: [
      { index: 1, embedding: [2] },
      { index: 0, embedding: bytes.toString('base64') },
    ],
  }
  const { embed } = await setUp(t, { body })
  const result = await embed(['aaaa', 'bbbb'])
  t.same(result.vectors, [[0.5, -1], [2]])
  t.equal(result.inputTokens, 2, 'estimated')
})

t.test('what is not an answer', async (t) => {
  const bodies = [
    { data: [] },
    { data: [{ index: 0, embedding: [] }] },
    { data: [{ index: 5, embedding: [1] }] },
    { data: [{ index: 0, embedding: ['1'] }] },
    { data: [{ index: 0, embedding: 'AAA=' }] },
    '<html>',
  ]
  for (const body of bodies) {
    const { embed } = await setUp(t, { body })
    await t.rejects(embed(['a']), { code: 'upstream_error' }, JSON.stringify(body))
  }
})

t.test('failures', async (t) => {
  const cases: [Script, string, number][] = [
    [{ status: 401 }, 'upstream_auth_failed', 1],
    [{ status: 429 }, 'rate_limit_exceeded', 3],
    [{ status: 500 }, 'upstream_error', 3],
    [{ status: 404 }, 'upstream_not_found', 1],
    [{ cutAfter: 0 }, 'upstream_stream_interrupted', 3],
  ]
  for (const [script, code, attempts] of cases) {
    const { embed, upstream } = await setUp(t, script)
    const error = await embed(['a']).catch((thrown: unknown) => thrown)
    t.ok(error instanceof GatewayError && error.code === code, code)
    t.equal(upstream.requests.length, attempts, code)
  }
  const { embed } = await setUp(t, [{ status: 503 }, ''])
  t.equal((await embed(['a'])).vectors.length, 1, 'repeated')
})

t.test('abort', async (t) => {
  const { embed, upstream } = await setUp(t, { hangAfter: 0 })
  const abort = new AbortController()
  const waiting = embed(['a'], undefined, abort.signal)
  while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  abort.abort()
  await t.rejects(waiting, { code: 'run_aborted' })
  await upstream.requests[0]?.closed
  t.equal(upstream.requests[0]?.aborted, true)
})
