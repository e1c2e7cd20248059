import t from 'tap'
import { check, type Row } from './table.js'

const g = '-100123'
const at = { from: '7', in: g, mentioned: true }
const plain = { from: '7', in: g }
const owners = (...ownerAllowFrom: string[]) => ({ commands: { ownerAllowFrom } })
const inGroup = (keys: object = {}) => ({ groups: { [g]: keys } })
const forAnn = { groupAllowFrom: ['7'] }

t.test('Telegram: the group must be named, then the sender', async (t) => {
  const rows: Row[] = [
    [{}, at, 'blocked groups'],
    [{ groupPolicy: 'allowlist' }, at, 'blocked groups'],
    [{ ...forAnn }, at, 'blocked groups'],
    [{ groups: {}, ...forAnn }, at, 'blocked groups'],
    [{ groups: { '-5': {} }, ...forAnn }, at, 'blocked groups'],
    [{ ...inGroup(), ...forAnn }, at, 'admit'],
    [{ groups: { '*': {} }, ...forAnn }, at, 'admit'],
    [{ ...inGroup() }, at, 'blocked groupAllowFrom'],
    [{ ...inGroup(), groupAllowFrom: [] }, at, 'blocked groupAllowFrom'],
    [{ ...inGroup(), groupAllowFrom: ['8'] }, at, 'blocked groupAllowFrom'],
    [{ ...inGroup(), groupAllowFrom: ['*'] }, at, 'admit'],
    [{ ...inGroup(), groupAllowFrom: ['tg:7'] }, at, 'admit'],
    [{ ...inGroup(), groupAllowFrom: ['@ann'] }, { ...at, sender: { username: 'ann' } }, 'blocked groupAllowFrom'],
    [{ ...inGroup(), groupAllowFrom: [g] }, at, 'blocked groupAllowFrom'],
    [{ ...inGroup(), allowFrom: ['7'] }, at, 'admit'],
    [{ ...inGroup(), allowFrom: ['8'] }, at, 'blocked allowFrom'],
    [{ ...inGroup(), allowFrom: ['7'], groupAllowFrom: [] }, at, 'blocked groupAllowFrom'],
    [{ ...inGroup(), allowFrom: ['7'], groupAllowFrom: ['8'] }, at, 'blocked groupAllowFrom'],
    [{ groups: { constructor: {} }, ...forAnn }, { ...at, in: 'toString' }, 'blocked groups'],
    [{ absent: true }, at, 'blocked groups'],
    [{ dmPolicy: 'disabled', ...inGroup(), ...forAnn }, at, 'admit'],
    [{ ...inGroup(), ...forAnn }, { ...at, kind: 'channel' }, 'admit'],
  ]
  check(t, 'telegram', rows)
})

t.test('a pairing lets nobody into groups', async (t) => {
  check(t, 'telegram', [
    [{ ...inGroup() }, { ...at, paired: ['7'] }, 'blocked groupAllowFrom'],
    [{ ...inGroup(), allowFrom: ['8'] }, { ...at, paired: ['7'] }, 'blocked allowFrom'],
    [{ ...inGroup(), ...forAnn }, { ...at, paired: ['7'] }, 'admit'],
  ])
  check(t, 'whatsapp', [
    [{}, { from: '+15555550123', in: 'x@g.us', mentioned: true, paired: ['+15555550123'] }, 'blocked groupAllowFrom'],
  ])
})

t.test('open: lists are skipped, the mention is not', async (t) => {
  const open = { groupPolicy: 'open' }
  const rows: Row[] = [
    [open, at, 'admit'],
    [open, plain, 'mention requireMention'],
    [{ ...open, groups: {} }, at, 'admit'],
    [{ ...open, groups: { '-5': {} } }, at, 'admit'],
    [{ ...open, groupAllowFrom: ['8'] }, at, 'admit'],
    [{ ...open, groupAllowFrom: [] }, at, 'admit'],
    [{ ...open, allowFrom: ['8'] }, at, 'admit'],
    [{ ...open, ...inGroup({ enabled: false }) }, at, `blocked groups["${g}"].enabled`],
    [{ ...open, ...inGroup({ allowFrom: ['8'] }) }, at, `blocked groups["${g}"].allowFrom`],
    [{ ...open, ...inGroup({ allowFrom: ['7'] }) }, at, 'admit'],
    [{ ...open, ...inGroup({ requireMention: false }) }, plain, 'admit'],
    [{ ...open, requireMention: false }, plain, 'admit'],
    [{ ...open, absent: true }, at, 'blocked groups'],
  ]
  check(t, 'telegram', rows)
})

