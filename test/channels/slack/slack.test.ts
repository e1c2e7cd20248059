import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { asked, type Body, heardSigns, pairingCode, type StageOptions, stageOf } from '../_stage.js'
import { SlackServer } from './server.js'

async function stage(t: Test, { keys = {}, ...more }: Partial<StageOptions> = {}) {
  const api = await new SlackServer().start(t)
  const own = { botToken: api.botToken, appToken: api.appToken, apiRoot: `${api.root}/api` }
  const all = await stageOf(t, { channel: 'slack', keys: { ...own, ...keys }, ...more })
  const up = () => until(async () => (await all.state())?.connected === true)
  await up()
  return { ...all, api, up }
}

const room = 'C00000001'
const everyRoom = { groupPolicy: 'open', channels: { [room]: {} } }

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a direct message is answered where it was written, and told to Slack once it is kept', async (t) => {
  const { api, upstream, state } = await stage(t, { script: '**Hi** <Ada>, see [it](https://e.org)' })
  api.says('hello &amp; <https://e.org|good> day')
  const [sent] = await api.called('chat.postMessage')
  t.match(sent, { channel: 'DADA00001', text: '*Hi* &lt;Ada&gt;, see <https://e.org|it>' })
  t.match(sent?.client_msg_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  t.same(asked(upstream.requests), ['hello & good (https://e.org) day'])
  t.same(api.acked, ['e1'])
  t.match(await state(), { running: true, connected: true })
})

t.test('pairing: a stranger gets a code once, its approval lets him in', async (t) => {
  const { api, upstream, approve } = await stage(t, { keys: { dmPolicy: 'pairing', allowFrom: [] } })
  api.says('let me in')
  api.says('please')
  const [sent] = await api.called('chat.postMessage')
  t.equal(upstream.requests.length, 0, 'no model sees it')
  t.match(await approve(pairingCode(sent?.text)), { code: 0 })
  api.says('and now?')
  await until(() => upstream.requests.length === 1)
  t.match(asked(upstream.requests), ['and now?'])
  t.equal(api.sent.filter((text) => text.includes('Pairing code')).length, 1)
})

t.test('a room: a mention that comes as two events is answered once, with what was said before', async (t) => {
  const { api, upstream } = await stage(t, { keys: everyRoom })
  api.saysIn(room, 'nice weather', { user: 'UBOB00001' })
  const said = api.saysIn(room, '<@UBOT00001> what does <@UBOB00001> say?')
  const { channel_type: _, ...mention } = { ...said, type: 'app_mention' } as Body
  api.event(mention)
  api.event({ ...said, subtype: 'message_changed' })
  api.saysIn(room, 'my own words', { user: 'UBOT00001', bot_id: 'BBOT00001' })
  const [sent] = await api.called('chat.postMessage')
  t.equal(sent?.channel, room)
  t.equal(sent?.thread_ts, undefined)
  await until(() => api.acked.length === 5)
  t.equal(upstream.requests.length, 1)
  t.match(asked(upstream.requests)[0], /Bob: nice weather[\s\S]*Ada: what does @Bob say\?/)
})

t.test('a thread is a conversation of its own, and is answered there', async (t) => {
  const { api, socket } = await stage(t, { keys: { ...everyRoom, requireMention: false } })
  api.saysIn(room, 'in the thread', { thread_ts: '1780000000.000100' })
  const [sent] = await api.called('chat.postMessage')
  t.match(sent, { channel: room, thread_ts: '1780000000.000100' })
  const { sessions } = await socket.call('sessions.list', {})
  t.ok(sessions.some(({ key }: Body) => key === `agent:main:slack:channel:c00000001:thread:1780000000.000100`))
})

t.test('answers open a thread under the message when replies are wanted', async (t) => {
  const { api } = await stage(t, { keys: { ...everyRoom, replyToMode: 'all' } })
  const { ts } = api.saysIn(room, '<@UBOT00001> hi')
  t.match((await api.called('chat.postMessage'))[0], { channel: room, thread_ts: ts })
})

