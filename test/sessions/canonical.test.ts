import t from 'tap'
import { canonicalKey, type KeyRules, kindOf, mainSessionKey } from '../../src/sessions/canonical.js'
import { Random } from '../helper/random.js'

const roster = { ids: ['main', 'Ann'], defaultId: 'main' }
const rules: KeyRules = { roster, mainKey: 'main', global: false }

const rows: [given: string, agentId: string | undefined, key: string][] = [
  ['main', undefined, 'agent:main:main'],
  ['Main', undefined, 'agent:main:main'],
  ['main', 'ann', 'agent:Ann:main'],
  ['agent:ANN:MAIN', undefined, 'agent:Ann:main'],
  ['room', undefined, 'agent:main:room'],
  ['Room:7', 'Ann', 'agent:Ann:Room:7'],
  ['agent:main:openai-user:Bob', undefined, 'agent:main:openai-user:Bob'],
  ['agent:gone:x', undefined, 'agent:gone:x'],
  ['agent:', undefined, 'agent:main:agent:'],
  ['global', undefined, 'global'],
]
for (const [given, agentId, key] of rows) {
  t.test(`${given} of ${agentId ?? 'nobody'} is ${key}`, async (t) => {
    t.equal(canonicalKey(rules, given, agentId).key, key)
  })
}

t.test('the main session has one name, whatever the config calls it', async (t) => {
  const home = { ...rules, mainKey: 'Home' }
  for (const name of ['main', 'home', 'HOME', 'agent:main:main', 'agent:main:home']) {
    t.equal(canonicalKey(home, name).key, 'agent:main:Home')
  }
  const global = { ...rules, global: true }
  for (const name of ['main', 'global', 'agent:main:main']) t.equal(canonicalKey(global, name).key, 'global')
  t.equal(mainSessionKey(global, 'Ann'), 'global')
  t.equal(canonicalKey(global, 'room').key, 'agent:main:room')
})

t.test('a canonical key is its own', async (t) => {
  const random = new Random(7)
  const letters = ['a', 'A', ':', 'agent:', 'main', 'ann:', ' ', 'ß', '数', '😀', '.', 'global']
  const words = () =>
    Array.from({ length: 1 + Math.floor(random.next() * 5) }, () => letters[Math.floor(random.next() * letters.length)])
  for (let round = 0; round < 2_000; round += 1) {
    const given = words().join('')
    if (given.trim() === '') continue
    const { key, agent } = canonicalKey(rules, given)
    t.strictSame(canonicalKey(rules, key), { key, agent }, JSON.stringify(given))
  }
})

t.test('what cannot be a key', async (t) => {
  for (const given of ['', '   ', 'a\nb', 'x'.repeat(513), '\ud800']) {
    t.throws(() => canonicalKey(rules, given), { code: 'invalid_request' })
  }
  t.throws(() => canonicalKey(rules, 'agent:main:x', 'Ann'), { code: 'invalid_request', message: /does not match/ })
})

t.test('kinds', async (t) => {
  t.equal(kindOf('agent:main:telegram:group:1'), 'group')
  t.equal(kindOf('agent:main:slack:channel:c:thread:1'), 'group')
  t.equal(kindOf('agent:main:telegram:direct:1'), 'direct')
  t.equal(kindOf('global'), 'global')
  t.equal(kindOf('unknown'), 'unknown')
})
