import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { operationsOf } from '../../plugins/external/document.js'
import { requestExamples } from '../../plugins/external/examples.js'
import { bearer, build, testConfig, upstreamConfig } from '../helper/gateway.js'
import { type Reply, startUpstream } from '../helper/upstream.js'
import { committedDocument, headersOf } from './_document.js'
import { AnswerValidator } from './_validate.js'

const document = committedDocument()
const validator = new AnswerValidator(document)
const paths = new Map(
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => [operation.operationId, { path, method, operation }]),
  ),
)

const user = (content: string) => ({ model: 'openclaw', messages: [{ role: 'user', content }] })
const tools = [{ type: 'function', function: { name: 'get_weather' } }]
const responseTools = [{ type: 'function', name: 'get_weather' }]
const streamed = { stream: true, stream_options: { include_usage: true } }

/** What the scripted model does when the prompt says so. */
const replies: Readonly<Record<string, Reply>> = {
  tool: { text: 'One moment.', toolCalls: [{ name: 'get_weather', arguments: '{"city":"Berlin"}' }] },
  refusal: { refusal: 'I will not.' },
  reasoning: { reasoning: 'Hm.', text: 'Yes.', usage: { input: 5, output: 4, cached: 2, reasoning: 1 } },
  empty: { text: '' },
  filtered: { text: 'No', finish: 'content_filter' },
  long: { text: 'Too', finish: 'length' },
  400: {
    status: 400,
    body: { error: { message: 'bad thing', type: 'invalid_request_error', param: 'x', code: null } },
  },
  401: { status: 401 },
  429: { status: 429, headers: { 'retry-after': '60' } },
  501: { status: 501 },
  hang: { text: '', hangAfter: 0 },
  504: { status: 400, body: { error: { message: 'no such model', code: 'model_not_found' } } },
}

const hookToken = 'hook-token-0123456789abcdef'
const hookBearer = { authorization: `Bearer ${hookToken}` }

type Call = [operation: string, status: number, request: InjectOptions]
const calls: readonly Call[] = [
  ['getHealth', 200, {}],
  ['getStartup', 200, {}],
  ['getStartup', 200, { remoteAddress: '203.0.113.7' }],
  ['getReadiness', 200, {}],
  ['getReadiness', 200, { remoteAddress: '203.0.113.7' }],
  ['getMetrics', 200, { headers: bearer }],
  ['getMetrics', 401, {}],
  ['listModels', 200, { headers: bearer }],
  ['listModels', 401, { headers: { authorization: 'Bearer wrong' } }],
  ['listModels', 403, { headers: { ...bearer, 'x-forwarded-for': '198.51.100.1' } }],
  ['retrieveModel', 200, { headers: bearer, url: '/v1/models/openclaw%2Fmain' }],
  ['retrieveModel', 404, { headers: bearer, url: '/v1/models/nope' }],
  ['createEmbedding', 200, { headers: bearer, payload: { model: 'openclaw', input: ['a', 'b'] } }],
  ['createEmbedding', 200, { headers: bearer, payload: { model: 'openclaw', input: 'a', encoding_format: 'base64' } }],
  ['createEmbedding', 400, { headers: bearer, payload: { model: 'openclaw', input: [] } }],
  ['createEmbedding', 404, { headers: bearer, payload: { model: 'nope', input: 'a' } }],
  ['invokeTool', 200, { headers: bearer, payload: { tool: 'read', args: { path: 'a.txt' }, dryRun: true } }],
  ['invokeTool', 400, { headers: bearer, payload: { args: {} } }],
  ['invokeTool', 401, { payload: { tool: 'read' } }],
  ['invokeTool', 403, { headers: bearer, payload: { tool: 'exec', args: { command: 'id' } } }],
  ['invokeTool', 404, { headers: bearer, payload: { tool: 'teleport' } }],
  ['invokeTool', 413, { headers: bearer, payload: { tool: 'read', args: { path: 'x'.repeat(2 * 1024 * 1024) } } }],
  ['hookWake', 200, { headers: hookBearer, payload: { text: 'hello' } }],
  ['hookWake', 400, { headers: hookBearer, payload: {} }],
  ['hookWake', 401, { headers: bearer, payload: { text: 'hello' } }],
  ['hookWake', 413, { headers: hookBearer, payload: { text: 'x'.repeat(300_000) } }],
  ['hookWake', 415, { headers: { ...hookBearer, 'content-type': 'text/plain' }, payload: 'hi' }],
  ['hookAgent', 200, { headers: hookBearer, payload: { message: 'hello', idempotencyKey: 'k' } }],
  ['hookAgent', 422, { headers: hookBearer, payload: { message: 'other', idempotencyKey: 'k' } }],
  ['hookMapped', 200, { headers: hookBearer, url: '/hooks/known', payload: { any: 'thing' } }],
  ['hookMapped', 401, { url: '/hooks/known', payload: {} }],
  ['hookMapped', 404, { headers: hookBearer, url: '/hooks/unknown', payload: {} }],
  ['createChatCompletion', 200, { headers: bearer, payload: { ...user('hi'), n: 2 } }],
  ['createChatCompletion', 200, { headers: bearer, payload: { ...user('hi'), user: 'a friend', ...streamed } }],
  ['createChatCompletion', 400, { headers: bearer, payload: {} }],
  ['createChatCompletion', 401, { payload: user('hi') }],
  ['createChatCompletion', 404, { headers: bearer, payload: { ...user('hi'), model: 'nope' } }],
  ['createChatCompletion', 413, { headers: bearer, payload: user('x'.repeat(21 * 1024 * 1024)) }],
  ['createChatCompletion', 415, { headers: { ...bearer, 'content-type': 'text/plain' }, payload: 'hi' }],
  ['createResponse', 400, { headers: bearer, payload: {} }],
  ['createResponse', 404, { headers: bearer, payload: { input: 'hi', previous_response_id: 'resp_none' } }],
  ...Object.keys(replies)
    .filter((word) => word !== 'hang')
    .flatMap((word): Call[] => {
      const status = { 400: 400, 401: 502, 429: 429, 501: 502, 504: 404 }[word] ?? 200
      const asked = (id: string, payload: object): Call => [id, status, { headers: bearer, payload }]
      return [false, true].flatMap((stream) => [
        asked('createChatCompletion', { ...user(word), tools, ...(stream && streamed) }),
        asked('createResponse', { input: word, tools: responseTools, stream }),
      ])
    }),
]

