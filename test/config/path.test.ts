import fc from 'fast-check'
import t from 'tap'
import { formatPath, parsePath } from '../../src/config/path.js'
import { editDistance, suggest } from '../../src/config/suggest.js'

t.test('paths are read', async (t) => {
  const rows: Readonly<Record<string, (string | number)[] | undefined>> = {
    '': [],
    '<root>': [],
    a: ['a'],
    'a.b.c': ['a', 'b', 'c'],
    'a[0].b': ['a', 0, 'b'],
    'a[0][1]': ['a', 0, 1],
    'a["x.y"].b': ['a', 'x.y', 'b'],
    "a['x.y']": ['a', 'x.y'],
    'a["q\\"q"]': ['a', 'q"q'],
    'groups[*].x': ['groups', '*', 'x'],
    'groups.*.x': ['groups', '*', 'x'],
    'models.providers.lm-studio.apiKey': ['models', 'providers', 'lm-studio', 'apiKey'],
    'agents.defaults.models["anthropic/claude-opus-4-6"].alias': [
      'agents',
      'defaults',
      'models',
      'anthropic/claude-opus-4-6',
      'alias',
    ],
    'agents.defaults.models.anthropic/claude.alias': ['agents', 'defaults', 'models', 'anthropic/claude', 'alias'],
    '["a"].b': ['a', 'b'],
    'a..b': undefined,
    'a.': undefined,
    'a[': undefined,
    'a[]': undefined,
    'a b.c': ['a b', 'c'],
    'a["x': undefined,
  }
  for (const [text, path] of Object.entries(rows)) t.same(parsePath(text), path, text)
})

t.test('what is written is read back', async () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ minLength: 1 }), fc.nat()), { maxLength: 6 }), (path) => {
      const back = parsePath(formatPath(path))
      return JSON.stringify(back) === JSON.stringify(path)
    }),
    { numRuns: 2000 },
  )
})

t.test('did you mean', async (t) => {
  const keys = ['port', 'bind', 'auth', 'mode', 'remote', 'reload', 'trustedProxies', 'allowFrom', 'maxConcurrent']
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['prot', 'port'],
    ['prt', 'port'],
    ['Port', 'port'],
    ['allow_from', 'allowFrom'],
    ['AllowFrom', 'allowFrom'],
    ['trusted-proxies', 'trustedProxies'],
    ['trustedProxys', 'trustedProxies'],
    ['reload ', 'reload'],
    ['maxConcurent', 'maxConcurrent'],
    ['x', undefined],
    ['something', undefined],
    ['', undefined],
  ]
  for (const [word, meant] of rows) t.equal(suggest(word, keys), meant, word)
  t.equal(editDistance('abcd', 'acbd', 9), 1, 'a swap is one mistake')
  t.equal(editDistance('kitten', 'sitting', 9), 3)
  t.equal(editDistance('abc', 'xyzxyzxyz', 2), 2, 'stops at the limit')
})
