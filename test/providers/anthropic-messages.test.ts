import t from 'tap'
import type { ModelMessage } from '../../src/models/types.js'
import anthropicMessages from '../../src/providers/anthropic-messages.js'
import { anthropicWire } from '../helper/wires/anthropic.js'
import { behaviours } from './behaviours.js'
import { asker } from './exchange-fixture.js'

behaviours(t, {
  api: 'anthropic-messages',
  factory: anthropicMessages,
  wire: anthropicWire,
  figures: { cached: true, reasoning: false },
  callIds: true,
  refusal: 'content_filter',
  choice: true,
  seal: 'signed',
})

const ask = asker(anthropicMessages)
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const tools = [{ name: 'weather' }]

t.test('where it is and how it gets its key', async (t) => {
  for (const path of ['', '/v1', '/v1/messages', '/v1/']) {
    const asked = await ask(t, {}, {}, 'fine', path)
    t.equal(asked.path, '/v1/messages', path)
    t.match(asked.headers, { 'x-api-key': 'sk-test-secret-key', 'anthropic-version': '2023-06-01' })
  }
  t.equal((await ask(t, {}, {}, 'fine', '/proxy/v1')).path, '/proxy/v1/messages')
  const token = await ask(t, {}, { apiKey: 'sk-ant-oat01-abc' })
  t.match(token.headers, { authorization: 'Bearer sk-ant-oat01-abc', 'anthropic-beta': 'oauth-2025-04-20' })
  t.notOk(token.headers['x-api-key'])
  t.equal((await ask(t, {}, { apiKey: 'k', bearer: true })).headers.authorization, 'Bearer k')
  t.notOk((await ask(t, {}, { apiKey: undefined })).headers['x-api-key'])
})

t.test('the request', async (t) => {
  const messages: ModelMessage[] = [
    { role: 'system', content: [{ type: 'text', text: 'One.' }] },
    { role: 'developer', content: [{ type: 'text', text: 'Two.' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
    user('a'),
    user(''),
    user('b'),
  ]
  const { body } = await ask(t, { messages, tools, sampling: { temperature: 1.5, topP: 0.5, stop: ['END', ' '] } })
  t.same(body, {
    model: 'model-1',
    stream: true,
    max_tokens: 32_000,
    system: [
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: '(nothing)' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: '(nothing)' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
    tools: [{ name: 'weather', input_schema: { type: 'object', properties: {} } }],
    temperature: 1,
    stop_sequences: ['END'],
  })
  t.match((await ask(t, { sampling: { maxTokens: 9 } }, { maxTokens: 8 })).body, { max_tokens: 8 })
  const required = await ask(t, { tools, toolChoice: 'required', sampling: { parallelToolCalls: false } })
  t.same(required.body.tool_choice, { type: 'any', disable_parallel_tool_use: true })
})

t.test('calls in the conversation want definitions, also when none may be called', async (t) => {
  const messages: ModelMessage[] = [
    user('Weather?'),
    { role: 'assistant', content: [], toolCalls: [{ id: 'functions.w:0', name: 'weather', arguments: 'no json' }] },
    { role: 'tool', toolCallId: 'functions.w:0', content: [{ type: 'text', text: '' }] },
  ]
  const { body } = await ask(t, { messages })
  t.match(body, { tools: [{ name: 'weather' }], tool_choice: { type: 'none' } })
  t.same(body.messages[1].content, [{ type: 'tool_use', id: 'functions_w_0', name: 'weather', input: {} }])
  t.same(body.messages[2].content, [{ type: 'tool_result', tool_use_id: 'functions_w_0', content: [] }])
})

t.test('the prompt is marked for the cache where it is known to be taken', async (t) => {
  const messages: ModelMessage[] = [{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }, user('Hi')]
  const { body } = await ask(t, { messages }, { compat: { supportsPromptCache: true } })
  const mark = { cache_control: { type: 'ephemeral' } }
  t.match(body, { system: [mark], messages: [{ content: [mark] }] })
  t.notMatch(JSON.stringify((await ask(t, { messages })).body), 'cache_control')
})

t.test('what goes into a cache is counted', async (t) => {
  const usage = { input_tokens: 5, cache_creation_input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 3 }
  const body = { type: 'message', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn', usage }
  const { result } = await ask(t, { stream: false }, {}, { body })
  t.same(result.usage, { input: 125, output: 3, cacheRead: 20, cacheWrite: 100, reasoning: 0, estimated: false })
})

t.test('thinking', async (t) => {
  const sampling = { reasoningEffort: 'medium', temperature: 0.2 }
  const older = await ask(t, { sampling }, { id: 'claude-sonnet-4-5' })
  t.match(older.body, { thinking: { type: 'enabled', budget_tokens: 10_000 } })
  t.notOk('temperature' in older.body)
  const newer = await ask(t, { sampling }, { id: 'claude-opus-4-6' })
  t.match(newer.body, { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } })
  const short = await ask(t, { sampling: { ...sampling, maxTokens: 1500 } }, { id: 'claude-sonnet-4-5' })
  t.notOk('thinking' in short.body, 'no room')
  const forced = await ask(t, { sampling, tools, toolChoice: 'required' }, { id: 'claude-sonnet-4-5' })
  t.notOk('thinking' in forced.body)
  const foreign: ModelMessage[] = [
    user('Weather?'),
    { role: 'assistant', content: [], toolCalls: [{ id: 'c', name: 'weather', arguments: '{}' }] },
    { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: '18' }] },
  ]
  const tail = await ask(t, { sampling, tools, messages: foreign }, { id: 'claude-sonnet-4-5' })
  t.notOk('thinking' in tail.body, 'the calls were made without signed thoughts')
})

t.test('what an upstream refuses is learned', async (t) => {
  const refuse = (message: string) => ({ status: 400, body: { type: 'error', error: { message } } })
  const limit = await ask(t, {}, {}, [
    refuse('max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for model-1'),
    'fine',
  ])
  t.equal(limit.body.max_tokens, 8192)
  t.equal(limit.result.text, 'fine')

  const effort = await ask(t, { sampling: { reasoningEffort: 'low' } }, {}, (seen) => {
    return 'thinking' in seen.body ? refuse('thinking: this model does not think') : 'fine'
  })
  t.equal(effort.result.text, 'fine')
  t.same(
    effort.upstream.requests.map(({ body }) => (body.thinking as { type?: string } | undefined)?.type),
    ['enabled', 'adaptive', undefined],
  )

  const responseFormat = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } }
  const format = await ask(t, { sampling: { responseFormat } }, {}, (seen) =>
    'output_config' in seen.body ? refuse('output_config.format: not supported by this model') : '{}',
  )
  t.same(format.upstream.requests[0]?.body.output_config, {
    format: { type: 'json_schema', schema: { type: 'object' } },
  })
  t.match(format.body.system[0].text, /JSON Schema: {"type":"object"}/)
})

t.test('arguments that come with the start of a call', async (t) => {
  const lines = [
    { type: 'message_start', message: {} },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'a', name: 'w', input: { x: 1 } } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
  ]
  const frames = lines.map((line) => `data: ${JSON.stringify(line)}\n\n`)
  const { result } = await ask(t, { tools }, {}, { frames })
  t.same(result.calls, [{ id: 'a', name: 'w', arguments: '{"x":1}' }])
  t.equal(result.reason, 'tool_calls')
})
