import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { asked, type Body, pairingCode, type StageOptions, stageOf } from '../_stage.js'
import { ada, appId, group, QqServer, secret } from './server.js'

async function stage(t: Test, keys: Body = {}, script?: StageOptions['script'], before?: (api: QqServer) => void) {
  const api = await new QqServer().start(t)
  before?.(api)
  const all = { appId, clientSecret: secret, apiRoot: api.root, tokenUrl: `${api.root}/token`, ...keys }
  return { api, ...(await stageOf(t, { channel: 'qqbot', keys: all, ...(script !== undefined && { script }) })) }
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a message is answered as an answer to it, in plain text; heartbeats go on', async (t) => {
  const { api, upstream, state } = await stage(t, {}, '**Hi** Ada')
  const id = api.says('hello')
  await until(() => api.posts.length === 1)
  t.match(api.posts, [
    { path: `/v2/users/${ada}/messages`, body: { content: 'Hi Ada', msg_type: 0, msg_id: id, msg_seq: 1 } },
  ])
  t.match(asked(upstream.requests), ['hello'])
  t.match(await state(), { connected: true, identity: 'TestBot' })
  await until(() => api.beats >= 2)
  t.match(api.heard, [{ op: 2, d: { shard: [0, 1] } }])
})

t.test('pairing: a stranger gets a code once, its approval lets him in', async (t) => {
  const { api, upstream, approve } = await stage(t, { dmPolicy: 'pairing', allowFrom: [] })
  api.says('let me in')
  api.says('please')
  await until(() => api.posts.length === 1)
  t.equal(upstream.requests.length, 0, 'no model sees it')
  t.match(await approve(pairingCode(api.sent[0])), { code: 0 })
  api.says('and now?')
  await until(() => upstream.requests.length === 1)
  t.match(asked(upstream.requests), ['and now?'])
})

t.test('each place is answered where it is: groups, rooms of servers, their private talks', async (t) => {
  const guilds = { g1: {} }
  const { api, upstream } = await stage(t, { groupPolicy: 'open', guilds })
  api.event('GROUP_AT_MESSAGE_CREATE', { author: { member_openid: ada }, group_openid: group, content: ' in a group' })
  api.event('DIRECT_MESSAGE_CREATE', {
    author: { id: '77001', username: 'Ada' },
    guild_id: 'dm9',
    channel_id: 'c9',
    content: 'hi',
  })
  await until(() => api.posts.length === 2)
  const at = (path: string) => api.posts.find((post) => post.path === path)?.body
  t.match(at(`/v2/groups/${group}/messages`), { msg_type: 0, msg_seq: 1 })
  t.match(at('/dms/dm9/messages'), { msg_id: /ROBOT/, msg_seq: undefined })
  api.event('AT_MESSAGE_CREATE', {
    ...{ author: { id: '77001', username: 'Ada' }, member: { nick: 'Ada L', roles: ['1'] } },
    ...{ guild_id: 'g1', channel_id: 'c1', content: '<@!1> in a room' },
  })
  await until(() => api.posts.length === 3)
  t.ok(at('/channels/c1/messages'))
  const texts = asked(upstream.requests).join('\n')
  t.match(texts, /in a group/)
  t.match(texts, /Ada L: in a room/)
})

t.test('a long answer comes in parts, each with its number; the platform shows none of them twice', async (t) => {
  const lines = Array.from({ length: 300 }, (_, line) => `line ${line} of it.`)
  const { api } = await stage(t, {}, lines.join('\n\n'))
  // The second part arrives, but the answer to it is lost.
  api.fails({ status: 500, body: { code: 1 }, taken: true })
  api.fails('cut')
  const id = api.says('tell me')
  await until(() => api.sent.join('\n').includes('line 299'))
  t.same(
    api.posts.map(({ body }) => [body.msg_id, body.msg_seq]),
    api.posts.map((_, index) => [id, index + 1]),
  )
  t.equal((api.sent.join('\n').match(/line \d+ of it\./g) ?? []).length, 300)
})

