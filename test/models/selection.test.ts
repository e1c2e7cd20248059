import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { type ModelSelection, modelForAgent } from '../../src/models/selection.js'

type Choice = string | { primary?: string; fallbacks?: string[] }

const config = (shared: Choice | undefined, own: Choice | undefined): Config => ({
  agents: {
    defaults: shared === undefined ? {} : { model: shared },
    entries: { main: own === undefined ? {} : { model: own } },
  },
})

t.test('which model an agent uses', async (t) => {
  const cases: [string, Config, ModelSelection][] = [
    ['nothing configured', {}, { primary: 'builtin/echo', fallbacks: [] }],
    [
      'the first configured model',
      { models: { providers: { a: {}, b: { models: [{ id: 'x/y' }] } } } },
      { primary: 'b/x/y', fallbacks: [] },
    ],
    ['of all agents', config('p/a', undefined), { primary: 'p/a', fallbacks: [] }],
    [
      'with fallbacks',
      config({ primary: 'p/a', fallbacks: ['p/b'] }, undefined),
      { primary: 'p/a', fallbacks: ['p/b'] },
    ],
    [
      'own primary stands alone',
      config({ primary: 'p/a', fallbacks: ['p/b'] }, 'p/c'),
      { primary: 'p/c', fallbacks: [] },
    ],
    ['own fallbacks', config('p/a', { primary: 'p/c', fallbacks: ['p/d'] }), { primary: 'p/c', fallbacks: ['p/d'] }],
    ['only fallbacks', config('p/a', { fallbacks: ['p/d'] }), { primary: 'p/a', fallbacks: ['p/d'] }],
    [
      'fallback turned off',
      config({ primary: 'p/a', fallbacks: ['p/b'] }, { fallbacks: [] }),
      { primary: 'p/a', fallbacks: [] },
    ],
  ]
  for (const [name, input, expected] of cases) t.same(modelForAgent(input, 'main'), expected, name)
  t.equal(modelForAgent(config('p/a', 'p/c'), 'constructor').primary, 'p/a', 'no agent from the prototype')
})