t.test('disabled: no group at all', async (t) => {
  const off = { groupPolicy: 'disabled' }
  check(t, 'telegram', [
    [off, at, 'blocked groupPolicy'],
    [{ ...off, ...inGroup(), ...forAnn }, at, 'blocked groupPolicy'],
    [{ ...off, ...inGroup({ requireMention: false }), groupAllowFrom: ['*'] }, plain, 'blocked groupPolicy'],
    [off, at, 'blocked groupPolicy', owners('telegram:7')],
    [off, { from: '7' }, 'pair'],
  ])
})

t.test('channels.defaults.groupPolicy fills only what is unset', async (t) => {
  const defaults = (keys: object) => ({ channels: { defaults: keys } })
  check(t, 'telegram', [
    [{}, at, 'admit', defaults({ groupPolicy: 'open' })],
    [{}, at, 'blocked channels.defaults.groupPolicy', defaults({ groupPolicy: 'disabled' })],
    [{ groupPolicy: 'allowlist' }, at, 'blocked groups', defaults({ groupPolicy: 'open' })],
    [{ groupPolicy: 'open' }, at, 'admit', defaults({ groupPolicy: 'disabled' })],
    [{ absent: true }, at, 'blocked groups', defaults({ groupPolicy: 'open' })],
    [{ groupPolicy: 'open' }, plain, 'admit', defaults({ requireMention: false })],
    [{ ...inGroup() }, at, 'admit', defaults({ groupAllowFrom: ['7'] })],
  ])
})

t.test('what a group says of its senders goes before the lists', async (t) => {
  const rows: Row[] = [
    [{ ...inGroup({ allowFrom: ['7'] }) }, at, 'admit'],
    [{ ...inGroup({ allowFrom: ['8'] }), ...forAnn }, at, `blocked groups["${g}"].allowFrom`],
    [{ ...inGroup({ allowFrom: [] }), ...forAnn }, at, `blocked groups["${g}"].allowFrom`],
    [{ ...inGroup({ users: ['7'] }), groupAllowFrom: ['8'] }, at, 'admit'],
    [{ ...inGroup({ users: ['8'] }), ...forAnn }, at, `blocked groups["${g}"].users`],
    [{ groups: { '*': { allowFrom: ['7'] } } }, at, 'admit'],
    [{ groups: { '*': { allowFrom: ['8'] }, [g]: {} }, ...forAnn }, at, 'blocked groups["*"].allowFrom'],
    [{ groups: { '*': { allowFrom: ['8'] }, [g]: { allowFrom: ['7'] } } }, at, 'admit'],
    [{ ...inGroup({ enabled: false }), ...forAnn }, at, `blocked groups["${g}"].enabled`],
    [{ groups: { '*': { enabled: false } }, ...forAnn }, at, 'blocked groups["*"].enabled'],
    [{ groups: { '*': { enabled: false }, [g]: { enabled: true } }, ...forAnn }, at, 'admit'],
    [{ groups: { '*': {}, [g]: { enabled: false } }, ...forAnn }, at, `blocked groups["${g}"].enabled`],
    [
      { ...inGroup({ allowFrom: ['accessGroup:staff'] }) },
      at,
      'admit',
      { accessGroups: { staff: { members: { telegram: ['7'] } } } },
    ],
    [
      { ...inGroup(), groupAllowFrom: ['accessGroup:staff'] },
      at,
      'admit',
      { accessGroups: { staff: { members: { telegram: ['7'] } } } },
    ],
    [{ ...inGroup(), groupAllowFrom: ['accessGroup:staff'] }, at, 'blocked groupAllowFrom'],
  ]
  check(t, 'telegram', rows)
})