t.test('a long answer comes in parts, each fence whole', async (t) => {
  const code = Array.from({ length: 400 }, (_, line) => `const line${line} = ${line}`).join('\n')
  const { api } = await stage(t, { script: `Here:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThat is all.` })
  api.says('show me')
  await until(() => api.sent.join('').includes('That is all.'))
  for (const text of api.sent) {
    t.ok(text.length <= 4000)
    t.equal((text.match(/```/g) ?? []).length % 2, 0)
  }
  t.equal((api.sent.join('\n').match(/const line\d+ =/g) ?? []).length, 400)
})

t.test('a file of a person is kept, an image shown; files of other services never see the token', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream } = await stage(t)
  api.files.set('a.png', png)
  const file = { name: 'a.png', mimetype: 'image/png', size: png.length, url_private: `${api.root}/files/a.png` }
  api.says('what is it?', { subtype: 'file_share', files: [file] })
  api.says('', { subtype: 'file_share', files: [{ name: 'b', url_private: 'https://drive.example/b' }] })
  await until(() => JSON.stringify(upstream.requests.map(({ body }) => body)).includes('it lies at drive.example'))
  const all = JSON.stringify(upstream.requests.map(({ body }) => body.messages))
  t.match(all, /<media:image a\.png image\/png \d+ bytes, kept at /)
  t.match(all, /data:image\/png;base64,/)
})

t.test('a limit is waited for; an answer that may have arrived and one that is refused are put aside', async (t) => {
  const { api, socket } = await stage(t)
  api.fails('chat.postMessage', {
    status: 429,
    body: { ok: false, error: 'ratelimited' },
    headers: { 'retry-after': '1' },
  })
  api.says('one')
  await api.called('chat.postMessage', 1)
  api.fails('chat.postMessage', 'cut')
  api.says('two')
  const letters = async () => (await socket.call('channels.deadLetters', {})).letters
  await until(async () => (await letters()).length === 1)
  t.match(await letters(), [{ channel: 'slack', error: /may have arrived/ }])
  api.fails('chat.postMessage', { body: { ok: false, error: 'channel_not_found' } })
  api.says('three')
  await until(async () => (await letters()).length === 2)
  t.match(JSON.stringify(await letters()), /channel_not_found/)
})

t.test('Slack moves the socket: what came meanwhile is answered once', async (t) => {
  const { api, upstream } = await stage(t)
  api.says('before')
  await api.called('chat.postMessage', 1)
  api.refresh()
  api.says('meanwhile')
  await api.called('chat.postMessage', 2)
  t.same(asked(upstream.requests), ['before', 'meanwhile'])
  t.equal(api.sessions, 2)
})

t.test('a socket that breaks is opened again, and an event that Slack sends twice is answered once', async (t) => {
  const { api, upstream } = await stage(t)
  const said = api.says('once')
  await api.called('chat.postMessage', 1)
  api.cut()
  api.event(said)
  api.says('again there')
  await api.called('chat.postMessage', 2)
  t.same(asked(upstream.requests), ['once', 'again there'])
})

t.test('a revoked token stops the account, a good one starts it again; the gateway stays up', async (t) => {
  const { api, gateway, rewrite, state, up } = await stage(t)
  api.revoked = true
  rewrite((section) => {
    section.historyLimit = 7
  })
  await until(async () => (await state()).running === false)
  t.match(await state(), { lastError: /invalid_auth/ })
  t.notMatch(JSON.stringify(await state()), /x(?:oxb|app)-/)
  api.revoked = false
  rewrite((section) => {
    section.historyLimit = 8
  })
  await up()
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
})

t.test('status asks Slack', async (t) => {
  const { socket } = await stage(t)
  const { channelAccounts } = await socket.call('channels.status', { probe: true, timeoutMs: 1_500 })
  t.match(channelAccounts.slack, [{ accountId: 'default', probe: { ok: true, identity: '@test_bot' } }])
})

t.test('what was said is read with the names of who said it; pins are set, listed and let go', async (t) => {
  const { api, socket } = await stage(t)
  const act = async (action: string, params: object) =>
    socket.call('message.action', { action, params: { to: `channel:${room}`, ...params }, idempotencyKey: action })
  const { messages } = await act('read', { limit: 5, before: `${room}:1780000009.000100` })
  t.match(messages, [
    {
      id: `${room}:1780000001.000100`,
      at: 1_780_000_001_000,
      sender: { id: 'UADA00001', name: 'Ada' },
      text: 'earlier',
    },
    { sender: { name: 'Bob' }, text: 'later & more' },
  ])
  t.match(await api.called('conversations.history'), [{ channel: room, limit: '5', latest: '1780000009.000100' }])
  t.match((await act('pins', {})).messages, [{ text: 'later & more' }])
  await act('pin', { messageId: `${room}:1.2` })
  api.fails('pins.remove', { status: 200, body: { ok: false, error: 'no_pin' } })
  await act('unpin', { messageId: '1.2' })
  t.match(await api.called('pins.add'), [{ channel: room, timestamp: '1.2' }])
})

t.test('the newest of a thread, which Slack gives from its beginning on', async (t) => {
  const { api, socket } = await stage(t)
  const params = { to: `channel:${room}`, threadId: '1.2', limit: 2 }
  const thread = { action: 'read', params, idempotencyKey: 'thread' }
  const { messages } = (await socket.call('message.action', thread)) as Record<string, unknown>
  t.match(await api.called('conversations.replies'), [
    { channel: room, ts: '1.2', limit: '200', cursor: undefined },
    { channel: room, ts: '1.2', limit: '200', cursor: '2' },
    { channel: room, ts: '1.2', limit: '200', cursor: '4' },
  ])
  t.match(messages, [{ text: 'four' }, { text: 'five' }])
})

t.test('who is heard sees a reaction, which goes after the answer', async (t) => {
  const { api } = await stage(t, { more: heardSigns })
  const { ts: timestamp } = api.says('hello')
  const reaction = { channel: 'DADA00001', timestamp, name: 'eyes' }
  t.match(await api.called('reactions.add'), [reaction])
  t.match(await api.called('reactions.remove'), [reaction])
  t.equal(api.sent.length, 1)
})
