import t from 'tap'
import { check, type Row } from './table.js'

const ann = { from: '7' }
const paired = { from: '7', paired: ['7'] }
const owners = (...ownerAllowFrom: (string | number)[]) => ({ commands: { ownerAllowFrom } })
const sets = (members: object) => ({ accessGroups: { staff: { type: 'message.senders', members } } })

t.test('pairing, which is the default', async (t) => {
  const rows: Row[] = [
    [{}, ann, 'pair'],
    [{ dmPolicy: 'pairing' }, ann, 'pair'],
    [{}, paired, 'admit'],
    [{}, { from: '7', paired: ['8'] }, 'pair'],
    [{ allowFrom: ['7'] }, ann, 'admit'],
    [{ allowFrom: [7] }, ann, 'admit'],
    [{ allowFrom: ['8'] }, ann, 'pair'],
    [{ allowFrom: ['8'] }, paired, 'admit'],
    [{ allowFrom: ['telegram:7'] }, ann, 'admit'],
    [{ allowFrom: ['TG:7'] }, ann, 'admit'],
    [{ allowFrom: [' 7 '] }, ann, 'admit'],
    [{ allowFrom: ['*'] }, ann, 'admit'],
    [{ allowFrom: [' * '] }, ann, 'admit'],
    [{ allowFrom: [] }, ann, 'pair'],
    [{ allowFrom: [''] }, ann, 'pair'],
    [{ allowFrom: ['@ann'] }, { from: '7', sender: { username: 'ann' } }, 'pair'],
    [{ allowFrom: ['-7'] }, ann, 'pair'],
    [{ groupAllowFrom: ['7'] }, ann, 'pair'],
    [{ groupPolicy: 'disabled' }, ann, 'pair'],
    [{ absent: true }, ann, 'pair'],
    [{ absent: true }, ann, 'pair', { channels: { defaults: { dmPolicy: 'open', allowFrom: ['*'] } } }],
    [{ absent: true }, paired, 'admit'],
    [{ dmPolicy: 'nonsense' }, ann, 'pair'],
  ]
  check(t, 'telegram', rows)
})

t.test('allowlist', async (t) => {
  const rows: Row[] = [
    [{ dmPolicy: 'allowlist' }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'allowlist', allowFrom: [] }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'allowlist', allowFrom: ['7'] }, ann, 'admit'],
    [{ dmPolicy: 'allowlist', allowFrom: ['8', '7'] }, ann, 'admit'],
    [{ dmPolicy: 'allowlist', allowFrom: ['8'] }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'allowlist', allowFrom: ['8'] }, paired, 'admit'],
    [{ dmPolicy: 'allowlist' }, paired, 'admit'],
    [{ dmPolicy: 'allowlist', allowFrom: ['*'] }, ann, 'admit'],
    [{ dmPolicy: 'allowlist', allowFrom: ['77'] }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'allowlist', allowFrom: ['constructor'] }, ann, 'blocked allowFrom'],
  ]
  check(t, 'telegram', rows)
})

t.test('open: the list must say so', async (t) => {
  const rows: Row[] = [
    [{ dmPolicy: 'open' }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'open', allowFrom: [] }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'open', allowFrom: ['*'] }, ann, 'admit'],
    [{ dmPolicy: 'open', allowFrom: ['8', '*'] }, ann, 'admit'],
    [{ dmPolicy: 'open', allowFrom: ['8'] }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'open', allowFrom: ['7'] }, ann, 'admit'],
    [{ dmPolicy: 'open' }, paired, 'blocked allowFrom'],
  ]
  check(t, 'telegram', rows)
})

t.test('disabled: nobody, not even an owner', async (t) => {
  const rows: Row[] = [
    [{ dmPolicy: 'disabled' }, ann, 'blocked dmPolicy'],
    [{ dmPolicy: 'disabled', allowFrom: ['*'] }, ann, 'blocked dmPolicy'],
    [{ dmPolicy: 'disabled', allowFrom: ['7'] }, ann, 'blocked dmPolicy'],
    [{ dmPolicy: 'disabled' }, paired, 'blocked dmPolicy'],
    [{ dmPolicy: 'disabled', allowFrom: ['7'] }, ann, 'blocked dmPolicy', owners('telegram:7')],
  ]
  check(t, 'telegram', rows)
})