t.test('the mention', async (t) => {
  const rows: Row[] = [
    [{ ...inGroup(), ...forAnn }, plain, 'mention requireMention'],
    [{ ...inGroup({ requireMention: true }), ...forAnn }, plain, `mention groups["${g}"].requireMention`],
    [{ ...inGroup({ requireMention: false }), ...forAnn }, plain, 'admit'],
    [{ groups: { '*': { requireMention: false } }, ...forAnn }, plain, 'admit'],
    [{ groups: { '*': { requireMention: false }, [g]: {} }, ...forAnn }, plain, 'admit'],
    [
      { groups: { '*': { requireMention: false }, [g]: { requireMention: true } }, ...forAnn },
      plain,
      `mention groups["${g}"].requireMention`,
    ],
    [{ groups: { '*': { requireMention: true }, [g]: { requireMention: false } }, ...forAnn }, plain, 'admit'],
    [{ ...inGroup(), ...forAnn, requireMention: false }, plain, 'admit'],
    [
      { ...inGroup({ requireMention: true }), ...forAnn, requireMention: false },
      plain,
      `mention groups["${g}"].requireMention`,
    ],
    [{ ...inGroup({ requireMention: false }), groupAllowFrom: ['8'] }, plain, 'blocked groupAllowFrom'],
    [{ ...inGroup({ requireMention: 'no' }), ...forAnn }, plain, `mention groups["${g}"].requireMention`],
    [{ ...inGroup(), ...forAnn }, at, 'owner', owners('telegram:7')],
    [{ ...inGroup(), ...forAnn }, plain, 'mention requireMention', owners('telegram:7')],
  ]
  check(t, 'telegram', rows)
})

t.test('/activation goes before requireMention, and opens no other door', async (t) => {
  check(t, 'telegram', [
    [{ ...inGroup(), ...forAnn }, { ...plain, activation: 'always' }, 'admit'],
    [{ ...inGroup({ requireMention: true }), ...forAnn }, { ...plain, activation: 'always' }, 'admit'],
    [{ ...inGroup({ requireMention: false }), ...forAnn }, { ...plain, activation: 'mention' }, 'mention /activation'],
    [{ ...inGroup({ requireMention: false }), ...forAnn }, { ...at, activation: 'mention' }, 'admit'],
    [{ ...inGroup(), groupAllowFrom: ['8'] }, { ...plain, activation: 'always' }, 'blocked groupAllowFrom'],
    [{}, { ...plain, activation: 'always' }, 'blocked groups'],
    [{ groupPolicy: 'disabled' }, { ...plain, activation: 'always' }, 'blocked groupPolicy'],
  ])
})

t.test('topics: the topic, its group, all others', async (t) => {
  const topic = { ...plain, thread: '5' }
  const groups = (topics: object, more: object = {}) => ({ ...forAnn, groups: { [g]: { ...more, topics } } })
  const path = `groups["${g}"].topics["5"]`
  const rows: Row[] = [
    [groups({}), topic, 'mention requireMention'],
    [groups({ 5: { requireMention: false } }), topic, 'admit'],
    [groups({ 5: { requireMention: true } }, { requireMention: false }), topic, `mention ${path}.requireMention`],
    [groups({ 6: { requireMention: false } }), topic, 'mention requireMention'],
    [groups({ '*': { requireMention: false } }), topic, 'admit'],
    [groups({ '*': { requireMention: false }, 5: { requireMention: true } }), topic, `mention ${path}.requireMention`],
    [groups({ 5: {} }, { requireMention: false }), topic, 'admit'],
    [groups({ 5: { enabled: false } }), { ...topic, mentioned: true }, `blocked ${path}.enabled`],
    [groups({ 5: { enabled: true } }, { enabled: false }), { ...topic, mentioned: true }, 'admit'],
    [groups({ 5: { allowFrom: ['8'] } }), { ...topic, mentioned: true }, `blocked ${path}.allowFrom`],
    [groups({ 5: { allowFrom: ['7'] } }, { allowFrom: ['8'] }), { ...topic, mentioned: true }, 'admit'],
    [groups({ 5: { requireMention: false } }), plain, 'mention requireMention'],
    [{ ...forAnn, groups: { '*': { topics: { 5: { requireMention: false } } } } }, topic, 'admit'],
    [
      { ...forAnn, groups: { '*': { topics: { 5: { requireMention: false } } }, [g]: { requireMention: true } } },
      topic,
      `mention groups["${g}"].requireMention`,
    ],
  ]
  check(t, 'telegram', rows)
})

