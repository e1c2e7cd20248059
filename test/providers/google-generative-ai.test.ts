import t from 'tap'
import type { ModelMessage } from '../../src/models/types.js'
import googleGenerativeAi from '../../src/providers/google-generative-ai.js'
import { startUpstream } from '../helper/upstream.js'
import { googleWire } from '../helper/wires/google.js'
import { behaviours } from './behaviours.js'
import { asker } from './exchange-fixture.js'
import { never, testContext, testModel } from './fixture.js'

behaviours(t, {
  api: 'google-generative-ai',
  factory: googleGenerativeAi,
  wire: googleWire,
  figures: { cached: true, reasoning: true },
  callIds: true,
  refusal: 'content_filter',
  choice: true,
  seal: 'signed',
})

const ask = asker(googleGenerativeAi)
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const tools = [{ name: 'weather', description: 'Tells it.', parameters }]

t.test('where it is and how it gets its key', async (t) => {
  const asked = await ask(t, {}, {}, 'fine', '/v1beta')
  t.equal(asked.path, '/v1beta/models/model-1:streamGenerateContent?alt=sse')
  t.equal(asked.headers['x-goog-api-key'], 'sk-test-secret-key')
  t.notMatch(asked.path, 'secret')
  t.equal((await ask(t, { stream: false }, {}, 'fine', '')).path, '/v1beta/models/model-1:generateContent')
  t.equal((await ask(t, {}, { id: 'tunedModels/a b' })).path, '/v1/tunedModels/a%20b:streamGenerateContent?alt=sse')
  t.equal((await ask(t, {}, {}, 'fine', '/v1?x=1')).path, '/v1/models/model-1:streamGenerateContent?alt=sse&x=1')
})

t.test('the request', async (t) => {
  const responseFormat = { type: 'json_schema', json_schema: { schema: { type: 'object' } } }
  const sampling = { maxTokens: 9, temperature: 0.5, topP: 0.9, stop: ['x'], seed: 4, responseFormat }
  const { body } = await ask(t, { tools, toolChoice: 'required', sampling }, { params: { safetySettings: [] } })
  t.same(body, {
    safetySettings: [],
    contents: [{ role: 'user', parts: [{ text: 'Hi there' }] }],
    tools: [
      { functionDeclarations: [{ name: 'weather', description: 'Tells it.', parametersJsonSchema: parameters }] },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    generationConfig: {
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      stopSequences: ['x'],
      seed: 4,
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    },
  })
})

t.test('thinking', async (t) => {
  const thinking = async (id: string, reasoningEffort: string) =>
    (await ask(t, { sampling: { reasoningEffort } }, { id })).body.generationConfig.thinkingConfig
  t.same(await thinking('gemini-2.5-flash', 'low'), { thinkingBudget: 1024, includeThoughts: true })
  t.same(await thinking('gemini-2.5-flash', 'none'), { thinkingBudget: 0, includeThoughts: false })
  t.same(await thinking('gemini-3-pro', 'high'), { thinkingLevel: 'high', includeThoughts: true })
})

t.test('calls that another model made, for a model that wants signatures', async (t) => {
  const messages: ModelMessage[] = [
    { role: 'user', content: [] },
    { role: 'assistant', content: [], toolCalls: [{ id: 'c', name: 'weather', arguments: '{"city":"Oslo"}' }] },
    { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: '9' }] },
  ]
  const { body } = await ask(t, { messages, tools }, { id: 'gemini-3-pro' })
  t.same(body.contents[1].parts, [
    {
      functionCall: { name: 'weather', args: { city: 'Oslo' } },
      thoughtSignature: 'skip_thought_signature_validator',
    },
  ])
  t.same(body.contents[2].parts, [{ functionResponse: { name: 'weather', response: { output: '9' } } }])
})

t.test('a blocked prompt, a call that is nonsense, an older server', async (t) => {
  const blocked = await ask(t, { stream: false }, {}, { body: { promptFeedback: { blockReason: 'SAFETY' } } })
  t.equal(blocked.result.failure?.class, 'refusal')
  const nonsense = {
    frames: [`data: ${JSON.stringify({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] })}\n\n`],
  }
  const again = await ask(t, { tools }, {}, [nonsense, 'fine'])
  t.equal(again.result.text, 'fine')
  const message = 'Invalid JSON payload received. Unknown name "parametersJsonSchema"'
  const older = await ask(t, { tools }, {}, [{ status: 400, body: { error: { code: 400, message } } }, 'fine'])
  t.same(older.body.tools[0].functionDeclarations[0].parameters, parameters)
})

t.test('embeddings', async (t) => {
  const upstream = await startUpstream(t, { body: { embeddings: [{ values: [1, 2] }, { values: [3, 4] }] } })
  const provider = googleGenerativeAi(testContext())
  t.teardown(() => provider.close?.())
  const model = testModel(`${upstream.origin}/v1beta`)
  const given = await provider.embed?.({ model, input: ['a', 'b'], dimensions: 2 }, never())
  t.same(given?.vectors, [
    [1, 2],
    [3, 4],
  ])
  t.equal(upstream.requests[0]?.path, '/v1beta/models/model-1:batchEmbedContents')
  t.match(upstream.requests[0]?.body.requests, [{ content: { parts: [{ text: 'a' }] }, outputDimensionality: 2 }])
})
