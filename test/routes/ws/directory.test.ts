import t, { type Test } from 'tap'
import { type Body, pairingCode, stageOf } from '../../channels/_stage.js'
import { DiscordServer, guildId, roomId, threadId } from '../../channels/discord/server.js'
import * as feishu from '../../channels/feishu/server.js'
import * as signal from '../../channels/signal/server.js'
import { SlackServer } from '../../channels/slack/server.js'
import { TelegramServer } from '../../channels/telegram/server.js'
import { cliFor } from '../../cli/harness.js'
import { until } from '../../helper/calls.js'
import { token } from '../../helper/gateway.js'

async function stage(t: Test, channel: string, keys: Body) {
  const all = await stageOf(t, { channel, keys })
  await until(async () => (await all.state()).connected === true)
  const cli = cliFor(t, { home: all.instance.paths.home })
  const where = ['--url', all.gateway.url.replace('http', 'ws'), '--token', token]
  const run = (...argv: string[]) => cli.run('directory', ...argv, ...where)
  /** What is found, in short. */
  const found = async (method: string, params: object = {}) =>
    ((await all.socket.call(`directory.${method}`, params)).entries as Body[]).map(({ target, name = '', sources }) =>
      [target, name, sources.join('+')].join(' '),
    )
  return { ...all, run, found }
}

async function telegram(t: Test, keys: Body = {}) {
  const api = await new TelegramServer().start(t)
  return { api, ...(await stage(t, 'telegram', { botToken: api.token, apiRoot: api.root, ...keys })) }
}

async function slack(t: Test, keys: Body = {}) {
  const api = await new SlackServer().start(t)
  const own = { botToken: api.botToken, appToken: api.appToken, apiRoot: `${api.root}/api` }
  return { api, ...(await stage(t, 'slack', { ...own, ...keys })) }
}

t.test('a platform that lists nobody: who wrote, who was let in, and whom the config names', async (t) => {
  const { api, approve, found, socket } = await telegram(t, {
    ...{ dmPolicy: 'pairing', allowFrom: ['7', 'telegram:8'], groupPolicy: 'open' },
    groups: { '-100': { requireMention: false }, '*': {} },
  })
  api.says('let me in')
  const [sent] = await api.called('sendMessage')
  t.strictSame(await found('peers'), ['user:42  heard', 'user:7  config', 'user:8  config'])
  await approve(pairingCode(sent?.text))
  api.says('hello')
  const mention = { entities: [{ type: 'mention', offset: 0, length: 9 }] }
  api.says('@test_bot hi', { chat: { id: -200, type: 'supergroup', title: 'G' }, ...mention })
  await until(async () => (await found('groups')).length === 2)
  t.strictSame(await found('peers'), ['user:42 Ada @ada heard+paired', 'user:7  config', 'user:8  config'])
  t.strictSame(await found('groups'), ['group:-200  heard', 'group:-100  config'])
  t.strictSame(await found('peers', { query: 'ADA' }), ['user:42 Ada @ada heard+paired'])
  t.match(await socket.call('directory.peers', { limit: 1 }), { entries: [{ id: '42' }], more: true })
  t.match(await socket.call('directory.self', {}), { self: { id: '@test_bot', target: 'user:@test_bot' } })
  t.match((await socket.request('directory.members', { groupId: '-100' })).error, {
    code: 'INVALID_REQUEST',
    message:
      'Channel telegram does not support action members. Channels that do: discord, feishu, signal, slack, whatsapp.',
  })
})

t.test('Slack: people page by page, rooms, and who is in them', async (t) => {
  const { api, found, socket } = await slack(t, { channels: { C00000001: {}, C00000002: {}, '*': {} } })
  t.strictSame(await found('peers'), ['user:UADA00001 Ada platform', 'user:UBOB00001 Bob platform'])
  t.equal((await api.called('users.list')).length, 2)
  t.strictSame(await found('groups'), [
    'channel:C00000001 #general platform+config',
    'group:G00000001 #mpdm-ada--bob-1 platform',
    'channel:C00000002  config',
  ])
  t.strictSame(await found('members', { groupId: 'channel:C00000001' }), [
    'user:UADA00001 Ada platform',
    'user:UGHOST001  platform',
  ])
  t.match(await socket.call('directory.self', {}), { self: { id: 'UBOT00001', name: 'test_bot' } })
})

