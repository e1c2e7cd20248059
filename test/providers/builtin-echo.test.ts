import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import type { ModelRequest } from '../../src/models/types.js'
import { piecesOf } from '../../src/providers/_echo/pieces.js'
import { instanceOf } from '../../src/providers/_echo/schema-instance.js'
import builtinEcho from '../../src/providers/builtin-echo.js'
import { collect, never, testContext, testModel, testRequest } from './fixture.js'

const echo = builtinEcho(testContext())
const model = testModel('', { ref: 'builtin/echo', provider: 'builtin', id: 'echo', api: 'builtin-echo' })

const say = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] })
const ask = (fields: Partial<ModelRequest>, signal = never()) => collect(echo, testRequest(model, fields), signal)

t.test('repeats what it heard and says how to go on', async (t) => {
  const result = await ask({ messages: [say('first'), say('good morning')] })
  t.match(result.text, /^You said: good morning\n\n/)
  t.match(result.text, /openclaw config set agents\.defaults\.model/)
  t.match(result.text, /docs\//)
  t.equal(result.reason, 'stop')
  t.ok(result.events.length > 20, 'in pieces')
  t.equal(result.usage?.output, result.events.length - 1)
  t.equal(result.usage?.estimated, false)
  t.same(await ask({ messages: [say('first'), say('good morning')] }), result, 'deterministic')
})

t.test('answers in the language it was spoken to', async (t) => {
  t.match((await ask({ messages: [say('你好')] })).text, /^你说:你好\n\n我是内置的回声模型/)
})

t.test('a whole answer is one event', async (t) => {
  const result = await ask({ stream: false })
  t.same(
    result.events.map(({ type }) => type),
    ['text', 'usage'],
  )
})

t.test('without words', async (t) => {
  t.match((await ask({ messages: [{ role: 'system', content: [] }] })).text, /^You said nothing\./)
  const content = [{ type: 'image' as const, mediaType: 'image/png', data: 'AAAA' }]
  t.match((await ask({ messages: [{ role: 'user', content }] })).text, /^I got an image \(image\/png\)/)
  const both = [...say('look').content, ...content, ...content]
  t.match((await ask({ messages: [{ role: 'user', content: both }] })).text, /^You said: look\nI got 2 images/)
  const tool = { role: 'tool' as const, toolCallId: '1', content: say('42').content }
  t.match((await ask({ messages: [say('x'), tool] })).text, /^The tool answered: 42/)
})

t.test('long words are shortened', async (t) => {
  const { text } = await ask({ messages: [say('😀'.repeat(5000))] })
  t.ok(text.length < 2500)
  t.match(text, /😀…/u)
})

t.test('limits', async (t) => {
  const three = await ask({ sampling: { maxTokens: 3 } })
  t.match(three, { text: 'You said:', reason: 'length', usage: { output: 3 } })
  const stopped = await ask({ sampling: { stop: ['zzz', ' there', 'Hi there'] } })
  t.match(stopped, { text: 'You said: ', reason: 'stop' })
  const small = { ...model, contextWindow: 5 }
  t.equal((await collect(echo, testRequest(small), never())).failure?.class, 'overflow')
})

t.test('structured output', async (t) => {
  const object = await ask({ sampling: { responseFormat: { type: 'json_object' } } })
  t.same(JSON.parse(object.text), { echo: 'Hi there' })
  const schema = {
    type: 'object',
    required: ['name', 'n'],
    properties: { name: { type: 'string' }, n: { type: 'integer', minimum: 3 } },
  }
  const fitted = await ask({
    sampling: { responseFormat: { type: 'json_schema', json_schema: { name: 'x', schema } } },
  })
  t.same(JSON.parse(fitted.text), { name: 'Hi there', n: 3 })
})

t.test('tools', async (t) => {
  const city = { type: 'object', required: ['city'], properties: { city: { type: 'string' } } }
  const tools = [{ name: 'weather', parameters: city }, { name: 'time' }]
  t.same((await ask({ tools })).calls, [], 'not unless it must')
  const required = await ask({ tools, toolChoice: 'required' })
  t.match(required, { calls: [{ name: 'weather', arguments: '{"city":"Hi there"}' }], reason: 'tool_calls', text: '' })
  t.match(required.calls[0]?.id, /^call_[0-9a-z]{24}$/)
  t.match((await ask({ tools, toolChoice: { name: 'time' } })).calls, [{ name: 'time', arguments: '{}' }])
  t.same((await ask({ tools, toolChoice: 'none' })).calls, [])
  const cut = await ask({ tools, toolChoice: 'required', sampling: { maxTokens: 2 } })
  t.equal(cut.reason, 'length')
})

t.test('abort', async (t) => {
  t.match(await ask({}, AbortSignal.abort()), { text: '', failure: { class: 'aborted' } })
  const abort = new AbortController()
  const slow = { ...model, params: { delayMs: 5 } }
  const result = await collect(echo, testRequest(slow), abort.signal, (_event, number) => {
    if (number === 3) abort.abort()
  })
  t.equal(result.events.length, 3)
  t.equal(result.failure?.class, 'aborted')
})

t.test('pieces joined are the text', async (t) => {
  t.same(piecesOf("It's 3 o'clock, 你好 world"), ["It's", ' 3', " o'clock", ',', ' 你', '好', ' world'])
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => piecesOf(text).join('') === text))
})

