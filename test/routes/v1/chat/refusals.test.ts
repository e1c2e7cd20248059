import t from 'tap'
import { bearer, build, testConfig, token } from '../../../helper/gateway.js'

const url = '/v1/chat/completions'
const user = { role: 'user', content: 'hi' }
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const image = (value: unknown) => ({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: value }] }] })
const tool = (name: string) => ({ type: 'function', function: { name } })
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })

/** What is wrong, and what the caller is told: status 400 where nothing else is said. */
const rows: [name: string, body: object, code: string, param: string | null, status?: number][] = [
  ['messages missing', {}, 'invalid_request', 'messages'],
  ['messages empty', { messages: [] }, 'invalid_request', 'messages'],
  ['messages not an array', { messages: 'hi' }, 'invalid_type', 'messages'],
  ['unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'invalid_request', 'messages[0].role'],
  ['no role', { messages: [{ content: 'x' }] }, 'invalid_request', 'messages[0].role'],
  ['content null', { messages: [{ role: 'user', content: null }] }, 'invalid_request', 'messages[0].content'],
  ['content blank', { messages: [{ role: 'user', content: ' ' }] }, 'invalid_request', 'messages'],
  ['model not a string', { model: 3, messages: [user] }, 'invalid_type', 'model'],
  ['model unknown', { model: 'gpt-4o', messages: [user] }, 'model_not_found', 'model', 404],
  ['agent unknown', { model: 'openclaw/ghost', messages: [user] }, 'model_not_found', 'model', 404],
  ['stream not a boolean', { messages: [user], stream: 'yes' }, 'invalid_type', 'stream'],
  ['user not a string', { messages: [user], user: 3 }, 'invalid_type', 'user'],
  ['max_tokens a string', { messages: [user], max_tokens: '5' }, 'invalid_type', 'max_tokens'],
  ['max_tokens 0', { messages: [user], max_tokens: 0 }, 'invalid_request', 'max_tokens'],
  ['temperature 3', { messages: [user], temperature: 3 }, 'invalid_request', 'temperature'],
  ['five stops', { messages: [user], stop: ['a', 'b', 'c', 'd', 'e'] }, 'invalid_request', 'stop'],
  ['n 0', { messages: [user], n: 0 }, 'invalid_request', 'n'],
  ['n 99', { messages: [user], n: 99 }, 'invalid_request', 'n'],
  [
    'stream_options alone',
    { messages: [user], stream_options: { include_usage: true } },
    'invalid_request',
    'stream_options',
  ],
  ['logprobs', { messages: [user], logprobs: true }, 'unsupported_parameter', 'logprobs'],
  ['logit_bias', { messages: [user], logit_bias: { 1: 1 } }, 'unsupported_parameter', 'logit_bias'],
  ['audio out', { messages: [user], modalities: ['audio'] }, 'unsupported_parameter', 'modalities'],
  [
    'unknown part',
    { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
    'unsupported_value',
    'messages[0].content[0].type',
  ],
  [
    'text part without text',
    { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    'invalid_request',
    'messages[0].content[0].text',
  ],
  [
    'image in a system message',
    { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: 'x' }] }, user] },
    'unsupported_value',
    'messages[0].content[0].type',
  ],
  ['image by http', image({ url: 'http://127.0.0.1/x.png' }), 'invalid_image_url', 'messages[0].content[0].image_url'],
  ['image not base64', image('data:image/png;base64,%%%'), 'invalid_base64_image', 'messages[0].content[0].image_url'],
  [
    'image of no format',
    image(`data:image/png;base64,${Buffer.from('plain text here').toString('base64')}`),
    'invalid_image_format',
    'messages[0].content[0].image_url',
  ],
  [
    'nine images',
    {
      messages: [
        { role: 'user', content: Array(9).fill({ type: 'image_url', image_url: `data:image/png;base64,${png}` }) },
      ],
    },
    'too_many_images',
    'messages[0].content',
  ],
  [
    'an image of 11 MB',
    image(`data:image/png;base64,${png.slice(0, 40)}${'A'.repeat(15_000_000)}`),
    'image_too_large',
    'messages[0].content[0].image_url',
  ],
  [
    'tool of another type',
    { messages: [user], tools: [{ type: 'custom', custom: {} }] },
    'unsupported_tool_type',
    'tools[0].type',
  ],
  ['tool name with a space', { messages: [user], tools: [tool('a b')] }, 'invalid_request', 'tools[0].function.name'],
  ['two tools of one name', { messages: [user], tools: [tool('a'), tool('a')] }, 'invalid_request', 'tools[1]'],
  ['tools not an array', { messages: [user], tools: {} }, 'invalid_type', 'tools'],
  ['tool_choice without tools', { messages: [user], tool_choice: 'required' }, 'invalid_request', 'tool_choice'],
  [
    'tool_choice of an unknown tool',
    { messages: [user], tools: [tool('a')], tool_choice: { type: 'function', function: { name: 'b' } } },
    'invalid_request',
    'tool_choice',
  ],
  [
    'tool result without a call',
    { messages: [user, { role: 'tool', tool_call_id: 'c', content: 'x' }] },
    'invalid_request',
    'messages[1].tool_call_id',
  ],
  [
    'tool result without an id',
    { messages: [user, { role: 'tool', content: 'x' }] },
    'invalid_request',
    'messages[1].tool_call_id',
  ],
  [
    'a call without its result',
    { messages: [user, { role: 'assistant', content: null, tool_calls: [call('c')] }, user] },
    'invalid_request',
    'messages[2]',
  ],
  [
    'two calls of one id',
    { messages: [user, { role: 'assistant', content: null, tool_calls: [call('c'), call('c')] }] },
    'invalid_request',
    'messages[1].tool_calls[1].id',
  ],
  [
    'json_schema without a schema',
    { messages: [user], response_format: { type: 'json_schema' } },
    'invalid_request',
    'response_format.json_schema',
  ],
  [
    'another response_format',
    { messages: [user], response_format: { type: 'xml' } },
    'invalid_request',
    'response_format.type',
  ],
]

