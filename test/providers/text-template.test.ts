import fc from 'fast-check'
import t from 'tap'
import { TextTemplate } from '../../src/providers/_openai/text-template.js'

const chunk = (delta: object, more: object = {}) =>
  JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }], usage: null })

t.test('reads exactly what a parser reads', async (t) => {
  const template = new TextTemplate()
  t.equal(template.read(chunk({ content: 'a' })), undefined, 'nothing learned yet')
  template.learn(chunk({ content: 'a "quoted" word' }))
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '}', ',', 'n', 'u', '\n', '😀') }),
  )
  fc.assert(
    fc.property(text, (content) => template.read(chunk({ content })) === content),
    { numRuns: 1000 },
  )
  const escaped = chunk({ content: 'ab' }).replace('ab', '\\u4f60\\n')
  t.equal(template.read(escaped), '你\n')
})

t.test('leaves alone whatever has more to it', async (t) => {
  const template = new TextTemplate()
  template.learn(chunk({ content: 'a' }))
  const others = [
    chunk({ content: 'a' }, { finish_reason: 'stop' }),
    chunk({ content: 'a', refusal: 'b' }),
    chunk({}),
    chunk({ content: null }),
    chunk({ content: 'a' }).replace('"a"', '"a","tool_calls":[{"index":0}],"x":"b"'),
    chunk({ content: 'a' }).replace('"a"', '"a\\"'),
    chunk({ content: 'a' }).slice(0, -1),
    `${chunk({ content: 'a' })} `,
    '{"error":{"content":"a"}}',
    '',
  ]
  for (const other of others) t.equal(template.read(other), undefined, other)
})

t.test('learns only frames that are nothing but text', async (t) => {
  const bad = [
    chunk({ content: 'a' }, { finish_reason: 'stop' }),
    chunk({ content: 'a', reasoning: 'b' }),
    JSON.stringify({ note: { content: 'x' }, choices: [{ index: 0, delta: { content: 'a' } }] }),
    JSON.stringify({ choices: [{ index: 1, delta: { content: 'a' } }] }),
    JSON.stringify({ choices: [{ delta: { content: 'a' } }, { delta: { content: 'b' } }] }),
    JSON.stringify({ choices: [{ delta: { content: 'a' } }], usage: { prompt_tokens: 1 } }),
    'no JSON "content": "a"',
  ]
  for (const example of bad) {
    const template = new TextTemplate()
    template.learn(example)
    t.equal(template.read(example), undefined, example)
  }
})

t.test('a frame that keeps changing is given up', async (t) => {
  const template = new TextTemplate()
  for (let created = 0; created < 20; created++)
    template.learn(JSON.stringify({ created, choices: [{ delta: { content: 'a' } }] }))
  t.equal(template.read(JSON.stringify({ created: 19, choices: [{ delta: { content: 'a' } }] })), undefined)
})