t.test('toy embeddings', async (t) => {
  const embed = async (input: string[], dimensions?: number) =>
    (await echo.embed?.({ model, input, ...(dimensions ? { dimensions } : {}) }, never()))?.vectors ?? []
  const [cat, cats, stock, empty] = await embed(['the cat sat', 'a cat was sitting', 'quarterly stock report', ''])
  const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
    a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0)
  for (const vector of [cat, cats, stock, empty]) {
    t.equal(vector?.length, 256)
    t.ok(Math.abs(dot(vector, vector) - 1) < 1e-9, 'unit length')
  }
  t.ok(dot(cat, cats) > dot(cat, stock) + 0.1, 'what shares words lies closer')
  t.same(await embed(['the cat sat']), [cat], 'deterministic')
  t.equal((await embed(['x'], 8))[0]?.length, 8)
})

t.test('instances fit their schemas', async (t) => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const schemas: Record<string, object | boolean> = {
    any: true,
    empty: {},
    enum: { enum: ['b', 'a'] },
    const: { const: { a: 1 } },
    fallback: { type: 'string', default: 'd' },
    nullable: { type: ['null', 'integer'], minimum: 2 },
    nothing: { type: 'null' },
    short: { type: 'string', maxLength: 3 },
    long: { type: 'string', minLength: 40 },
    pattern: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    range: { type: 'number', exclusiveMinimum: 3, maximum: 9 },
    negative: { type: 'integer', maximum: -5 },
    steps: { type: 'integer', minimum: 7, multipleOf: 5 },
    below: { type: 'integer', minimum: 0, exclusiveMaximum: 1 },
    list: { type: 'array', minItems: 2, items: { type: 'boolean' } },
    tuple: { type: 'array', minItems: 2, prefixItems: [{ type: 'string' }, { type: 'number' }] },
    union: { anyOf: [{ type: 'null' }, { type: 'object', required: ['x'], properties: { x: { type: 'number' } } }] },
    one: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    all: {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'number' } } },
        { required: ['b'], properties: { b: { const: 7 } } },
      ],
    },
    reference: {
      $ref: '#/$defs/t',
      $defs: {
        t: { type: 'object', required: ['n'], properties: { n: { $ref: '#/$defs/n' } } },
        n: { type: 'integer', minimum: 4 },
      },
    },
    recursive: {
      $ref: '#/$defs/t',
      $defs: {
        t: {
          type: 'object',
          required: ['next'],
          properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/u' }] } },
        },
        u: { type: 'object' },
      },
    },
    untyped: { required: ['a'], properties: { a: { items: { type: 'string' } } } },
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const value = instanceOf(schema, 'some words that were said')
    t.ok(ajv.validate(schema, value), `${name}: ${JSON.stringify(value)}`)
  }
  const hostile = [
    { $ref: '#' },
    { allOf: [{ $ref: '#' }, { $ref: '#' }] },
    { type: 'object', required: ['a'], properties: { a: { $ref: '#' } } },
    { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9, items: { $ref: '#' } } },
    { type: 'string', minLength: 1e9 },
    { $ref: 'https://example.com/x' },
    { type: 'string', pattern: '(' },
  ]
  for (const schema of hostile) t.ok(JSON.stringify(instanceOf(schema, 'x')).length < 1e6, JSON.stringify(schema))
})
