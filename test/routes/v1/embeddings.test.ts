import t from 'tap'
import { until } from '../../helper/calls.js'
import { bearer, build, testConfig, upstreamConfig } from '../../helper/gateway.js'
import { startGateway } from '../../helper/running.js'
import { startUpstream } from '../../helper/upstream.js'

const url = '/v1/embeddings'

t.test('vectors, as numbers and as little-endian base64', async (t) => {
  const upstream = await startUpstream(t)
  const app = await build(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const ask = async (more: object) => {
    const payload = { model: 'openclaw', input: ['hi', 'hello'], dimensions: 2, ...more }
    const response = await app.inject({ method: 'POST', url, headers: bearer, payload })
    t.equal(response.headers['cache-control'], 'no-store')
    return response.json()
  }
  const plain = await ask({})
  t.match(plain, { object: 'list', model: 'openclaw', usage: { prompt_tokens: 2, total_tokens: 2 } })
  const vectors = plain.data.map(({ embedding }: { embedding: number[] }) => embedding)
  t.strictSame(vectors, [
    [0.2, 0.3],
    [0.5, 0.6],
  ])
  const coded = await ask({ encoding_format: 'base64' })
  const bytes = Buffer.from(coded.data[1].embedding, 'base64')
  t.strictSame([bytes.readFloatLE(0), bytes.readFloatLE(4)], [0.5, 0.6].map(Math.fround))
})

const rows: [name: string, body: object, headers: object, status: number, code: string, param: string | null][] = [
  ['no model', { input: 'x' }, {}, 400, 'invalid_request', 'model'],
  ['an unknown model', { model: 'text-embedding-3-small', input: 'x' }, {}, 404, 'model_not_found', 'model'],
  ['no input', { model: 'openclaw' }, {}, 400, 'invalid_request', 'input'],
  ['an empty list', { model: 'openclaw', input: [] }, {}, 400, 'invalid_request', 'input'],
  ['too many', { model: 'openclaw', input: Array(2049).fill('x') }, {}, 400, 'invalid_request', 'input'],
  ['tokens', { model: 'openclaw', input: [1, 2] }, {}, 400, 'unsupported_value', 'input'],
  ['lists of tokens', { model: 'openclaw', input: [[1], [2]] }, {}, 400, 'unsupported_value', 'input'],
  [
    'a model that is not there',
    { model: 'openclaw', input: 'x' },
    { 'x-openclaw-model': 'ghost/x' },
    404,
    'model_not_found',
    'x-openclaw-model',
  ],
  ['nothing configured', { model: 'openclaw', input: 'x' }, {}, 400, 'embeddings_not_configured', null],
]

t.test('every refusal names the field', async (t) => {
  const app = await build(t)
  for (const [name, payload, headers, status, code, param] of rows) {
    const response = await app.inject({ method: 'POST', url, headers: { ...bearer, ...headers }, payload })
    const { error } = response.json()
    t.strictSame([response.statusCode, error.code, error.param], [status, code, param], name)
  }
})

t.test('a client that leaves takes the upstream call along', async (t) => {
  const upstream = await startUpstream(t, { hangAfter: 0 })
  const gateway = await startGateway(t, testConfig(upstreamConfig(upstream.baseUrl)))
  const controller = new AbortController()
  const body = JSON.stringify({ model: 'openclaw', input: 'x' })
  const headers = { ...bearer, 'content-type': 'application/json' }
  const asked = fetch(`${gateway.url}${url}`, { method: 'POST', headers, body, signal: controller.signal })
  await until(() => upstream.active === 1)
  controller.abort()
  await t.rejects(asked, { name: 'AbortError' })
  await until(() => upstream.active === 0)
  t.equal(upstream.requests[0]?.aborted, true)
})
