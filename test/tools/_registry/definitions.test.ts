import t from 'tap'
import { Type } from '../../../schemas/type.js'
import { definitionsOf, MORE_TOOLS } from '../../../src/tools/_registry/definitions.js'
import type { Tool } from '../../../src/tools/_types.js'

const tool = (name: string, more: Partial<Tool> = {}): Tool => ({
  name,
  group: 'fs',
  label: `The ${name}`,
  summary: 'Does something.',
  params: Type.Object({
    minLength: Type.Optional(Type.String({ minLength: 1 })),
    secret: Type.Optional(Type.String()),
  }),
  run: async () => ({ content: [] }),
  ...more,
})
const long = 'x'.repeat(1_500)

t.test('a model is told names, summaries and parameters, without what only the check needs', async (t) => {
  const { definitions, bytes } = definitionsOf([tool('a', { quiet: ['secret'] })], true)
  t.strictSame(JSON.parse(JSON.stringify(definitions)), [
    {
      name: 'a',
      description: 'Does something.',
      parameters: { type: 'object', properties: { minLength: { type: 'string' } } },
    },
  ])
  t.equal(bytes, Buffer.byteLength(JSON.stringify(definitions)))
  t.strictSame(definitionsOf([], true), { definitions: [], bytes: 0 })
})

t.test('where there are many, those that are rarely needed stand as a line each', async (t) => {
  const tools = [tool('a', { summary: long }), tool('b', { rare: true }), tool('c', { rare: true, summary: long })]
  const names = (search: boolean, list = tools) => definitionsOf(list, search).definitions.map(({ name }) => name)
  t.strictSame(names(true), ['a', MORE_TOOLS])
  t.match(definitionsOf(tools, true).definitions[1]?.description, /b \(the b\), c \(the c\)/)
  t.strictSame(names(false), ['a', 'b', 'c'], 'unless tools.toolSearch is off')
  t.strictSame(names(true, [tool('a'), tool('b', { rare: true }), tool('c', { rare: true })]), ['a', 'b', 'c'], 'few')
  const one = [tool('a', { summary: long + long }), tool('b', { rare: true })]
  t.strictSame(names(true, one), ['a', 'b'], 'one alone is not hidden')
})
