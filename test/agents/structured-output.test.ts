import t from 'tap'
import { FenceGate, outputCheck } from '../../src/agents/structured-output.js'

const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false }
const format = { type: 'json_schema', json_schema: { name: 'x', schema } }

t.test('free text is not checked', async (t) => {
  t.equal(await outputCheck(undefined), undefined)
  t.equal(await outputCheck({ type: 'text' }), undefined)
})

const good: [format: object, text: string, sent: string][] = [
  [{ type: 'json_object' }, '{"x":1}', '{"x":1}'],
  [{ type: 'json_object' }, '```json\n{"x":1}\n```', '{"x":1}'],
  [{ type: 'json_object' }, ' ```\n\n {"x":1} \n```\n', '{"x":1}'],
  [format, '{"a":1}', '{"a":1}'],
  [{ type: 'json_schema' }, '[1]', '[1]'],
]
for (const [wanted, text, sent] of good) {
  t.test(`${JSON.stringify(wanted).slice(0, 40)} takes ${text}`, async (t) => {
    const check = await outputCheck(wanted as Record<string, unknown>)
    t.equal(check?.(text), sent)
  })
}

for (const text of ['', 'hello', '{"a":"1"}', '{"a":1,"b":2}', '{"a":1']) {
  t.test(`the schema refuses ${text || 'nothing'}`, async (t) => {
    const check = await outputCheck(format)
    t.throws(() => check?.(text), { code: 'invalid_structured_output' })
  })
}

t.test('a schema that is none is the caller’s error, before anything is spent', async (t) => {
  await t.rejects(outputCheck({ type: 'json_schema', json_schema: { name: 'x', schema: { type: 'nonsense' } } }), {
    code: 'invalid_request',
    param: 'response_format.json_schema.schema',
  })
})

t.test('a schema that would take long to compile is refused', async (t) => {
  const large = { type: 'object', properties: { a: { description: 'x'.repeat(300_000) } } }
  await t.rejects(outputCheck({ type: 'json_schema', json_schema: { name: 'x', schema: large } }), {
    code: 'invalid_request',
    message: /larger than/,
  })
})

t.test('a long answer of nothing but lines is looked at in no time', async (t) => {
  const check = await outputCheck({ type: 'json_object' })
  t.throws(() => check?.(`\`\`\`\n${'\n'.repeat(200_000)}x`), { code: 'invalid_structured_output' })
})

const streams: [name: string, deltas: string[], whole: string, sent: string[]][] = [
  ['plain JSON goes through', ['{"a"', ':1}'], '{"a":1}', ['{"a"', ':1}', '']],
  ['space before it waits for what follows', [' ', '\n', '{', '}'], '{}', ['', '', ' \n{', '}', '']],
  ['a fence waits for its end', [' `', '``json\n{}', '\n```'], '{}', ['', '', '', '{}']],
  ['nothing at all', [], '', ['']],
]
for (const [name, deltas, whole, sent] of streams) {
  t.test(`in a stream: ${name}`, async (t) => {
    const gate = new FenceGate()
    t.strictSame([...deltas.map((delta) => gate.pass(delta)), gate.rest(whole)], sent)
  })
}
