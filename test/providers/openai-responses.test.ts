import t from 'tap'
import type { ModelMessage } from '../../src/models/types.js'
import openAiResponses from '../../src/providers/openai-responses.js'
import type { Script } from '../helper/upstream.js'
import { responsesWire } from '../helper/wires/responses.js'
import { behaviours } from './behaviours.js'
import { asker } from './exchange-fixture.js'

behaviours(t, {
  api: 'openai-responses',
  factory: openAiResponses,
  wire: responsesWire,
  figures: { cached: true, reasoning: true },
  callIds: true,
  refusal: 'text',
  choice: true,
  seal: 'sealed',
})

const ask = asker(openAiResponses)
const tools = [{ name: 'weather', parameters: { type: 'object', properties: {} } }]

t.test('the request', async (t) => {
  const messages: ModelMessage[] = [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  ]
  const responseFormat = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } }
  const sampling = { maxTokens: 3, temperature: 0.5, topP: 0.9, reasoningEffort: 'low', responseFormat, stop: ['x'] }
  const { body, path, headers } = await ask(t, { messages, tools, toolChoice: 'required', sampling })
  t.equal(path, '/v1/responses')
  t.equal(headers.authorization, 'Bearer sk-test-secret-key')
  t.same(body, {
    model: 'model-1',
    stream: true,
    store: false,
    instructions: 'Be brief.',
    input: [{ role: 'user', content: 'Hi' }],
    max_output_tokens: 16,
    temperature: 0.5,
    top_p: 0.9,
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' }, strict: true } },
    tools: [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false }],
    tool_choice: 'required',
  })
})

t.test('fields that a model does not take are left out from then on', async (t) => {
  const refuse = (message: string, param?: string) => ({ status: 400, body: { error: { message, param } } })
  const script: Script = ({ body }) => {
    if (body.temperature !== undefined) {
      return refuse("Unsupported parameter: 'temperature' is not supported with this model.", 'temperature')
    }
    const { reasoning } = body as { reasoning?: { summary?: string } }
    if (reasoning?.summary) {
      return refuse('Your organization must be verified to generate reasoning summaries.', 'reasoning.summary')
    }
    return 'store' in body ? refuse("Unknown field 'store'") : 'fine'
  }
  const sampling = { temperature: 0.5, reasoningEffort: 'low' }
  const { result, body, upstream } = await ask(t, { sampling }, {}, script)
  t.equal(result.text, 'fine')
  t.equal(upstream.requests.length, 4)
  t.same(body.reasoning, { effort: 'low' })
  const stubborn = await ask(t, { sampling }, {}, refuse("Unsupported parameter: 'input'"))
  t.equal(stubborn.result.failure?.class, 'format')
  t.equal(stubborn.upstream.requests.length, 1)
})

t.test('servers that send items whole, or only the end', async (t) => {
  const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }
  const call = { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"a":1}' }
  const frame = (type: string, fields: object) => `data: ${JSON.stringify({ type, ...fields })}\n\n`
  const response = { status: 'completed', output: [item, call] }
  const both = [
    frame('response.output_item.done', { output_index: 0, item }),
    frame('response.output_item.done', { output_index: 1, item: call }),
    frame('response.completed', { response }),
  ]
  for (const frames of [both, both.slice(2)]) {
    const { result } = await ask(t, { tools }, {}, { frames })
    t.equal(result.text, 'Hello')
    t.same(result.calls, [{ id: 'c1', name: 'weather', arguments: '{"a":1}' }])
    t.equal(result.reason, 'tool_calls')
  }
})

t.test('a response that failed', async (t) => {
  const failed = (code: string) => ({
    frames: [
      `data: ${JSON.stringify({ type: 'response.failed', response: { status: 'failed', error: { code, message: 'no' } } })}\n\n`,
    ],
  })
  t.equal((await ask(t, {}, {}, failed('rate_limit_exceeded'))).result.failure?.class, 'rate_limit')
  t.equal((await ask(t, {}, {}, failed('server_error'))).result.failure?.class, 'server')
  t.equal((await ask(t, {}, {}, failed('insufficient_quota'))).result.failure?.class, 'billing')
})

t.test('llama.cpp numbers nothing and says all again at the end: nothing is said or called twice', async (t) => {
  const call = (n: number) => {
    return { type: 'function_call', status: 'completed', arguments: `{"n":${n}}`, call_id: `fc_${n}`, name: 'run' }
  }
  const message = { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Hello there' }] }
  const added = (item: object) => ({
    type: 'response.output_item.added',
    item: { ...item, content: [], arguments: '' },
  })
  const done = (item: object) => ({ type: 'response.output_item.done', item })
  const piece = (id: string, delta: string) => ({ type: 'response.output_text.delta', item_id: id, delta })
  const part = (id: string, delta: string) => ({ type: 'response.function_call_arguments.delta', item_id: id, delta })
  const completed = (...output: object[]) => ({ type: 'response.completed', response: { status: 'completed', output } })
  const frames = (...events: { type: string }[]) => {
    return { frames: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`) }
  }
  const words = [piece('msg_1', 'Hello '), piece('msg_1', 'there')]
  const said = await ask(t, {}, {}, frames(added(message), ...words, done(message), completed(message)))
  t.match(said.result, { text: 'Hello there' })
  const asked = [added(call(1)), part('fc_1', '{"n":1}'), added(call(2)), part('fc_2', '{"n":2}')]
  const ended = [done(call(1)), done(call(2)), completed(call(1), call(2))]
  const called = await ask(t, { tools }, {}, frames(...asked, ...ended))
  t.match(called.result, { calls: [{ arguments: '{"n":1}' }, { arguments: '{"n":2}' }] })
  t.equal(called.result.calls.length, 2)
})
