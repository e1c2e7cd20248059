import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t, { type Test } from 'tap'
import { runClient } from '../helper/clients.js'
import { testConfig, token } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { type Reply, type Seen, startUpstream, type Upstream } from '../helper/upstream.js'
import { openAiWire, type Wire } from '../helper/upstream-wire.js'
import { responsesWire } from '../helper/wires/responses.js'

/** All steps of openai.mjs in one process of Node 24, the retries of the gateway included. */
const limitMs = 50_000

const call = { name: 'get_weather', arguments: '{"city":"Berlin"}' }
/** What the scripted model does when the prompt says so. */
const script: Readonly<Record<string, Reply>> = {
  hi: { text: 'Hello from upstream', delayMs: 0 },
  tool: { toolCalls: [call], delayMs: 0 },
  json: { text: '{"city":"Berlin"}' },
  hang: { text: 'Hello there', delayMs: 0, hangAfter: 2 },
  'hang whole': { hangAfter: 0 },
  'fail 400': { status: 400, body: { error: { message: 'no such knob', param: 'knob', code: 'unknown_parameter' } } },
  'fail 401': { status: 401, body: { error: { message: 'Incorrect API key provided: lmstudio' } } },
  'fail 429': { status: 429, headers: { 'retry-after': '30' } },
  'fail 500': { status: 500 },
  'fail overflow': { status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } },
  'fail cut': { text: 'Hello there', delayMs: 0, cutAfter: 3 },
  'fail end': { text: 'Hello', finish: null, done: false },
  'fail event': { text: 'Hello', cutAfter: 2, delayMs: 0, errorEvent: { message: 'overloaded', code: 529 } },
}

interface Line {
  readonly step: string
  readonly ok: boolean
  // biome-ignore lint/suspicious/noExplicitAny: what each step prints is compared below
  readonly value?: any
  readonly error?: Record<string, unknown>
}

/** As seed 003 has it, and the API that most local servers speak. */
const apis: readonly [name: string, path: string, wire: Wire][] = [
  ['openai-responses', '/v1/responses', responsesWire],
  ['openai-completions', '/v1/chat/completions', openAiWire],
]

for (const [api, path, wire] of apis) {
  t.test(`the official SDK against seed 003’s local model, ${api}`, { timeout: limitMs + 10_000 }, (t) =>
    drive(t, api, path, wire),
  )
}