t.test('what the platform refuses leaves what is known here, with the reason', async (t) => {
  const { api, socket, run } = await slack(t, { allowFrom: ['*', 'UADA00001'] })
  api.fails('users.list', { body: { ok: false, error: 'missing_scope', needed: 'users:read' } })
  t.match(await socket.call('directory.peers', {}), {
    entries: [{ id: 'UADA00001', sources: ['config'] }],
    warning: 'users.list: missing_scope (the app needs the scope users:read)',
  })
  api.fails('conversations.members', { body: { ok: false, error: 'channel_not_found' } })
  t.match(await run('groups', 'members', '--group-id', 'C1'), {
    code: 1,
    stderr: /Not asked over slack: conversations\.members: channel_not_found/,
  })
})

t.test('Discord: rooms of its servers, and members as far as the bot may see them', async (t) => {
  const api = await new DiscordServer().start(t)
  const keys = { token: api.token, apiRoot: `${api.root}/api` }
  const { found, socket } = await stage(t, 'discord', keys)
  t.strictSame(await found('groups'), [
    `channel:${roomId} G/#general platform`,
    `channel:${threadId} G/#a thread platform`,
  ])
  const members = ['user:420000000000000000 Countess platform', 'user:430000000000000000 bob platform']
  t.strictSame(await found('peers'), members)
  t.strictSame(await found('members', { groupId: roomId }), members)
  t.strictSame(await found('peers', { query: 'count' }), members.slice(0, 1))
  await api.called(`GET /guilds/${guildId}/members/search?query=count&limit=100`)
  api.fails(`GET /guilds/${guildId}/members?limit=1000`, {
    status: 403,
    body: { message: 'Missing Access', code: 50001 },
  })
  t.match(await socket.call('directory.peers', {}), {
    entries: [],
    warning: /Missing Access\. Turn on "Server Members Intent"/,
  })
  t.match((await socket.request('directory.members', { groupId: '1' })).error, {
    message: /no server that has this room/,
  })
})

t.test('Signal: contacts and groups', async (t) => {
  const api = await new signal.SignalServer().start()
  t.teardown(() => api.stop())
  const { found, socket } = await stage(t, 'signal', { account: signal.number, httpUrl: api.root })
  const people = [`user:${signal.ada.number}`, `user:uuid:${signal.bob.uuid}`]
  t.strictSame(await found('peers'), [`${people[0]} Ada L. platform`, `${people[1]} Bob platform`])
  t.strictSame(await found('groups'), ['group:R3JvdXAx Group 1 platform'])
  t.strictSame(
    await found('members', { groupId: 'R3JvdXAx' }),
    people.map((one) => `${one}  platform`),
  )
  const [, bob] = (await socket.call('directory.peers', {})).entries
  await socket.call('send', { to: bob.target, message: 'found you', idempotencyKey: 'k' })
  t.match(api.of('send'), [{ recipient: [`uuid:${signal.bob.uuid}`] }], 'what is listed can be written to')
})

t.test('Feishu: groups and members, page by page', async (t) => {
  const api = await new feishu.FeishuServer().start(t)
  const keys = { appId: feishu.appId, appSecret: feishu.secret, domain: api.root, groupAllowFrom: ['oc_listed'] }
  const { found, socket } = await stage(t, 'feishu', keys)
  t.strictSame(await found('groups'), [
    `group:${feishu.group} Team platform`,
    'group:oc_other Other platform',
    'group:oc_listed  config',
  ])
  t.strictSame(await found('members', { groupId: feishu.group }), [
    `user:${feishu.ada} Ada platform`,
    `user:${feishu.bob} Bob platform`,
  ])
  t.match(await socket.call('directory.self', {}), { self: { id: feishu.botId, name: 'Test Bot' } })
})

t.test('the commands show what send takes, and say where it is from', async (t) => {
  const { run } = await slack(t)
  t.match(await run('peers', 'list', '--channel', 'slack'), {
    code: 0,
    stdout: /^user:UADA00001 +Ada @ada +platform\n/,
  })
  t.match(await run('groups', 'list', '--query', 'nothing'), { code: 0, stdout: 'Nobody and nothing is known.\n' })
  t.match(await run('groups', 'members', '--target', 'channel:C00000001', '--limit', '1'), {
    code: 0,
    stdout: /^user:UADA00001.*\nOnly the first 1\./,
  })
  t.match(await run('self'), { code: 0, stdout: 'user:UBOT00001  test_bot\n' })
  const { stdout } = await run('groups', 'list', '--json')
  t.match(JSON.parse(stdout), {
    channel: 'slack',
    entries: [{ id: 'C00000001', kind: 'channel', name: '#general' }, {}],
  })
  t.match(await run('groups', 'members'), { code: 2, stderr: /--group-id/ })
  t.match(await run('peers', 'list', '--channel', 'telegram'), { code: 1, stderr: /Channels that run: slack/ })
})