t.test('after its last answer another message is answered instead, or nothing', async (t) => {
  const lines = Array.from({ length: 5 }, (_, line) => `${line} ${'x'.repeat(1_800)}`)
  const { api } = await stage(t, {}, lines.join('\n\n'))
  const first = api.says('one')
  await until(() => api.posts.length === 5)
  t.same(
    api.posts.map(({ body }) => body.msg_id),
    [first, first, first, first, undefined],
  )
})

t.test('a flood limit is waited for, a refusal put aside', async (t) => {
  const { api, socket } = await stage(t)
  api.fails({ status: 429, body: { code: 22009, message: 'too many' } })
  api.says('one')
  await until(() => api.posts.length === 1)
  api.fails({ status: 400, body: { code: 40034, message: 'not allowed' } })
  api.says('two')
  await until(async () => (await socket.call('channels.deadLetters', {})).letters.length === 1)
  const [letter] = (await socket.call('channels.deadLetters', {})).letters
  t.match(letter, { channel: 'qqbot', error: /40034/ })
  t.notMatch(letter.error, ada)
})

t.test(
  'a connection that breaks is taken up where it stood, also over a restart; nothing is lost or doubled',
  async (t) => {
    const { api, upstream, gateway, start } = await stage(t)
    api.says('before')
    await until(() => api.posts.length === 1)
    api.cut()
    api.says('while away')
    await until(() => api.posts.length === 2)
    t.match(api.heard, [{ op: 2 }, { op: 6, d: { session_id: 's-1' } }])
    await gateway.close()
    api.says('while down')
    await start()
    await until(() => api.posts.length === 3)
    t.match(api.heard[2], { op: 6, d: { session_id: 's-1' } })
    t.same(asked(upstream.requests), ['before', 'while away', 'while down'])
  },
)

t.test('a session that is gone begins anew; the gateway asks for a new connection', async (t) => {
  const { api, upstream } = await stage(t)
  api.says('one')
  await until(() => api.posts.length === 1)
  api.cut(4006)
  await until(() => api.heard.length === 2)
  t.match(api.heard[1], { op: 2 })
  api.says('two')
  await until(() => api.posts.length === 2)
  api.ask(7)
  await until(() => api.heard.length === 3)
  t.match(api.heard[2], { op: 6, d: { session_id: 's-2' } })
  t.equal(upstream.requests.length, 2)
})

t.test('a bot that is granted less listens to less', async (t) => {
  const { api, state } = await stage(t, {}, undefined, (api) => {
    api.granted = 1 << 25
  })
  await until(async () => (await state()).connected === true)
  t.equal(api.heard.at(-1)?.d.intents, 1 << 25)
  api.says('hello')
  await until(() => api.posts.length === 1)
})

t.test('a token that is not taken any more is exchanged; nobody notices', async (t) => {
  const { api } = await stage(t)
  api.says('one')
  await until(() => api.posts.length === 1)
  api.valid = 'another'
  api.says('two')
  await until(() => api.posts.length === 2)
  t.equal(api.tokens, 2)
})

t.test('a wrong secret stops the account and is not told; the right one from a file starts it', async (t) => {
  const folder = t.testdir({ secret: `${secret}\n` })
  const { api, state, rewrite, gateway } = await stage(t, { clientSecret: 'wrong-one-of-a-test' })
  await until(async () => (await state()).running === false)
  t.match(await state(), { connected: false, lastError: /100016/ })
  t.notMatch(JSON.stringify(await state()), /wrong-one/)
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
  chmodSync(join(folder, 'secret'), 0o600)
  rewrite((section) => {
    delete section.clientSecret
    section.clientSecretFile = join(folder, 'secret')
  })
  await until(async () => (await state()).connected === true)
  t.equal(api.tokens, 1)
})

t.test('a picture is kept and shown to the model', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream } = await stage(t)
  api.files.set('/pic', png)
  const attachments = [{ content_type: 'image/png', filename: 'p.png', size: png.length, url: `${api.root}/pic` }]
  api.says('what is it?', { attachments })
  await until(() => api.posts.length === 1)
  t.match(JSON.stringify(upstream.requests.map(({ body }) => body.messages)), /data:image\/png;base64,/)
})
