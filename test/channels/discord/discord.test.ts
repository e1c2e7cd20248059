import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runGateway } from '../../../src/main.js'
import { cliFor } from '../../cli/harness.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance, token, upstreamConfig } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'
import { type Reply, type Seen, startUpstream } from '../../helper/upstream.js'
import { heardSigns } from '../_stage.js'
import { type Body, DiscordServer, guildId, roleId, roomId, threadId } from './server.js'

type Script = Reply | string | ((seen: Seen) => Reply | string)

interface Options {
  readonly script?: Script
  readonly discord?: Body
  readonly more?: Body
}

const everyRoom = { groupPolicy: 'open', guilds: { [guildId]: {} } }
const direct = '330000000000000000'

async function stage(t: Test, { script = 'hello from the model', discord = {}, more = {} }: Options = {}) {
  const api = await new DiscordServer().start(t)
  const upstream = await startUpstream(t, script as never)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  models.providers.upstream.models[0].input = ['text', 'image']
  const keys = { token: api.token, apiRoot: `${api.root}/api`, dmPolicy: 'open', allowFrom: ['*'], ...discord }
  const config = testConfig({ models, agents, channels: { discord: keys }, ...more })
  const instance = await testInstance(t, config)
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close())
  const rewrite = (change: (tree: Body) => void) => {
    const tree = JSON.parse(JSON.stringify(config))
    change(tree)
    writeFileSync(instance.paths.config, JSON.stringify(tree))
  }
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const state = async () => (await socket.call('channels.status', {})).channelAccounts.discord[0]
  const up = () => until(async () => (await state())?.connected === true)
  return { api, upstream, instance, gateway, rewrite, socket, state, up }
}

const asked = (requests: readonly Seen[]) =>
  requests.map(({ body }) => {
    const last = ((body.messages ?? []) as Body[]).at(-1)
    return typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)
  })

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a direct message is answered where it was written, once, without previews or calls to everybody', async (t) => {
  const { api, upstream, up, state } = await stage(t, { script: '**Hi** Ada' })
  await up()
  t.equal((await state()).identity ?? '@test_bot', '@test_bot')
  api.says('hello')
  const [sent] = await api.said()
  t.match(sent, { channel_id: direct, content: '**Hi** Ada', flags: 4, enforce_nonce: true })
  t.same(sent?.allowed_mentions, { parse: ['users'], replied_user: false })
  t.match(sent?.nonce, /^[\w-]{25}$/)
  t.same(asked(upstream.requests), ['hello'])
  t.ok((await api.called(`POST /channels/${direct}/typing`)).length > 0, 'somebody writes')
  t.equal(api.identified[0]?.intents, 1 | 512 | 4096 | 32768)
})

t.test('pairing: a stranger gets a code once, its approval lets him in and tells him', async (t) => {
  const { api, upstream, instance, gateway, up } = await stage(t, { discord: { dmPolicy: 'pairing', allowFrom: [] } })
  await up()
  api.says('let me in')
  api.says('please')
  const [sent] = await api.said()
  const code = /Pairing code: ([A-Z2-9]{8})/.exec(sent?.content)?.[1] ?? ''
  t.equal(upstream.requests.length, 0, 'no model sees it')
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', gateway.url.replace('http', 'ws'), '--token', token]
  t.match(await cli.run('pairing', 'approve', 'discord', code, '--notify', ...where), { code: 0 })
  api.says('and now?')
  await until(() => upstream.requests.length === 1)
  t.match(asked(upstream.requests), ['and now?'])
  t.equal(api.shown.filter(({ content }) => content.includes('Pairing code')).length, 1)
})

t.test('a room: only who speaks to the bot is answered, with what was said before', async (t) => {
  const { api, upstream, up } = await stage(t, { discord: everyRoom })
  await up()
  api.saysIn(roomId, 'nice weather', { author: { id: '430000000000000000', username: 'bob', global_name: 'Bob' } })
  api.saysIn(roomId, '<@100000000000000001> what do you say?', api.mention)
  const [sent] = await api.said()
  t.equal(sent?.channel_id, roomId)
  t.equal(upstream.requests.length, 1)
  t.match(asked(upstream.requests)[0], /Bob: nice weather[\s\S]*Ada: what do you say\?/)
})

t.test('an answer to the bot speaks to it, other bots are not heard, nor is its own echo', async (t) => {
  const { api, upstream, up } = await stage(t, { discord: everyRoom })
  await up()
  const own = { id: '100000000000000001', username: 'test_bot', bot: true }
  api.saysIn(roomId, 'my own words', { author: own, ...api.mention })
  api.saysIn(roomId, 'I am a bot', { author: { id: '440000000000000000', username: 'b', bot: true }, ...api.mention })
  const before = { id: '610000000000000001', channel_id: roomId, type: 0, content: 'It rains.', author: own }
  const rest = { mentions: [], mention_roles: [], attachments: [], embeds: [], timestamp: '2026-11-01T11:00:00Z' }
  api.saysIn(roomId, 'are you sure?', {
    ...{ type: 19, message_reference: { message_id: before.id, channel_id: roomId, guild_id: guildId } },
    referenced_message: { ...before, ...rest },
  })
  await api.said()
  t.equal(upstream.requests.length, 1)
  t.match(asked(upstream.requests)[0], /It rains\.[\s\S]*are you sure\?/)
})

t.test('a thread is its own conversation of its room; roles let in', async (t) => {
  const guilds = { [guildId]: { channels: { [roomId]: { roles: [roleId], requireMention: false } } } }
  const { api, socket, up } = await stage(t, { discord: { groupPolicy: 'allowlist', guilds } })
  await up()
  api.saysIn(threadId, 'in the thread')
  const [sent] = await api.said()
  t.equal(sent?.channel_id, threadId)
  const { sessions } = await socket.call('sessions.list', {})
  t.ok(sessions.some(({ key }: Body) => key === `agent:main:discord:channel:${roomId}:thread:${threadId}`))
})

