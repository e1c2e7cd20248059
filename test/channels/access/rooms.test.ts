import t from 'tap'
import { isListed, takesLastRoute } from '../../../src/channels/access.js'
import { check, factsOf, type Row, type Said } from './table.js'

const ann = '80351110224678912'
const bob = '80351110224678913'
const said: Said = { from: ann, kind: 'channel', in: '500', guild: '1', mentioned: true }
const quiet: Said = { ...said, mentioned: false }
const guild = (keys: object = {}) => ({ guilds: { '1': keys } })
const room = (keys: object, more: object = {}) => guild({ ...more, channels: { '500': keys } })
const roles = { ...said, sender: { roles: ['admin', 'staff'] } }

t.test('Discord: servers, rooms, members, roles', async (t) => {
  const rows: Row[] = [
    [{}, said, 'blocked guilds'],
    [{ guilds: {} }, said, 'blocked guilds'],
    [{ guilds: { '2': {} } }, said, 'blocked guilds'],
    [guild(), said, 'admit'],
    [{ guilds: { '*': {} } }, said, 'admit'],
    [{ guilds: { '*': { users: [bob] }, '1': {} } }, said, 'admit'],
    [guild(), { ...said, guild: undefined } as Said, 'blocked guilds'],
    [guild({ enabled: false }), said, 'blocked guilds["1"].enabled'],
    [guild({ channels: {} }), said, 'admit'],
    [room({}), said, 'admit'],
    [room({ enabled: true }), said, 'admit'],
    [room({ allow: true }), said, 'admit'],
    [room({ enabled: false }), said, 'blocked guilds["1"].channels["500"].enabled'],
    [room({ allow: false }), said, 'blocked guilds["1"].channels["500"].allow'],
    [guild({ channels: { '501': {} } }), said, 'blocked guilds["1"].channels'],
    [guild({ channels: { '501': {}, '*': {} } }), said, 'admit'],
    [guild({ channels: { '*': { enabled: false } } }), said, 'blocked guilds["1"].channels["*"].enabled'],
    [guild({ channels: { '*': { enabled: false }, '500': { enabled: true } } }), said, 'admit'],
    [room({}), { ...said, thread: '900' }, 'admit'],
    [
      guild({ channels: { '900': { enabled: false }, '500': {} } }),
      { ...said, thread: '900' },
      'blocked guilds["1"].channels["900"].enabled',
    ],
    [guild({ channels: { '900': {} } }), { ...said, thread: '900' }, 'admit'],
    [guild({ channels: { '900': {} } }), said, 'blocked guilds["1"].channels'],
    [guild({ users: [ann] }), said, 'admit'],
    [guild({ users: [`discord:${ann}`] }), said, 'admit'],
    [guild({ users: ['*'] }), said, 'admit'],
    [guild({ users: [bob] }), said, 'blocked guilds["1"].users'],
    [guild({ users: [] }), said, 'blocked guilds["1"].users'],
    [guild({ roles: ['staff'] }), roles, 'admit'],
    [guild({ roles: ['guest'] }), roles, 'blocked guilds["1"].roles'],
    [guild({ roles: ['staff'] }), said, 'blocked guilds["1"].roles'],
    [guild({ users: [bob], roles: ['staff'] }), roles, 'admit'],
    [guild({ users: [ann], roles: ['guest'] }), roles, 'admit'],
    [guild({ users: [bob], roles: ['guest'] }), roles, 'blocked guilds["1"].users'],
    [room({ users: [bob] }), said, 'blocked guilds["1"].channels["500"].users'],
    [room({ users: [ann] }, { users: [bob] }), said, 'admit'],
    [room({ roles: ['staff'] }, { users: [bob] }), roles, 'admit'],
    [{ ...guild(), groupAllowFrom: [bob] }, said, 'blocked groupAllowFrom'],
    [{ ...guild(), groupAllowFrom: [ann] }, said, 'admit'],
    [{ ...guild({ users: [ann] }), groupAllowFrom: [bob] }, said, 'admit'],
    [{ ...guild(), allowFrom: [bob] }, said, 'admit'],
    [{ ...guild(), dm: { enabled: false } }, said, 'admit'],
    [{ groupPolicy: 'disabled', ...guild() }, said, 'blocked groupPolicy'],
    [{ groupPolicy: 'open' }, said, 'admit'],
    [{ groupPolicy: 'open', groupAllowFrom: [bob] }, said, 'admit'],
    [{ groupPolicy: 'open', ...guild({ users: [bob] }) }, said, 'blocked guilds["1"].users'],
    [{ groupPolicy: 'open', ...guild({ channels: { '501': {} } }) }, said, 'blocked guilds["1"].channels'],
    [{ absent: true }, said, 'blocked guilds'],
    [guild(), said, 'owner', { commands: { ownerAllowFrom: [`discord:${ann}`] } }],
  ]
  check(t, 'discord', rows)
})