t.test('owners are named with their channel, and are let in by the lists like everybody', async (t) => {
  const open = { allowFrom: ['*'] }
  const rows: Row[] = [
    [open, ann, 'owner', owners('telegram:7')],
    [open, ann, 'owner', owners('Telegram:7')],
    [open, ann, 'owner', owners('tg:7')],
    [open, ann, 'owner', owners('telegram: 7 ')],
    [open, ann, 'owner', owners('discord:9', 'telegram:7')],
    [open, ann, 'admit', owners('7')],
    [open, ann, 'admit', owners(7)],
    [open, ann, 'admit', owners('*')],
    [open, ann, 'admit', owners('telegram:*')],
    [open, ann, 'admit', owners('discord:7')],
    [open, ann, 'admit', owners('telegram:8')],
    [open, ann, 'admit', owners('telegram:')],
    [open, ann, 'admit', owners(':7')],
    [open, ann, 'admit', owners()],
    [open, ann, 'admit'],
    [{}, paired, 'admit'],
    [{}, paired, 'owner', owners('telegram:7')],
    [{}, ann, 'pair', owners('telegram:7')],
    [{ dmPolicy: 'allowlist' }, ann, 'blocked allowFrom', owners('telegram:7')],
  ]
  check(t, 'telegram', rows)
})

t.test('sets of senders', async (t) => {
  const staff = { dmPolicy: 'allowlist', allowFrom: ['accessGroup:staff'] }
  const rows: Row[] = [
    [staff, ann, 'admit', sets({ telegram: ['7'] })],
    [staff, ann, 'admit', sets({ telegram: ['telegram:7'] })],
    [staff, ann, 'admit', sets({ '*': ['7'] })],
    [staff, ann, 'admit', sets({ telegram: ['*'] })],
    [staff, ann, 'blocked allowFrom', sets({ telegram: ['8'] })],
    [staff, ann, 'blocked allowFrom', sets({ discord: ['7'] })],
    [staff, ann, 'blocked allowFrom', sets({ telegram: ['accessGroup:staff'] })],
    [staff, ann, 'blocked allowFrom', sets({})],
    [staff, ann, 'blocked allowFrom'],
    [{ ...staff, allowFrom: ['accessGroup:other'] }, ann, 'blocked allowFrom', sets({ telegram: ['7'] })],
    [{ ...staff, allowFrom: ['accessGroup:toString'] }, ann, 'blocked allowFrom', sets({ telegram: ['7'] })],
    [{ ...staff, allowFrom: ['accessGroup:'] }, ann, 'blocked allowFrom', sets({ telegram: ['7'] })],
    [{ ...staff, allowFrom: ['accessGroup:other', '7'] }, ann, 'admit'],
    [{ dmPolicy: 'open', allowFrom: ['accessGroup:staff'] }, ann, 'admit', sets({ telegram: ['7'] })],
  ]
  check(t, 'telegram', rows)
})

t.test('bots', async (t) => {
  const bot = { from: '7', sender: { bot: true } }
  const rows: Row[] = [
    [{}, bot, 'blocked allowBots'],
    [{ allowFrom: ['7'] }, bot, 'blocked allowBots'],
    [{ allowBots: false, allowFrom: ['7'] }, bot, 'blocked allowBots'],
    [{ allowBots: true, allowFrom: ['7'] }, bot, 'admit'],
    [{ allowBots: true }, bot, 'blocked allowFrom'],
    [{ allowBots: 'mentions', allowFrom: ['7'] }, bot, 'blocked allowBots'],
    [{ allowBots: 'mentions', allowFrom: ['7'] }, { ...bot, mentioned: true }, 'admit'],
    [{ allowBots: 'yes', allowFrom: ['7'] }, bot, 'blocked allowBots'],
  ]
  check(t, 'telegram', rows)
})

