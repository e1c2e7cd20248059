import t from 'tap'
import { agentRoster } from '../../src/agents/select.js'
import type { ChatKind } from '../../src/channels/port.js'
import { routeOf } from '../../src/channels/route.js'
import type { Config } from '../../src/config/types.js'

const entries = { main: {}, work: {}, home: {}, third: {} }

interface Said {
  readonly channel?: string
  readonly account?: string
  readonly kind?: ChatKind
  readonly in?: string
  readonly thread?: string
  readonly guild?: string
  readonly from?: string
  readonly e164?: string
  readonly roles?: readonly string[]
}

function route(config: object, said: Said) {
  const { channel = 'telegram', account = 'default', from = '7', thread, guild, roles, e164 } = said
  const { kind = said.in === undefined ? 'direct' : 'group' } = said
  const whole = { agents: { entries }, ...config } as Config
  return routeOf(whole, agentRoster(whole), {
    channel,
    account,
    env: {},
    message: {
      place: { kind, id: said.in ?? from, ...(thread && { thread }), ...(guild && { guild }) },
      sender: { id: from, ...(roles && { roles }), ...(e164 && { e164 }) },
    },
  })
}

t.test('who answers: the most particular rule, and of those the first', async (t) => {
  const rule = (agentId: string, match: object, more = {}) => ({
    agentId,
    match: { channel: 'telegram', ...match },
    ...more,
  })
  const peer = (id: string | number, kind: ChatKind = 'direct') => ({ peer: { kind, id } })
  const direct = {}
  const group = { in: '-100' }
  const topic = { in: '-100', thread: '5' }
  const room = { channel: 'discord', kind: 'channel', in: '500', guild: '1' } as const
  const rows: readonly (readonly [bindings: readonly object[], said: Said, agent: string])[] = [
    [[], direct, 'main'],
    [[rule('work', {})], direct, 'work'],
    [[rule('work', { channel: 'whatsapp' })], direct, 'main'],
    [[{ agentId: 'work', match: {} }], direct, 'work'],
    [[{ agentId: 'work' }], direct, 'work'],
    [[rule('work', { channel: '*' })], direct, 'work'],
    [[rule('work', { channel: 'Telegram' })], direct, 'work'],
    // Accounts
    [[rule('work', {})], { account: 'second' }, 'main'],
    [[rule('work', { accountId: 'second' })], { account: 'second' }, 'work'],
    [[rule('work', { accountId: 'second' })], direct, 'main'],
    [[rule('work', { accountId: '*' })], { account: 'second' }, 'work'],
    [[rule('work', { accountId: '*' })], direct, 'work'],
    [[rule('work', { accountId: '*' }), rule('home', {})], direct, 'home'],
    [[rule('work', { accountId: '*' }), rule('home', { accountId: 'second' })], { account: 'second' }, 'home'],
    [[rule('work', { accountId: 'default' })], direct, 'work'],
    // Peers
    [[rule('home', {}), rule('work', peer('7'))], direct, 'work'],
    [[rule('home', {}), rule('work', peer(7))], direct, 'work'],
    [[rule('home', {}), rule('work', peer('telegram:7'))], direct, 'work'],
    [[rule('work', peer('8'))], direct, 'main'],
    [[rule('work', peer('7', 'group'))], direct, 'main'],
    [[rule('work', { peer: { id: '7' } })], direct, 'work'],
    [[rule('work', peer('*'))], direct, 'work'],
    [[rule('home', peer('*')), rule('work', peer('7'))], direct, 'work'],
    [[rule('home', { accountId: 'default' }), rule('work', peer('*'))], direct, 'work'],
    [[rule('work', peer('7')), rule('home', peer('7'))], direct, 'work'],
    [[rule('work', { ...peer('7'), accountId: 'second' })], direct, 'main'],
    [[rule('work', peer('7'))], { account: 'second' }, 'main'],
    [[rule('work', { ...peer('7'), accountId: '*' })], { account: 'second' }, 'work'],
    [[rule('work', peer('+15550001', 'direct'))], { from: 'uuid:x', e164: '+15550001' }, 'work'],
    // Groups, topics, threads
    [[rule('work', peer('-100', 'group'))], group, 'work'],
    [[rule('work', peer('-100', 'group'))], topic, 'work'],
    [[rule('home', peer('-100', 'group')), rule('work', peer('-100:topic:5', 'group'))], topic, 'work'],
    [[rule('home', peer('-100', 'group')), rule('work', peer('-100:topic:6', 'group'))], topic, 'home'],
    [[rule('home', peer('*', 'group')), rule('work', peer('-100', 'group'))], topic, 'work'],
    [[rule('work', peer('-100:topic:5', 'group'))], group, 'main'],
    [[rule('work', peer('500', 'channel'))], { in: '500', kind: 'group' }, 'main'],
    // Servers, roles, teams
    [[rule('work', { channel: 'discord', guildId: '1' })], room, 'work'],
    [[rule('work', { channel: 'discord', guildId: '2' })], room, 'main'],
    [
      [
        rule('home', { channel: 'discord', guildId: '1' }),
        rule('work', { channel: 'discord', guildId: '1', roles: ['r'] }),
      ],
      { ...room, roles: ['q', 'r'] },
      'work',
    ],
    [[rule('work', { channel: 'discord', guildId: '1', roles: ['r'] })], { ...room, roles: ['q'] }, 'main'],
    [[rule('work', { channel: 'discord', guildId: '1', roles: ['r'] })], room, 'main'],
    [[rule('work', { channel: 'discord', guildId: '1', roles: [] })], room, 'work'],
    [
      [
        rule('home', { channel: 'discord', guildId: '1', roles: ['r'] }),
        rule('work', { channel: 'discord', ...peer('500', 'channel') }),
      ],
      { ...room, roles: ['r'] },
      'work',
    ],
    [[rule('work', { channel: 'discord', guildId: '1', ...peer('500', 'channel') })], { ...room, guild: '2' }, 'main'],
    [[rule('work', { channel: 'discord', ...peer('900', 'channel') })], { ...room, thread: '900' }, 'work'],
    [
      [rule('home', { channel: 'slack' }), rule('work', { channel: 'slack', teamId: 'T1' })],
      { ...room, channel: 'slack', guild: 'T1' },
      'work',
    ],
    [[rule('work', { channel: 'slack', teamId: 'T1' })], { ...room, channel: 'slack', guild: 'T2' }, 'main'],
    [[rule('home', { channel: 'discord' }), rule('work', { channel: 'discord', guildId: '1' })], room, 'work'],
    // Rules that are none
    [[rule('gone', {}), rule('work', { accountId: '*' })], direct, 'work'],
    [[rule('gone', {})], direct, 'main'],
    [[rule('WORK', {})], direct, 'work'],
    [[rule('work', {}, { type: 'acp' })], direct, 'main'],
    [[{ match: { channel: 'telegram' } }], direct, 'main'],
  ]
  for (const [bindings, said, agent] of rows) {
    t.equal(route({ bindings }, said).agent, agent, JSON.stringify([bindings, said]))
  }
})

