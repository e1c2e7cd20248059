import t from 'tap'
import { bearer, build, token } from '../../../helper/gateway.js'
import { gateway, lastText, post } from './_gateway.js'

t.test('a response has every required key and can be read again', async (t) => {
  const { app } = await gateway(t)
  const answer = await post(app, { model: 'openclaw', input: 'hello', metadata: { a: 'b' } })
  t.equal(answer.statusCode, 200, answer.body)
  const response = answer.json()
  t.match(response, {
    id: /^resp_[0-9a-f]{32}$/,
    object: 'response',
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: { a: 'b' },
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    output: [
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'you said hello', annotations: [] }],
      },
    ],
  })
  const again = await app.inject({ url: `/v1/responses/${response.id}`, headers: bearer })
  t.same(again.json(), response)
  const items = await app.inject({ url: `/v1/responses/${response.id}/input_items`, headers: bearer })
  t.match(items.json(), {
    object: 'list',
    data: [{ role: 'user', content: [{ type: 'input_text', text: 'hello' }] }],
    has_more: false,
  })
  const gone = await app.inject({ method: 'DELETE', url: `/v1/responses/${response.id}`, headers: bearer })
  t.match(gone.json(), { id: response.id, deleted: true })
  t.equal((await app.inject({ url: `/v1/responses/${response.id}`, headers: bearer })).statusCode, 404)
})

t.test('previous_response_id goes on, and may branch', async (t) => {
  const { app, upstream } = await gateway(t)
  const first = (await post(app, { input: 'one' })).json()
  const second = (await post(app, { input: 'two', previous_response_id: first.id })).json()
  await post(app, { input: 'three', previous_response_id: second.id, instructions: 'be brief' })
  await post(app, { input: 'other', previous_response_id: first.id })
  const said = upstream.requests.map(({ body }) =>
    (body.messages as { role: string; content: string }[])
      .filter(({ role }) => role !== 'system')
      .map(({ content }) => content),
  )
  t.strictSame(said, [
    ['one'],
    ['one', 'you said one', 'two'],
    ['one', 'you said one', 'two', 'you said two', 'three'],
    ['one', 'you said one', 'other'],
  ])
  const stateless = (await post(app, { input: 'forget me', store: false })).json()
  for (const id of [stateless.id, 'resp_unknown']) {
    const answer = await post(app, { input: 'x', previous_response_id: id })
    t.equal(answer.statusCode, 404)
    t.match(answer.json(), { error: { code: 'previous_response_not_found', param: 'previous_response_id' } })
  }
})

t.test('a tool round trip', async (t) => {
  const call = { name: 'get_weather', arguments: '{"city":"Berlin"}' }
  const { app, upstream } = await gateway(t, ({ body }) =>
    (body.messages as { role: string }[]).at(-1)?.role === 'tool' ? { text: 'sunny' } : { toolCalls: [call] },
  )
  const tools = [{ type: 'function', name: 'get_weather', parameters: { type: 'object' } }]
  const first = (await post(app, { input: 'weather?', tools })).json()
  t.match(first.output, [{ type: 'function_call', id: /^fc_/, call_id: String, ...call, status: 'completed' }])
  const output = { type: 'function_call_output', call_id: first.output[0].call_id, output: '21 C' }
  const second = (await post(app, { input: [output], previous_response_id: first.id, tools })).json()
  t.equal(second.output[0].content[0].text, 'sunny')
  const whole = await post(app, { input: [{ role: 'user', content: 'weather?' }, first.output[0], output], tools })
  t.equal(whole.json().output[0].content[0].text, 'sunny', 'or with the whole conversation')
  t.equal(upstream.requests.length, 3)
  const stray = await post(app, { input: [{ ...output, call_id: 'call_none' }] })
  t.match(stray.json(), {
    error: { code: 'invalid_request', param: 'input[0].call_id', message: /No tool call found/ },
  })
})

t.test('what is refused, and at which field', async (t) => {
  const { app } = await gateway(t)
  const cases: [string, object, string, string?][] = [
    ['no input', {}, 'input'],
    ['empty text', { input: '' }, 'input'],
    ['empty list', { input: [] }, 'input'],
    ['only instructions', { input: [{ role: 'system', content: 'x' }] }, 'input'],
    ['another tool', { input: 'x', tools: [{ type: 'web_search' }] }, 'tools[0].type', 'unsupported_tool_type'],
    ['a nameless tool', { input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    ['a stored conversation', { input: 'x', conversation: 'conv_1' }, 'conversation', 'unsupported_parameter'],
    ['background without store', { input: 'x', background: true, store: false }, 'store'],
    [
      'session and previous',
      { input: 'x', user: 'ann', previous_response_id: 'resp_x' },
      'previous_response_id',
      'previous_response_not_found',
    ],
    [
      'a file id',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
      'input[0].content[0].file_id',
      'unsupported_parameter',
    ],
    [
      'a binary file',
      { input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a.zip', file_data: 'AAAA' }] }] },
      'input[0].content[0].file_data',
      'unsupported_value',
    ],
    [
      'a broken image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }] },
      'input[0].content[0].image_url',
      'invalid_image_format',
    ],
    [
      'a format without a name',
      { input: 'x', text: { format: { type: 'json_schema', schema: {} } } },
      'text.format.name',
    ],
    ['an unknown item', { input: [{ type: 'computer_call' }] }, 'input[0].type', 'unsupported_value'],
  ]
  for (const [name, payload, param, code = 'invalid_request'] of cases) {
    const answer = await post(app, payload)
    t.match(answer.json(), { error: { param, code } }, `${name}: ${answer.body}`)
  }
})

t.test('text files and older image forms', async (t) => {
  const { app, upstream } = await gateway(t)
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const answer = await post(app, {
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_file', filename: 'notes.md', file_data: Buffer.from('# Notes\n```\ncode').toString('base64') },
          { type: 'input_image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'input_text', text: 'what is this?' },
        ],
      },
    ],
  })
  t.equal(answer.statusCode, 200, answer.body)
  const sent = JSON.stringify(upstream.requests[0]?.body)
  t.ok(sent.includes('File \\"notes.md\\":\\n````\\n# Notes'), 'fenced by more backticks than the file has')
  t.ok(sent.includes(png))
})

t.test('the endpoint is off until it is enabled', async (t) => {
  const app = await build(t, { gateway: { mode: 'local', auth: { token } } })
  t.match((await post(app, { input: 'x' })).json(), { error: { code: 'endpoint_disabled' } })
})

t.test('a cut answer is incomplete; a failing model is an error with its status', async (t) => {
  const { app } = await gateway(t, (seen) =>
    lastText(seen) === 'cut' ? { text: 'half', finish: 'length' } : { status: 429, headers: { 'retry-after': '30' } },
  )
  t.match((await post(app, { input: 'cut' })).json(), {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ status: 'incomplete', content: [{ text: 'half' }] }],
  })
  const failed = await post(app, { input: 'fail' })
  t.equal(failed.statusCode, 429)
  t.match(failed.json(), { error: { code: 'rate_limit_exceeded' } })
})