t.test('channels.defaults fills what the channel leaves open', async (t) => {
  const defaults = (keys: object) => ({ channels: { defaults: keys } })
  const rows: Row[] = [
    [{}, ann, 'blocked channels.defaults.dmPolicy', defaults({ dmPolicy: 'disabled' })],
    [{ dmPolicy: 'pairing' }, ann, 'pair', defaults({ dmPolicy: 'disabled' })],
    [{}, ann, 'admit', defaults({ allowFrom: ['7'] })],
    [{ allowFrom: [] }, ann, 'pair', defaults({ allowFrom: ['7'] })],
    [{}, ann, 'admit', defaults({ dmPolicy: 'open', allowFrom: ['*'] })],
  ]
  check(t, 'telegram', rows)
})

t.test('an account goes before its channel', async (t) => {
  const at = (keys: object, more: object = {}) => ({ ...more, accounts: { work: keys } })
  const rows: Row[] = [
    [at({ dmPolicy: 'disabled' }), ann, 'blocked accounts.work.dmPolicy'],
    [at({}, { dmPolicy: 'disabled' }), ann, 'blocked dmPolicy'],
    [at({ dmPolicy: 'pairing' }, { dmPolicy: 'disabled' }), ann, 'pair'],
    [at({ allowFrom: ['7'] }, { allowFrom: ['8'] }), ann, 'admit'],
    [at({ allowFrom: ['8'] }, { allowFrom: ['7'] }), ann, 'pair'],
    [at({ allowFrom: [] }, { allowFrom: ['7'] }), ann, 'pair'],
    [at({}, { allowFrom: ['7'] }), ann, 'admit'],
  ]
  check(t, 'telegram', rows, 'work')
  check(t, 'telegram', [[at({ dmPolicy: 'disabled' }), ann, 'pair']])
})

t.test('the chat with oneself', async (t) => {
  const self = { from: '+15555550123', self: true }
  const rows: Row[] = [
    [{}, self, 'admit'],
    [{ selfChatMode: true }, self, 'admit'],
    [{ selfChatMode: false }, self, 'blocked selfChatMode'],
    [{ selfChatMode: false, allowFrom: ['*'] }, self, 'blocked selfChatMode'],
    [{ dmPolicy: 'disabled' }, self, 'blocked dmPolicy'],
    [{ dmPolicy: 'disabled', selfChatMode: true }, self, 'blocked dmPolicy'],
    [{ dmPolicy: 'allowlist' }, self, 'admit'],
    [{}, self, 'owner', owners('whatsapp:+15555550123')],
  ]
  check(t, 'whatsapp', rows)
})

t.test('the forms of each channel', async (t) => {
  const uuid = '6f1c2a3b-4d5e-4f60-8a9b-0c1d2e3f4a5b'
  const number = '+15555550123'
  check(t, 'whatsapp', [
    [{ allowFrom: ['+1 555 555-0123'] }, { from: number }, 'admit'],
    [{ allowFrom: ['15555550123@s.whatsapp.net'] }, { from: number }, 'admit'],
    [{ allowFrom: [15555550123] }, { from: number }, 'admit'],
    [{ allowFrom: [number] }, { from: '987654@lid', sender: { e164: number } }, 'admit'],
    [{ allowFrom: ['987654@lid'] }, { from: '987654@lid' }, 'admit'],
    [{}, { from: '987654@lid', sender: { e164: number }, paired: [number] }, 'admit'],
    [{ allowFrom: ['+15555550124'] }, { from: number }, 'pair'],
    [{ allowFrom: ['*'] }, { from: '987654@lid', sender: { e164: number } }, 'owner', owners(`whatsapp:${number}`)],
  ])
  check(t, 'signal', [
    [{ allowFrom: [uuid] }, { from: `uuid:${uuid}` }, 'admit'],
    [{ allowFrom: [`uuid:${uuid}`] }, { from: `uuid:${uuid}` }, 'admit'],
    [{ allowFrom: [number] }, { from: `uuid:${uuid}`, sender: { e164: number } }, 'admit'],
    [{ allowFrom: [number] }, { from: `uuid:${uuid}` }, 'pair'],
    [{ allowFrom: ['*'] }, { from: `uuid:${uuid}` }, 'owner', owners(`signal:uuid:${uuid}`)],
    [{ allowFrom: ['*'] }, { from: `uuid:${uuid}` }, 'owner', owners(`signal:${uuid}`)],
  ])
  check(t, 'feishu', [
    [{ allowFrom: ['feishu:ou_1a2b3c'] }, { from: 'ou_1a2b3c' }, 'admit'],
    [{ allowFrom: ['*'] }, { from: 'ou_1a2b3c' }, 'owner', owners('lark:ou_1a2b3c')],
    [{}, { from: 'ou_1a2b3c' }, 'pair'],
  ])
})

