import fc from 'fast-check'
import t from 'tap'
import { judge } from '../../../src/channels/access.js'
import { type ChannelId, factsOf } from './table.js'

const ids: Readonly<Record<ChannelId, string>> = {
  telegram: '7',
  whatsapp: '+15555550123',
  signal: '+15555550123',
  discord: '80351110224678912',
  slack: 'U012AB3CD',
  feishu: 'ou_7d8a6e6d',
  qqbot: 'ANN1',
}
const channel = fc.constantFrom(...(Object.keys(ids) as ChannelId[]))
const key = fc.constantFrom(
  ...['dmPolicy', 'groupPolicy', 'allowFrom', 'groupAllowFrom', 'groupSenderAllowFrom', 'groups', 'guilds', 'channels'],
  ...[
    'dm',
    'requireMention',
    'allowBots',
    'enabled',
    'users',
    'roles',
    'topics',
    'accounts',
    'default',
    '*',
    'g',
    's',
    't',
  ],
  ...['__proto__', 'constructor', 'toString', 'accessGroup:x'],
)
const value = fc.oneof(
  fc.constantFrom<unknown>('pairing', 'allowlist', 'disabled', 'mentions', true, false, null, 0, '', 'nobody', ' * x'),
  fc.array(fc.constantFrom<unknown>('nobody', '@ann', '-1', 'accessGroup:x', '', 5, null), { maxLength: 3 }),
)
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, value, fc.dictionary(key, tie('node'), { maxKeys: 4 })),
})).node
/** Maps of places that the message may well be in. */
const places = fc.dictionary(
  fc.constantFrom('g', '*', 't', '5', '1', 's'),
  fc.record(
    {
      requireMention: fc.boolean(),
      enabled: fc.constantFrom(true, true, false),
      allowFrom: value,
      users: value,
      roles: value,
      allowBots: fc.boolean(),
      topics: tree,
      channels: fc.dictionary(fc.constantFrom('g', '*', 't', '5'), tree, { maxKeys: 2 }),
    },
    { requiredKeys: [] },
  ),
  { maxKeys: 4 },
)
const section = fc
  .tuple(
    fc.dictionary(key, tree, { maxKeys: 4 }),
    fc.record(
      { groups: places, guilds: places, channels: places, dm: fc.constantFrom({ groupEnabled: true }, {}) },
      { requiredKeys: [] },
    ),
  )
  .map(([some, more]) => ({ ...some, ...more }))
const place = fc.record(
  {
    kind: fc.constantFrom('direct', 'group', 'channel'),
    thread: fc.constantFrom('t', '5'),
    guild: fc.constantFrom('s', '1'),
  },
  { requiredKeys: ['kind'] },
)
const rest = fc.record({
  mentioned: fc.boolean(),
  activation: fc.constantFrom('mention', 'always', undefined),
})

t.test('whatever stands in the config, it is judged and the reason named', async (t) => {
  fc.assert(
    fc.property(channel, section, place, rest, (id, keys, where, more) => {
      const said = { from: ids[id], in: 'g', ...where, ...more } as Parameters<typeof factsOf>[2]
      const verdict = judge(factsOf(id, keys, said, {}, 'default'))
      if (verdict.kind === 'drop' && verdict.why === '') throw new Error('no reason')
      if (verdict.kind === 'pair' && where.kind !== 'direct') throw new Error('a code in a group')
      if (verdict.kind === 'admit' && verdict.owner) throw new Error('an owner out of nothing')
    }),
    { numRuns: 5_000 },
  )
  t.pass()
})

t.test('nobody comes in whom no list names, where nothing is open', async (t) => {
  fc.assert(
    fc.property(channel, section, place, rest, (id, keys, where, more) => {
      const closed = {
        ...keys,
        dmPolicy: 'allowlist',
        groupPolicy: 'allowlist',
        groupAllowFrom: ['nobody'],
        groupSenderAllowFrom: [],
      }
      const said = { from: ids[id], in: 'g', ...where, ...more } as Parameters<typeof factsOf>[2]
      const verdict = judge(factsOf(id, closed, said, {}, 'default'))
      if (verdict.kind === 'admit') throw new Error(JSON.stringify([closed, said]))
    }),
    { numRuns: 5_000 },
  )
  t.pass()
})