t.test('the groups of an account replace those of its channel', async (t) => {
  const rows: Row[] = [
    [{ ...inGroup(), ...forAnn, accounts: { work: {} } }, at, 'admit'],
    [{ ...inGroup(), ...forAnn, accounts: { work: { groups: {} } } }, at, 'blocked accounts.work.groups'],
    [{ ...inGroup(), ...forAnn, accounts: { work: { groups: { '-5': {} } } } }, at, 'blocked accounts.work.groups'],
    [
      { ...inGroup({ requireMention: false }), ...forAnn, accounts: { work: inGroup() } },
      plain,
      'mention requireMention',
    ],
    [{ groups: {}, ...forAnn, accounts: { work: inGroup({ requireMention: false }) } }, plain, 'admit'],
    [
      { ...inGroup(), ...forAnn, accounts: { work: { groupPolicy: 'disabled' } } },
      at,
      'blocked accounts.work.groupPolicy',
    ],
    [
      { ...inGroup(), ...forAnn, accounts: { work: { groupAllowFrom: ['8'] } } },
      at,
      'blocked accounts.work.groupAllowFrom',
    ],
  ]
  check(t, 'telegram', rows, 'work')
})

t.test('bots in groups', async (t) => {
  const bot = { ...at, sender: { bot: true } }
  const quiet = { ...plain, sender: { bot: true } }
  check(t, 'telegram', [
    [{ ...inGroup(), ...forAnn }, bot, 'blocked allowBots'],
    [{ ...inGroup(), ...forAnn, allowBots: true }, bot, 'admit'],
    [{ ...inGroup(), ...forAnn, allowBots: true }, quiet, 'mention requireMention'],
    [{ ...inGroup(), ...forAnn, allowBots: 'mentions' }, bot, 'admit'],
    [{ ...inGroup({ requireMention: false }), ...forAnn, allowBots: 'mentions' }, quiet, 'blocked allowBots'],
    [{ ...inGroup({ allowBots: true }), ...forAnn }, bot, 'admit'],
    [{ ...inGroup({ allowBots: false }), ...forAnn, allowBots: true }, bot, `blocked groups["${g}"].allowBots`],
    [{ ...inGroup(), groupAllowFrom: ['8'], allowBots: true }, bot, 'blocked groupAllowFrom'],
    [{ groupPolicy: 'open' }, bot, 'blocked allowBots'],
  ])
})

t.test('WhatsApp and Signal: without groups in the config every group is meant', async (t) => {
  const ann = '+15555550123'
  const said = { from: ann, in: '120363@g.us', mentioned: true }
  const rows: Row[] = [
    [{}, said, 'blocked groupAllowFrom'],
    [{ groupAllowFrom: [ann] }, said, 'admit'],
    [{ groupAllowFrom: ['+1 555 555 0123'] }, said, 'admit'],
    [{ allowFrom: [ann] }, said, 'admit'],
    [{ groupAllowFrom: ['*'] }, said, 'admit'],
    [{ groupAllowFrom: [ann] }, { ...said, mentioned: false }, 'mention requireMention'],
    [{ groupAllowFrom: [ann], groups: {} }, said, 'blocked groups'],
    [{ groupAllowFrom: [ann], groups: { 'other@g.us': {} } }, said, 'blocked groups'],
    [
      { groupAllowFrom: [ann], groups: { '120363@g.us': { requireMention: false } } },
      { ...said, mentioned: false },
      'admit',
    ],
    [{ groupAllowFrom: [ann], groups: { '*': { requireMention: false } } }, { ...said, mentioned: false }, 'admit'],
    [{ groupPolicy: 'open' }, said, 'admit'],
    [{ groupPolicy: 'disabled', groupAllowFrom: ['*'] }, said, 'blocked groupPolicy'],
    [{ absent: true }, said, 'blocked groupAllowFrom'],
  ]
  check(t, 'whatsapp', rows)
  check(t, 'signal', rows)
})