t.test('Discord and Slack: direct messages can be off, and names count only where the config says so', async (t) => {
  const id = '80351110224678912'
  const ann = { from: id, sender: { username: 'ann', name: 'boss' } }
  const named = { dangerouslyAllowNameMatching: true }
  check(t, 'discord', [
    [{ dm: { enabled: false } }, ann, 'blocked dm.enabled'],
    [{ dm: { enabled: false }, allowFrom: ['*'] }, ann, 'blocked dm.enabled'],
    [{ dm: { enabled: true } }, ann, 'pair'],
    [{ dm: {} }, ann, 'pair'],
    [{ allowFrom: [`<@${id}>`] }, ann, 'admit'],
    [{ allowFrom: ['ann'] }, ann, 'pair'],
    [{ allowFrom: ['ann'], ...named }, ann, 'admit'],
    [{ allowFrom: ['@Ann'], ...named }, ann, 'admit'],
    [{ allowFrom: ['boss'], ...named }, ann, 'pair'],
    [{ allowFrom: ['bob'], ...named }, ann, 'pair'],
    [{ allowFrom: ['*'] }, ann, 'owner', owners(`discord:${id}`)],
    [{ allowFrom: ['*'], ...named }, ann, 'admit', owners('discord:ann')],
  ])
  check(t, 'slack', [
    [{ dm: { enabled: false } }, { from: 'U012AB3CD' }, 'blocked dm.enabled'],
    [{ allowFrom: ['u012ab3cd'] }, { from: 'U012AB3CD' }, 'admit'],
    [{ allowFrom: ['<@U012AB3CD>'] }, { from: 'U012AB3CD' }, 'admit'],
    [{}, { from: 'U012AB3CD' }, 'pair'],
  ])
})

t.test('QQ: open until a list is written', async (t) => {
  const id = '0A1B2C3D4E5F60718293A4B5C6D7E8F9'
  const ann = { from: id }
  check(t, 'qqbot', [
    [{}, ann, 'admit'],
    [{ allowFrom: [] }, ann, 'admit'],
    [{ allowFrom: ['*'] }, ann, 'admit'],
    [{ allowFrom: [id.toLowerCase()] }, ann, 'admit'],
    [{ allowFrom: ['someone'] }, ann, 'blocked allowFrom'],
    [{ allowFrom: ['someone', '*'] }, ann, 'admit'],
    [{ allowFrom: ['someone'] }, { ...ann, paired: [id] }, 'admit'],
    [{ dmPolicy: 'pairing' }, ann, 'pair'],
    [{ dmPolicy: 'open' }, ann, 'blocked allowFrom'],
    [{ dmPolicy: 'open', allowFrom: ['*'] }, ann, 'admit'],
    [{ dmPolicy: 'disabled' }, ann, 'blocked dmPolicy'],
    [{ absent: true }, ann, 'pair'],
    [{}, ann, 'pair', { channels: { defaults: { dmPolicy: 'pairing' } } }],
    [{ dmPolicy: 'nonsense' }, ann, 'pair'],
  ])
})