t.test('why: the rule is named', async (t) => {
  t.equal(
    route({ bindings: [{ agentId: 'gone' }, { agentId: 'work', match: { channel: 'telegram' } }] }, {}).why,
    'bindings[1]',
  )
  t.equal(route({}, {}).why, 'default agent')
})

t.test('the default agent and the default account are those of the config', async (t) => {
  t.equal(route({ agents: { entries: { a: {}, b: { default: true } } } }, {}).agent, 'b')
  t.equal(route({ agents: undefined }, {}).agent, 'main')
  const channels = { telegram: { defaultAccount: 'second', accounts: { second: { botToken: '1:a' } } } }
  const bindings = [{ agentId: 'work', match: { channel: 'telegram' } }]
  t.equal(route({ channels, bindings }, { account: 'second' }).agent, 'work')
  t.equal(route({ channels, bindings }, { account: 'default' }).agent, 'main')
})

t.test('a topic may have an agent of its own', async (t) => {
  const topics = (agentId: string) => ({ topics: { 5: { agentId } } })
  const bindings = [{ agentId: 'home', match: { channel: 'telegram', peer: { kind: 'group', id: '-100' } } }]
  const config = (telegram: object) => ({ bindings, channels: { telegram } })
  const said = { in: '-100', thread: '5' }
  t.equal(route(config({ groups: { '-100': topics('work') } }), said).agent, 'work')
  t.equal(route(config({ groups: { '*': topics('work') } }), said).agent, 'work')
  t.equal(route(config({ groups: { '-100': topics('gone') } }), said).agent, 'home')
  t.equal(route(config({ groups: { '-100': topics('work') } }), { ...said, thread: '6' }).agent, 'home')
  const replaced = { groups: { '-100': topics('work') }, accounts: { second: { groups: {} } } }
  t.equal(route({ channels: { telegram: replaced } }, { ...said, account: 'second' }).agent, 'main')
})