t.test('every refusal names the field and says what to do', async (t) => {
  const app = await build(t)
  for (const [name, payload, code, param, status = 400] of rows) {
    const response = await app.inject({ method: 'POST', url, headers: bearer, payload })
    const { error } = response.json()
    t.strictSame([response.statusCode, error.code, error.param], [status, code, param], name)
    t.strictSame(Object.keys(error).sort(), ['code', 'message', 'param', 'type'], `${name}: four keys`)
  }
})

t.test('bodies that are no JSON object', async (t) => {
  const app = await build(t)
  const json = { 'content-type': 'application/json' }
  const bodies: [payload: string | undefined, headers: Record<string, string>, status: number, code: string][] = [
    ['{"a":', json, 400, 'invalid_json'],
    ['[]', json, 400, 'invalid_type'],
    ['"x"', json, 400, 'invalid_type'],
    ['', json, 400, 'empty_body'],
    [undefined, {}, 400, 'empty_body'],
    ['hello', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['{}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
    ['{}', { ...json, 'content-encoding': 'identity' }, 400, 'invalid_request'],
    [JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(22_000_000) }] }), json, 413, 'request_too_large'],
  ]
  for (const [payload, headers, status, code] of bodies) {
    const response = await app.inject({
      method: 'POST',
      url,
      headers: { ...bearer, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    t.strictSame([response.statusCode, response.json().error.code], [status, code])
    t.notMatch(response.body, /position|Unexpected token/, 'no parser text')
  }
})

t.test('the config sets other limits', async (t) => {
  const chatCompletions = { enabled: true, maxBodyBytes: 2000, maxImageParts: 1, images: { maxBytes: 40 } }
  const gateway = { mode: 'local', auth: { token }, http: { endpoints: { chatCompletions } } }
  const app = await build(t, testConfig({ gateway }))
  const code = async (payload: object) =>
    (await app.inject({ method: 'POST', url, headers: bearer, payload })).json().error?.code
  const part = { type: 'image_url', image_url: `data:image/png;base64,${png.slice(0, 40)}` }
  t.equal(await code({ messages: [{ role: 'user', content: 'x'.repeat(3000) }] }), 'request_too_large')
  t.equal(await code({ messages: [{ role: 'user', content: [part] }] }), undefined)
  t.equal(await code({ messages: [{ role: 'user', content: [part, part] }] }), 'too_many_images')
  t.equal(await code(image(`data:image/png;base64,${png}`)), 'image_too_large')
})

t.test('an unknown URL is unknown, whatever the body is', async (t) => {
  const app = await build(t)
  for (const headers of [
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json' },
  ]) {
    const response = await app.inject({
      method: 'POST',
      url: '/v1/nope',
      headers: { ...bearer, ...headers },
      payload: '{"a":',
    })
    t.strictSame([response.statusCode, response.json().error.code], [404, 'unknown_url'])
  }
})

t.test('null means not set', async (t) => {
  const app = await build(t)
  const nulls = {
    model: null,
    stream: null,
    stop: null,
    tools: null,
    tool_choice: null,
    n: null,
    user: null,
    max_tokens: null,
    response_format: null,
  }
  const response = await app.inject({ method: 'POST', url, headers: bearer, payload: { messages: [user], ...nulls } })
  t.equal(response.statusCode, 200)
  t.equal(response.json().model, 'openclaw')
})

t.test('the order of the checks: unknown method, credential, endpoint, body', async (t) => {
  const app = await build(t, testConfig({ gateway: { mode: 'local', auth: { token: 'another-token-123456' } } }))
  const wrongMethod = await app.inject({ method: 'GET', url })
  t.strictSame([wrongMethod.statusCode, wrongMethod.headers.allow], [405, 'POST'])
  const noCredential = await app.inject({
    method: 'POST',
    url,
    payload: '{"a":',
    headers: { 'content-type': 'application/json' },
  })
  t.equal(noCredential.statusCode, 401)
  const off = await app.inject({
    method: 'POST',
    url,
    payload: '{"a":',
    headers: { authorization: 'Bearer another-token-123456', 'content-type': 'application/json' },
  })
  t.match(off.json(), { error: { code: 'endpoint_disabled' } })
})