t.test('a long answer comes in parts that Discord takes, each fence whole', async (t) => {
  const code = Array.from({ length: 200 }, (_, line) => `const line${line} = ${line}`).join('\n')
  const { api, up } = await stage(t, { script: `Here:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThat is all.` })
  await up()
  api.says('show me')
  await until(() => api.shown.some(({ content }) => content.includes('That is all.')))
  for (const { content } of api.shown) {
    t.ok(content.length <= 2000)
    t.equal((content.match(/```/g) ?? []).length % 2, 0)
  }
  t.equal(
    (
      api.shown
        .map(({ content }) => content)
        .join('\n')
        .match(/const line\d+ =/g) ?? []
    ).length,
    200,
  )
})

t.test('a file of a person is kept, and an image shown to the model', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream, up } = await stage(t, { discord: { mediaMaxMb: 1 } })
  await up()
  api.files.set('a.png', png)
  api.files.set('lie.bin', Buffer.alloc(2_000_000))
  const file = (name: string, size: number, content_type: string) => ({
    ...{ id: '1', filename: name, size, content_type },
    ...{ url: `${api.root}/files/${name}?ex=1&hm=2`, proxy_url: '' },
  })
  api.says('what is it?', { attachments: [file('a.png', png.length, 'image/png')] })
  api.says('', { attachments: [file('big.iso', 900_000_000, 'application/octet-stream')] })
  api.says('', { attachments: [file('lie.bin', 10, 'application/octet-stream')] })
  await until(() => JSON.stringify(upstream.requests.map(({ body }) => body)).includes('the file is too large'))
  const all = JSON.stringify(upstream.requests.map(({ body }) => body.messages))
  t.match(all, /<media:image a\.png image\/png \d+ bytes, kept at /)
  t.match(all, /data:image\/png;base64,/)
  t.match(all, /\[media unavailable: document, larger than 1 MB\]/)
})

t.test(
  'a limit is waited for; an answer whose arrival nobody heard of is shown once; a refusal is put aside',
  async (t) => {
    const { api, socket, up } = await stage(t)
    await up()
    const route = `POST /channels/${direct}/messages`
    const headers = { 'retry-after': '0.01', 'x-ratelimit-scope': 'user' }
    api.fails(route, { status: 429, body: { message: 'limited', retry_after: 0.01, global: false }, headers })
    api.says('one')
    await api.said(1)
    api.fails(route, 'cut')
    api.says('two')
    await api.said(2)
    await api.called(route, 2)
    t.equal(api.shown.length, 2, 'the second try shows nothing new')
    api.fails(route, { status: 403, body: { message: 'Cannot send messages to this user', code: 50007 } })
    api.says('three')
    const letters = async () => (await socket.call('channels.deadLetters', {})).letters
    await until(async () => (await letters()).length === 1)
    t.match(await letters(), [{ channel: 'discord', error: /Cannot send messages/ }])
  },
)

t.test('a session that breaks is resumed, and what came meanwhile is answered once', async (t) => {
  const { api, upstream, up } = await stage(t)
  await up()
  api.says('before')
  await api.said(1)
  api.drop(4000)
  api.says('meanwhile')
  await api.said(2)
  t.equal(api.resumed.length, 1)
  t.equal(api.resumed[0]?.token, api.token)
  t.same(asked(upstream.requests), ['before', 'meanwhile'])
  t.equal(api.identified.length, 1)
})

t.test('a token that is revoked stops the account, a good one starts it again; the gateway stays up', async (t) => {
  const { api, gateway, rewrite, state, up } = await stage(t)
  await up()
  api.drop(4004)
  await until(async () => (await state()).running === false)
  t.match(await state(), { lastError: /4004/ })
  api.revoked = true
  rewrite((tree) => {
    tree.channels.discord.suppressEmbeds = false
  })
  await until(async () => /401/.test((await state()).lastError ?? '') && (await state()).running === false)
  t.notMatch(JSON.stringify(await state()), api.token)
  api.revoked = false
  rewrite((tree) => {
    tree.channels.discord.suppressEmbeds = true
  })
  await up()
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
})

t.test('an intent that is turned off at Discord stops the account with what to do', async (t) => {
  const { api, rewrite, state, up } = await stage(t, { discord: { enabled: false } })
  api.closeWith = 4014
  rewrite((tree) => {
    tree.channels.discord.enabled = true
  })
  await until(async () => (await state())?.running === false && (await state()).lastError !== undefined)
  t.match((await state()).lastError, /Message Content Intent.*channels\.discord\.intents\.messageContent/)
  api.closeWith = undefined
  rewrite((tree) => {
    tree.channels.discord.enabled = true
    tree.channels.discord.intents = { messageContent: false }
  })
  await up()
  t.equal(api.identified.at(-1)?.intents, 1 | 512 | 4096)
})

t.test('status asks Discord', async (t) => {
  const { socket, up } = await stage(t)
  await up()
  const { channelAccounts } = await socket.call('channels.status', { probe: true, timeoutMs: 1_500 })
  t.match(channelAccounts.discord, [{ accountId: 'default', probe: { ok: true, identity: '@test_bot' } }])
})

t.test('who is heard sees a reaction, which goes after the answer', async (t) => {
  const { api, up } = await stage(t, { more: heardSigns })
  await up()
  const { id } = api.says('hello')
  const mine = `/channels/${direct}/messages/${id}/reactions/👀/@me`
  await api.called(`PUT ${mine}`)
  await api.called(`DELETE ${mine}`)
  t.equal(api.shown.length, 1)
})