t.test('the session', async (t) => {
  const scope = (dmScope: string, more: object = {}) => ({ session: { dmScope, ...more } })
  const links = { identityLinks: { Ann: ['telegram:7', 'discord:9', 'signal:+15550001'] } }
  const rows: readonly (readonly [config: object, said: Said, key: string])[] = [
    [{}, {}, 'agent:main:main'],
    [{ session: { mainKey: 'desk' } }, {}, 'agent:main:desk'],
    [scope('main'), { from: '8' }, 'agent:main:main'],
    [scope('per-peer'), {}, 'agent:main:direct:7'],
    [scope('per-channel-peer'), {}, 'agent:main:telegram:direct:7'],
    [scope('per-account-channel-peer'), {}, 'agent:main:telegram:default:direct:7'],
    [scope('per-account-channel-peer'), { account: 'Work' }, 'agent:main:telegram:work:direct:7'],
    [scope('per-peer'), { channel: 'slack', from: 'U012AB3CD' }, 'agent:main:direct:u012ab3cd'],
    [scope('per-peer', links), {}, 'agent:main:direct:ann'],
    [scope('per-peer', links), { channel: 'discord', from: '9' }, 'agent:main:direct:ann'],
    [scope('per-peer', links), { channel: 'discord', from: '7' }, 'agent:main:direct:7'],
    [scope('per-peer', links), { channel: 'signal', from: 'uuid:x', e164: '+15550001' }, 'agent:main:direct:ann'],
    [scope('per-channel-peer', links), {}, 'agent:main:telegram:direct:ann'],
    [scope('main', links), {}, 'agent:main:main'],
    [{}, { in: '-100' }, 'agent:main:telegram:group:-100'],
    [scope('per-peer'), { in: '-100' }, 'agent:main:telegram:group:-100'],
    [{}, { in: '-100', thread: '5' }, 'agent:main:telegram:group:-100:topic:5'],
    [{}, { channel: 'feishu', in: 'oc_A', thread: 'omt_B' }, 'agent:main:feishu:group:oc_a:topic:omt_b'],
    [{}, { channel: 'discord', kind: 'channel', in: '500', guild: '1' }, 'agent:main:discord:channel:500'],
    [
      {},
      { channel: 'discord', kind: 'channel', in: '500', thread: '900' },
      'agent:main:discord:channel:500:thread:900',
    ],
    [{}, { channel: 'slack', kind: 'channel', in: 'C0A', thread: '1.2' }, 'agent:main:slack:channel:c0a:thread:1.2'],
    [{}, { channel: 'slack', thread: '1.2' }, 'agent:main:main:thread:1.2'],
    [{}, { channel: 'whatsapp', in: '1203@g.us' }, 'agent:main:whatsapp:group:1203@g.us'],
    [{}, { in: 'a\n b\u0000c' }, 'agent:main:telegram:group:a_b_c'],
    [{ session: { scope: 'global' } }, {}, 'global'],
    [{ session: { scope: 'global', dmScope: 'per-peer' } }, {}, 'global'],
    [{ session: { scope: 'global' } }, { in: '-100', thread: '5' }, 'global'],
    [{ bindings: [{ agentId: 'work', match: { channel: 'telegram' } }] }, {}, 'agent:work:main'],
    [
      { bindings: [{ agentId: 'work', match: { channel: 'telegram' }, session: { dmScope: 'per-peer' } }] },
      {},
      'agent:work:direct:7',
    ],
  ]
  for (const [config, said, key] of rows) t.equal(route(config, said).sessionKey, key, JSON.stringify([config, said]))
})