async function drive(t: Test, api: string, path: string, wire: Wire): Promise<void> {
  const upstream = await startUpstream(t)
  const lastTurn = ({ path: asked, body }: Seen) => (asked === path ? wire.hear(body).turns.at(-1) : undefined)
  const lastWord = (request: Seen) => {
    const last = lastTurn(request)
    return last?.role === 'user' ? last.text : undefined
  }
  const reply = (request: Seen): Reply | string =>
    lastTurn(request)?.role === 'tool' ? 'It is sunny' : (script[lastWord(request) ?? ''] ?? 'unexpected')
  const asked = waitForCall(upstream, (request) => lastWord(request) === 'hang whole')
  upstream.script = async (request) => {
    if (request.path.endsWith('/asked')) {
      await asked
      return { body: {} }
    }
    return reply(request)
  }
  const gateway = await startGateway(t, seedConfig(upstream, api))
  const env = { GATEWAY_URL: gateway.url, GATEWAY_TOKEN: token, UPSTREAM_URL: upstream.origin }
  const { stdout, stderr, code } = await runClient('openai.mjs', env, limitMs)
  t.strictSame({ stderr, code }, { stderr: '', code: 0 })
  const lines = new Map(stdout.trim().split('\n').map(parseLine))
  const value = (step: string) => {
    const line = lines.get(step)
    if (!line?.ok) t.fail(`${step} failed`, { found: line?.error })
    return line?.value
  }
  const error = (step: string) => lines.get(step)?.error
  const sent = (content: string) => upstream.requests.filter((request) => lastWord(request) === content)

  t.test('whole and streamed answers', async (t) => {
    const { answer, requestId, header } = value('create')
    t.match(answer, { model: 'openclaw:main', choices: [{ message: { content: 'Hello from upstream' } }] })
    t.match(requestId, /^req_/)
    t.equal(requestId, header)
    t.match(sent('hi')[0], {
      path,
      headers: { authorization: 'Bearer lmstudio' },
      body: { model: 'minimax-m2.5-gs32' },
    })
    const { deltas, choice, usage } = value('stream')
    t.equal(deltas.join(''), 'Hello from upstream')
    t.ok(deltas.length > 1)
    t.match(choice, { message: { content: 'Hello from upstream', refusal: null }, finish_reason: 'stop' })
    t.match(usage, { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 })
    t.equal(value('parse'), '{"city":"Berlin"}')
    const format = { type: 'json_schema', name: 'place', strict: true }
    const { type, ...json_schema } = format
    const expected = api === 'openai-responses' ? { text: { format } } : { response_format: { type, json_schema } }
    t.match(sent('json')[0]?.body, expected)
  })

  t.test('tools of the client', async (t) => {
    const round = value('toolRoundTrip')
    t.match(round, {
      call: { type: 'function', function: call, id: /^call_/ },
      finish: 'tool_calls',
      text: 'It is sunny',
    })
    const [first, second] = upstream.requests.filter(({ body }) => JSON.stringify(body).includes('get_weather'))
    t.match(first?.body, { tool_choice: 'required', parallel_tool_calls: false })
    t.match(wire.hear(first?.body), { tools: [call.name], choice: 'any' })
    t.match(wire.hear(second?.body).turns.slice(-2), [
      { role: 'assistant', calls: [{ name: call.name, arguments: { city: 'Berlin' } }] },
      { role: 'tool', text: 'sunny' },
    ])
    t.match(JSON.stringify(second?.body), `"${round.call.id}"`)
    const { pieces, choice } = value('streamedTool')
    t.ok(pieces.length > 1, 'arguments come bit by bit')
    t.equal(pieces.join(''), call.arguments)
    t.match(choice, { finish_reason: 'tool_calls', message: { tool_calls: [{ function: call }] } })
    const city = { city: 'Berlin' }
    t.strictSame(value('runTools'), { asked: [city, city], whole: 'It is sunny', streamed: 'It is sunny' })
  })

  t.test('responses: create, continue, stream, tools, failure', async (t) => {
    const whole = value('responses')
    t.match(whole, { text: 'Hello from upstream', status: 'completed', kept: 'Hello from upstream', items: 1 })
    t.match(whole.gone, { name: 'NotFoundError', code: 'response_not_found' })
    const { numbers, ...streamed } = value('responsesStream')
    t.same(streamed, { text: 'Hello from upstream', final: 'Hello from upstream', status: 'completed' })
    t.strictSame(
      numbers,
      numbers.map((_: number, index: number) => index),
      'every event is numbered',
    )
    t.same(value('responsesTools'), { args: call.arguments, name: call.name, text: 'It is sunny' })
    t.equal(value('responsesFailure'), 'failed')
  })

  t.test('models and embeddings', async (t) => {
    const { listed, one } = value('models')
    t.strictSame(listed, ['openclaw', 'openclaw/default', 'openclaw/main'])
    t.match(one, { id: 'openclaw/main', object: 'model', owned_by: 'openclaw', created: Number })
    const { decoded, floats, sized, usage } = value('embeddings')
    t.strictSame(
      decoded,
      floats.map((vector: number[]) => vector.map(Math.fround)),
      'base64 says the same as numbers',
    )
    t.equal(floats[1].length, 3)
    t.equal(sized, 5)
    t.match(usage, { prompt_tokens: 2, total_tokens: 2 })
  })

  t.test('an abort reaches the model', async (t) => {
    t.equal(value('abortStream'), 'Hello')
    t.match(error('abortWhole'), { name: 'APIUserAbortError' })
    for (const content of ['hang', 'hang whole']) {
      const [request, ...more] = sent(content)
      t.strictSame(more, [], 'asked once')
      await request?.closed
      t.equal(request?.aborted, true, `${content}: the upstream saw it`)
    }
  })

  t.test('failures', async (t) => {
    const rows: [step: string, name: string, status: number | undefined, code: string, more?: object][] = [
      ['badKey', 'AuthenticationError', 401, 'invalid_api_key', { param: null, type: 'invalid_request_error' }],
      ['unknownModel', 'NotFoundError', 404, 'model_not_found', { param: 'model' }],
      ['missingModel', 'NotFoundError', 404, 'model_not_found', { param: 'model' }],
      ['badField', 'BadRequestError', 400, 'invalid_request', { param: 'temperature' }],
      ['tooLarge', 'APIError', 413, 'request_too_large'],
      ['fail400', 'BadRequestError', 400, 'upstream_rejected', { param: 'knob', message: /no such knob/ }],
      ['failOverflow', 'BadRequestError', 400, 'context_length_exceeded', { param: 'messages' }],
      ['fail401', 'InternalServerError', 502, 'upstream_auth_failed', { type: 'api_error', shouldRetry: 'false' }],
      ['streamed401', 'InternalServerError', 502, 'upstream_auth_failed', { shouldRetry: 'false' }],
      ['fail429', 'RateLimitError', 429, 'rate_limit_exceeded', { retryAfter: '30', shouldRetry: 'false' }],
      ['fail500', 'InternalServerError', 502, 'upstream_error', { type: 'api_error', shouldRetry: 'false' }],
    ]
    for (const [step, name, status, code, more] of rows) {
      t.match(error(step), { name, status, code, requestID: /^req_/, ...more }, step)
      t.notMatch(error(step)?.message, /lmstudio/, `${step}: nothing of the upstream’s key`)
    }
    const count = (content: string) => sent(content).length
    t.equal(count('fail 401'), 2, 'once whole, once streamed: neither we nor the SDK try again')
    t.equal(count('fail 429'), 1, 'a wait of 30 s is the caller’s')
    t.equal(count('fail 500'), 3, 'we try twice more, the SDK does not')
    const interrupted = { name: 'APIError', code: 'upstream_stream_interrupted', param: null, type: 'api_error' }
    for (const step of ['streamedCut', 'streamedEnd', 'streamedError']) {
      t.match(value(step), { text: /^Hello/, error: interrupted }, step)
    }
    t.match(value('malformed'), { status: 400, body: { error: { code: 'invalid_json', param: null } } })
    t.match(value('wrongMethod'), { status: 405, allow: 'POST', body: { error: { code: 'method_not_allowed' } } })
  })
}

/** Seed 003's local model and its chat completions, as they stand there but for the API, at the scripted upstream. */
function seedConfig(upstream: Upstream, api: string): object {
  const read = (name: string) =>
    readFileSync(join(import.meta.dirname, `../config/fixtures/seeds/003-${name}.json5`), 'utf8')
  const local = JSON5.parse(read('local-model').replace('http://127.0.0.1:1234', upstream.origin))
  const embeddingModel = local.agent.model.primary
  local.models.providers.lmstudio.api = api
  return testConfig({ ...local, agent: { ...local.agent, embeddingModel } })
}

/** Resolves when the model has been asked this. */
function waitForCall(upstream: Upstream, isIt: (request: Seen) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const push = upstream.requests.push.bind(upstream.requests)
    upstream.requests.push = (...requests) => {
      if (requests.some(isIt)) resolve()
      return push(...requests)
    }
  })
}

function parseLine(text: string): [string, Line] {
  const line: Line = JSON.parse(text)
  return [line.step, line]
}
