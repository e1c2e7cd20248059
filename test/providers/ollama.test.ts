import t from 'tap'
import type { ModelMessage } from '../../src/models/types.js'
import ollama from '../../src/providers/ollama.js'
import { startUpstream } from '../helper/upstream.js'
import { ollamaWire } from '../helper/wires/ollama.js'
import { behaviours } from './behaviours.js'
import { asker } from './exchange-fixture.js'
import { never, testContext, testModel } from './fixture.js'

behaviours(t, {
  api: 'ollama',
  factory: ollama,
  wire: ollamaWire,
  figures: { cached: false, reasoning: false },
  callIds: false,
  refusal: 'none',
  choice: false,
})

const ask = asker(ollama)

t.test('the request', async (t) => {
  const messages: ModelMessage[] = [
    { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', content: [], toolCalls: [{ id: 'c', name: 'weather', arguments: '{"city":"Oslo"}' }] },
    { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: '9' }] },
  ]
  const sampling = { maxTokens: 9, temperature: 0.5, stop: ['x'], responseFormat: { type: 'json_object' } }
  const fields = { contextWindow: 8192, params: { keep_alive: '5m', mirostat: 1, options: { top_k: 5 } } }
  const { body, path } = await ask(t, { messages, sampling, tools: [{ name: 'weather' }] }, fields)
  t.equal(path, '/api/chat')
  t.same(body, {
    keep_alive: '5m',
    model: 'model-1',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'weather', arguments: { city: 'Oslo' } } }],
      },
      { role: 'tool', content: '9', tool_name: 'weather' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }],
    format: 'json',
    options: { mirostat: 1, top_k: 5, num_ctx: 8192, num_predict: 9, temperature: 0.5, stop: ['x'] },
  })
  t.equal((await ask(t, {}, {}, 'fine', '/api')).path, '/api/chat')
})

t.test('thinking, and a model that cannot', async (t) => {
  const sampling = { reasoningEffort: 'medium' }
  t.equal((await ask(t, { sampling }, { id: 'qwen3' })).body.think, true)
  t.equal((await ask(t, { sampling: { reasoningEffort: 'none' } }, { id: 'qwen3' })).body.think, false)
  t.equal((await ask(t, { sampling }, { id: 'gpt-oss:20b' })).body.think, 'medium')
  const refusal = { status: 400, body: { error: '"llama3.2" does not support thinking' } }
  const { result, body } = await ask(t, { sampling }, { id: 'llama3.2' }, [refusal, 'fine'])
  t.equal(result.text, 'fine')
  t.notOk('think' in body)
})

t.test('embeddings', async (t) => {
  const upstream = await startUpstream(t, { body: { embeddings: [[1, 2]], prompt_eval_count: 3 } })
  const provider = ollama(testContext())
  t.teardown(() => provider.close?.())
  const given = await provider.embed?.({ model: testModel(upstream.baseUrl), input: ['a'] }, never())
  t.same(given, { vectors: [[1, 2]], inputTokens: 3 })
  t.match(upstream.requests[0], { path: '/api/embed', body: { model: 'model-1', input: ['a'] } })
})