/** The operations of one stored response, whose id is known only when it is there. */
async function responsesById(t: Test, app: FastifyInstance): Promise<string[]> {
  const payload = { input: 'hang', background: true }
  const create = () => app.inject({ method: 'POST', url: '/v1/responses', headers: bearer, payload })
  const { id } = (await create()).json()
  const operations = ['retrieveResponse', 'listResponseInputItems', 'cancelResponse', 'deleteResponse']
  for (const name of operations) {
    const { path, method, operation } = must(name)
    const url = path.replace('{response_id}', id)
    const response = await app.inject({ method: method.toUpperCase() as 'GET', url, headers: bearer })
    t.equal(response.statusCode, 200, name)
    t.strictSame(validator.problems(operation, response), [], name)
  }
  return operations
}

t.test('answers are as documented', async (t) => {
  const app = await gateway(t)
  for (const [id, status, request] of calls) {
    const { path, method, operation } = must(id)
    const response = await app.inject({ method: method.toUpperCase() as 'GET', url: path, ...request })
    const payload = JSON.stringify(request.payload ?? '').slice(0, 80)
    const name = `${id} ${status} ${payload}`
    t.equal(response.statusCode, status, name)
    t.strictSame(validator.problems(operation, response), [], name)
    t.ok(response.headers['x-request-id'], name)
    const promised = headersOf(document, operation.responses[status])
    for (const header of ['retry-after', 'www-authenticate']) {
      t.equal(header in response.headers, header in promised, `${name}: ${header}`)
    }
  }
  const good = [...calls.filter(([, status]) => status < 300).map(([id]) => id), ...(await responsesById(t, app))]
  t.strictSame(
    operationsOf(document).filter(({ operationId }) => !good.includes(operationId) && !operationId.startsWith('rpc')),
    [],
    'all were called',
  )
})

t.test('answers of a gateway that stops are as documented', async (t) => {
  const app = await gateway(t)
  app.runtime.stop()
  const chat = { headers: bearer, payload: user('hi') }
  for (const [id, request] of [
    ['getStartup', {}],
    ['getReadiness', {}],
    ['createChatCompletion', chat],
  ] as const) {
    const { path, method, operation } = must(id)
    const response = await app.inject({ method: method.toUpperCase() as 'GET', url: path, ...request })
    t.equal(response.statusCode, 503, id)
    t.strictSame(validator.problems(operation, response), [], id)
    t.equal(response.headers['retry-after'], '1', id)
  }
})

t.test('examples work as they are', async (t) => {
  const app = await gateway(t)
  for (const [id, examples] of Object.entries(requestExamples)) {
    const { path, operation } = must(id)
    const schema = operation.requestBody?.content['application/json']?.schema ?? {}
    for (const [name, { value, summary }] of Object.entries(examples)) {
      t.strictSame(validator.validate(schema, value), [], `${id} ${name}`)
      t.match(summary, /^[A-Z]/)
      const headers = id.startsWith('hook') ? hookBearer : bearer
      const response = await app.inject({
        ...{ method: 'POST', url: path.replace('{name}', 'known'), headers, payload: value },
      })
      t.equal(response.statusCode, 200, `${id} ${name}: ${response.body.slice(0, 200)}`)
      t.strictSame(validator.problems(operation, response), [], `${id} ${name}`)
    }
  }
})

t.test('the validator sees what is wrong', async (t) => {
  const { operation } = must('getHealth')
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const problems = (statusCode: number, body: object) =>
    validator.problems(operation, { statusCode, headers, body: JSON.stringify(body) }).length
  t.equal(problems(200, { ok: true, status: 'live' }), 0)
  t.equal(problems(200, { ok: true, status: 'dead' }), 1)
  t.equal(problems(200, { ok: true, status: 'live', more: 1 }), 1)
  t.equal(problems(418, {}), 1)
})

async function gateway(t: Parameters<typeof build>[0]): Promise<FastifyInstance> {
  const upstream = await startUpstream(t, ({ body }) => {
    const said = (body.messages as { content: unknown }[] | undefined)?.at(-1)?.content
    return replies[String(said)] ?? 'Hello there'
  })
  const models = [{ id: 'one', name: 'One', input: ['text', 'image'] }]
  const providers = { upstream: { baseUrl: upstream.baseUrl, apiKey: 'upstream-key-1234', models } }
  const hooks = { enabled: true, token: hookToken, mappings: [{ match: { path: 'known' } }] }
  return build(t, testConfig({ ...upstreamConfig(upstream.baseUrl), models: { providers }, hooks }))
}

function must(id: string) {
  const found = paths.get(id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}
