import t from 'tap'
import type { ModelMessage, ModelRequest, ResolvedModel } from '../../src/models/types.js'
import { bodyText, writeOnce } from '../../src/providers/_call/body-text.js'
import { type Quirks, requestBody } from '../../src/providers/_openai/request-body.js'
import { testModel, testRequest } from './fixture.js'

interface Case {
  readonly request?: Partial<ModelRequest>
  readonly model?: Partial<ResolvedModel>
  readonly openAi?: boolean
  readonly quirks?: Quirks
}

function bodyOf({ request, model, openAi = false, quirks = {} }: Case): Record<string, unknown> {
  return JSON.parse(
    bodyText(requestBody(testRequest(testModel('http://127.0.0.1:1/v1', model), request), openAi, quirks, writeOnce())),
  )
}

const text = (value: string) => [{ type: 'text' as const, text: value }]
const image = { type: 'image' as const, mediaType: 'image/png', data: 'AAAA' }
const tools = [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }]

t.test('the least', async (t) => {
  t.same(bodyOf({}), {
    model: 'model-1',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Hi there' }],
  })
  t.same(bodyOf({ request: { stream: false } }), {
    model: 'model-1',
    stream: false,
    messages: [{ role: 'user', content: 'Hi there' }],
  })
})

t.test('fields', async (t) => {
  const cases: [string, Case, object, string[]?][] = [
    ['limit', { request: { sampling: { maxTokens: 9 } } }, { max_tokens: 9 }],
    [
      'limit at OpenAI',
      { request: { sampling: { maxTokens: 9 } }, openAi: true },
      { max_completion_tokens: 9 },
      ['max_tokens'],
    ],
    [
      'limit by compat',
      { request: { sampling: { maxTokens: 9 } }, model: { compat: { maxTokensField: 'max_completion_tokens' } } },
      { max_completion_tokens: 9 },
    ],
    [
      'limit as learned',
      { request: { sampling: { maxTokens: 9 } }, quirks: { otherLimitField: true } },
      { max_completion_tokens: 9 },
    ],
    ['limit of the model', { model: { maxTokens: 5 } }, { max_tokens: 5 }],
    ['the smaller limit', { model: { maxTokens: 5 }, request: { sampling: { maxTokens: 9 } } }, { max_tokens: 5 }],
    ['usage not known', { quirks: { noUsageOption: true } }, {}, ['stream_options']],
    ['usage off by compat', { model: { compat: { supportsUsageInStreaming: false } } }, {}, ['stream_options']],
    [
      'sampling',
      {
        request: {
          sampling: {
            temperature: 0,
            topP: 0.5,
            frequencyPenalty: 1,
            presencePenalty: -1,
            seed: 0,
            stop: ['x'],
            reasoningEffort: 'low',
            responseFormat: { type: 'json_object' },
          },
        },
      },
      {
        temperature: 0,
        top_p: 0.5,
        frequency_penalty: 1,
        presence_penalty: -1,
        seed: 0,
        stop: ['x'],
        reasoning_effort: 'low',
        response_format: { type: 'json_object' },
      },
    ],
    [
      'effort off by compat',
      { request: { sampling: { reasoningEffort: 'low' } }, model: { compat: { supportsReasoningEffort: false } } },
      {},
      ['reasoning_effort'],
    ],
    ['no stop sequences', { request: { sampling: { stop: [] } } }, {}, ['stop']],
    [
      'tools',
      { request: { tools, toolChoice: 'required', sampling: { parallelToolCalls: false } } },
      { tools: [{ type: 'function', function: tools[0] }], tool_choice: 'required', parallel_tool_calls: false },
    ],
    [
      'strict off by compat',
      { request: { tools }, model: { compat: { supportsStrictMode: false } } },
      { tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }] },
    ],
    [
      'pinned tool',
      { request: { tools, toolChoice: { name: 'f' } } },
      { tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [
      'a tool without parameters',
      { request: { tools: [{ name: 'f' }] } },
      { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }] },
    ],
    [
      'choice without tools',
      { request: { toolChoice: 'auto', sampling: { parallelToolCalls: true } } },
      {},
      ['tools', 'tool_choice', 'parallel_tool_calls'],
    ],
    [
      'params never win',
      {
        model: { params: { top_k: 4, model: 'x', temperature: 1, stream: false, messages: [] } },
        request: { sampling: { temperature: 0 } },
      },
      { top_k: 4, model: 'model-1', temperature: 0, stream: true },
    ],
  ]
  for (const [name, input, expected, absent = []] of cases) {
    const body = bodyOf(input)
    t.match(body, expected, name)
    for (const key of Object.keys(expected))
      t.same(body[key], (expected as Record<string, unknown>)[key], `${name}: ${key}`)
    for (const key of absent) t.notOk(key in body, `${name}: no ${key}`)
  }
})

t.test('messages', async (t) => {
  const url = 'data:image/png;base64,AAAA'
  const cases: [string, ModelMessage[], object[], boolean?][] = [
    ['system', [{ role: 'system', content: text('a') }], [{ role: 'system', content: 'a' }]],
    ['developer elsewhere', [{ role: 'developer', content: text('a') }], [{ role: 'system', content: 'a' }]],
    ['developer at OpenAI', [{ role: 'developer', content: text('a') }], [{ role: 'developer', content: 'a' }], true],
    ['name', [{ role: 'user', name: 'bob', content: text('a') }], [{ role: 'user', name: 'bob', content: 'a' }]],
    [
      'parts',
      [{ role: 'user', content: [...text('a'), ...text('b')] }],
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    ],
    [
      'image',
      [{ role: 'user', content: [...text('a'), image] }],
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    ],
    ['nothing', [{ role: 'user', content: [] }], [{ role: 'user', content: '' }]],
    ['assistant', [{ role: 'assistant', content: text('a') }], [{ role: 'assistant', content: 'a' }]],
    [
      'refusal',
      [{ role: 'assistant', content: [], refusal: 'no' }],
      [{ role: 'assistant', content: '', refusal: 'no' }],
    ],
    [
      'calls and results, images after the last one',
      [
        {
          role: 'assistant',
          content: [],
          toolCalls: [
            { id: '1', name: 'f', arguments: '' },
            { id: '2', name: 'f', arguments: '{"a":1}' },
          ],
        },
        { role: 'tool', toolCallId: '1', content: [...text('x'), image] },
        { role: 'tool', toolCallId: '2', content: text('y') },
        { role: 'user', content: text('go on') },
      ],
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: '2', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: '1', content: 'x' },
        { role: 'tool', tool_call_id: '2', content: 'y' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url } }] },
        { role: 'user', content: 'go on' },
      ],
    ],
  ]
  for (const [name, messages, expected, openAi] of cases) {
    t.same(bodyOf({ request: { messages }, openAi: openAi ?? false }).messages, expected, name)
  }
})

t.test('half a surrogate pair never leaves', async (t) => {
  const content = text('a\ud83d b \ude00 c \\ud83d d 😀')
  const request = testRequest(testModel('http://127.0.0.1:1/v1'), { messages: [{ role: 'user', content }] })
  const json = bodyText(requestBody(request, false, {}, writeOnce()))
  t.match(JSON.parse(json).messages, [{ content: 'a\ufffd b \ufffd c \\ud83d d 😀' }])
})