t.test('Feishu: groupAllowFrom names chats, groupSenderAllowFrom people', async (t) => {
  const chat = 'oc_a0553eda'
  const said = { from: 'ou_7d8a6e6d', in: chat, mentioned: true }
  const quiet = { ...said, mentioned: false }
  check(t, 'feishu', [
    [{}, said, 'blocked groupAllowFrom'],
    [{ groupAllowFrom: [] }, said, 'blocked groupAllowFrom'],
    [{ groupAllowFrom: [chat] }, said, 'admit'],
    [{ groupAllowFrom: [`feishu:${chat}`] }, said, 'admit'],
    [{ groupAllowFrom: ['*'] }, said, 'admit'],
    [{ groupAllowFrom: ['oc_other1'] }, said, 'blocked groupAllowFrom'],
    [{ groupAllowFrom: ['ou_7d8a6e6d'] }, said, 'blocked groupAllowFrom'],
    [{ groups: { [chat]: {} } }, said, 'admit'],
    [{ groups: { '*': {} } }, said, 'admit'],
    [{ groups: { [chat]: {} }, groupAllowFrom: ['oc_other1'] }, said, 'admit'],
    [{ groupAllowFrom: [chat], groupSenderAllowFrom: ['ou_7d8a6e6d'] }, said, 'admit'],
    [{ groupAllowFrom: [chat], groupSenderAllowFrom: ['ou_other1'] }, said, 'blocked groupSenderAllowFrom'],
    [{ groupAllowFrom: [chat], groupSenderAllowFrom: [] }, said, 'blocked groupSenderAllowFrom'],
    [{ groupAllowFrom: [chat], allowFrom: ['ou_other1'] }, said, 'admit'],
    [
      { groupAllowFrom: [chat], groups: { [chat]: { allowFrom: ['ou_other1'] } } },
      said,
      `blocked groups.${chat}.allowFrom`,
    ],
    [{ groupAllowFrom: [chat] }, quiet, 'mention requireMention'],
    [{ groupPolicy: 'open' }, said, 'admit'],
    [{ groupPolicy: 'open' }, quiet, 'admit'],
    [{ groupPolicy: 'open', requireMention: true }, quiet, 'mention requireMention'],
    [{ groupPolicy: 'open', groups: { '*': { requireMention: true } } }, quiet, 'mention groups["*"].requireMention'],
    [{ groupPolicy: 'disabled', groupAllowFrom: [chat] }, said, 'blocked groupPolicy'],
  ])
})

t.test('QQ: groups are open until a list is written', async (t) => {
  const said = { from: 'ANN1', in: 'GROUP1', mentioned: true }
  check(t, 'qqbot', [
    [{}, said, 'admit'],
    [{}, { ...said, mentioned: false }, 'mention requireMention'],
    [{ groups: { GROUP1: { requireMention: false } } }, { ...said, mentioned: false }, 'admit'],
    [{ groups: { OTHER: {} } }, said, 'admit'],
    [{ groupAllowFrom: ['ANN1'] }, said, 'admit'],
    [{ groupAllowFrom: ['BOB1'] }, said, 'blocked groupAllowFrom'],
    [{ allowFrom: ['BOB1'] }, said, 'blocked allowFrom'],
    [{ allowFrom: ['BOB1'], groupAllowFrom: ['*'] }, said, 'admit'],
    [{ groupPolicy: 'allowlist' }, said, 'blocked groupAllowFrom'],
    [{ groupPolicy: 'disabled' }, said, 'blocked groupPolicy'],
    [{ absent: true }, said, 'blocked groupAllowFrom'],
  ])
})