t.test('Discord: the mention', async (t) => {
  check(t, 'discord', [
    [guild(), quiet, 'mention requireMention'],
    [guild({ requireMention: false }), quiet, 'admit'],
    [guild({ requireMention: true }), quiet, 'mention guilds["1"].requireMention'],
    [room({ requireMention: false }, { requireMention: true }), quiet, 'admit'],
    [
      room({ requireMention: true }, { requireMention: false }),
      quiet,
      'mention guilds["1"].channels["500"].requireMention',
    ],
    [guild({ channels: { '*': { requireMention: false } } }), quiet, 'admit'],
    [guild({ channels: { '500': {}, '*': { requireMention: false } } }), quiet, 'admit'],
    [{ ...guild(), requireMention: false }, quiet, 'admit'],
    [{ groupPolicy: 'open' }, quiet, 'mention requireMention'],
    [room({ requireMention: true }), { ...quiet, activation: 'always' }, 'admit'],
    [room({ requireMention: false }), { ...quiet, thread: '900' }, 'admit'],
    [{ ...guild(), allowBots: 'mentions' }, { ...said, sender: { bot: true } }, 'admit'],
    [
      { ...guild({ requireMention: false }), allowBots: 'mentions' },
      { ...quiet, sender: { bot: true } },
      'blocked allowBots',
    ],
    [{ ...guild() }, { ...said, sender: { bot: true } }, 'blocked allowBots'],
  ])
})

t.test('several people in a direct conversation', async (t) => {
  const several: Said = { ...said, kind: 'group', guild: undefined } as Said
  const on = { dm: { groupEnabled: true } }
  check(t, 'discord', [
    [{}, several, 'blocked dm.groupEnabled'],
    [{ groupPolicy: 'open' }, several, 'blocked dm.groupEnabled'],
    [{ dm: { groupEnabled: false }, allowFrom: [ann] }, several, 'blocked dm.groupEnabled'],
    [{ dm: { enabled: false, groupEnabled: true }, allowFrom: [ann] }, several, 'blocked dm.enabled'],
    [on, several, 'blocked allowFrom'],
    [{ ...on, allowFrom: [ann] }, several, 'admit'],
    [{ ...on, groupAllowFrom: [bob], allowFrom: [ann] }, several, 'blocked groupAllowFrom'],
    [{ ...on }, { ...several, paired: [ann] }, 'blocked allowFrom'],
    [{ ...on, groupPolicy: 'open' }, several, 'admit'],
    [{ ...on, groupPolicy: 'disabled', allowFrom: ['*'] }, several, 'blocked groupPolicy'],
    [{ dm: { groupEnabled: true, groupChannels: ['500'] }, allowFrom: ['*'] }, several, 'admit'],
    [{ dm: { groupEnabled: true, groupChannels: ['501'] }, allowFrom: ['*'] }, several, 'blocked dm.groupChannels'],
    [{ dm: { groupEnabled: true, groupChannels: ['*'] }, allowFrom: ['*'] }, several, 'admit'],
    [{ ...on, allowFrom: ['*'] }, { ...several, mentioned: false }, 'mention requireMention'],
  ])
})

t.test('Slack: rooms by id', async (t) => {
  const there: Said = { from: 'U012AB3CD', kind: 'channel', in: 'C0AAA1', mentioned: true }
  const rooms = (keys: object = {}) => ({ channels: { C0AAA1: keys } })
  check(t, 'slack', [
    [{}, there, 'blocked channels'],
    [{ channels: {} }, there, 'blocked channels'],
    [{ channels: { C0BBB2: {} } }, there, 'blocked channels'],
    [rooms(), there, 'admit'],
    [{ channels: { '*': {} } }, there, 'admit'],
    [rooms({ enabled: false }), there, 'blocked channels.C0AAA1.enabled'],
    [rooms({ users: ['U012AB3CD'] }), there, 'admit'],
    [rooms({ users: ['U0OTHER1'] }), there, 'blocked channels.C0AAA1.users'],
    [{ ...rooms(), groupAllowFrom: ['U0OTHER1'] }, there, 'blocked groupAllowFrom'],
    [rooms({ requireMention: false }), { ...there, mentioned: false }, 'admit'],
    [rooms(), { ...there, mentioned: false }, 'mention requireMention'],
    [rooms({ requireMention: true }), { ...there, mentioned: false }, 'mention channels.C0AAA1.requireMention'],
    [{ groupPolicy: 'open' }, there, 'admit'],
    [{ groupPolicy: 'open', ...rooms({ enabled: false }) }, there, 'blocked channels.C0AAA1.enabled'],
    [{ groupPolicy: 'disabled', ...rooms() }, there, 'blocked groupPolicy'],
    [rooms({ allowBots: true }), { ...there, sender: { bot: true } }, 'admit'],
    [rooms(), { ...there, sender: { bot: true } }, 'blocked allowBots'],
    [rooms(), { ...there, thread: '1700000000.1' }, 'admit'],
  ])
})

t.test('whose answers of the main session go on', async (t) => {
  const takes = (allowFrom: string[] | undefined, from: string, owners: string[] = []) =>
    takesLastRoute(factsOf('telegram', { allowFrom }, { from }, { commands: { ownerAllowFrom: owners } }, 'default'))
  t.equal(takes(undefined, '7'), true)
  t.equal(takes(['*'], '7'), true)
  t.equal(takes(['7'], '7'), true)
  t.equal(takes(['8'], '7'), false)
  t.equal(takes(['8'], '7', ['telegram:7']), true)
  t.equal(takes(['8', '9'], '7'), true)
})

t.test('who is on a list', async (t) => {
  const listed = (section: object, from: string) =>
    isListed(factsOf('telegram', section, { from: '1' }, {}, 'default'), { id: from })
  t.equal(listed({ allowFrom: ['7'] }, '7'), true)
  t.equal(listed({ groupAllowFrom: ['7'] }, '7'), true)
  t.equal(listed({ groupAllowFrom: ['8'] }, '7'), false)
  t.equal(listed({}, '7'), false)
})
