import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { asked, type Body, pairingCode, type StageOptions, stageOf } from '../_stage.js'
import { ada, appId, bob, botId, FeishuServer, group, secret } from './server.js'

async function stage(t: Test, keys: Body = {}, script?: StageOptions['script']) {
  const api = await new FeishuServer().start(t)
  const all = { appId, appSecret: secret, domain: api.root, ...keys }
  return { api, ...(await stageOf(t, { channel: 'feishu', keys: all, ...(script !== undefined && { script }) })) }
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3

t.test('a message by the long connection is on disk before it is acknowledged, and answered', async (t) => {
  const { api, upstream, state } = await stage(t)
  const event = api.says('hello')
  await until(() => api.posts.length === 1)
  t.match(api.posts[0], {
    path: '/open-apis/im/v1/messages?receive_id_type=open_id',
    body: { receive_id: ada, msg_type: 'text', content: '{"text":"hello from the model"}' },
  })
  t.same(api.acknowledged, [200])
  t.match(asked(upstream.requests), ['hello'])
  t.match(await state(), { connected: true, identity: 'Test Bot' })
  api.hand(event)
  api.says('next')
  await until(() => api.posts.length === 2)
  t.match(asked(upstream.requests), ['hello', 'next'], 'what is handed over again is answered once')
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

t.test('a group: only who mentions the bot is answered; a call to everybody is none to it', async (t) => {
  const { api, upstream } = await stage(t, {
    groupAllowFrom: [group],
    groupSenderAllowFrom: [ada, bob],
    replyToMode: 'first',
  })
  const here = { chat_type: 'group', chat_id: group }
  api.says('nice weather', { ...here, from: bob })
  api.says('@_all look', { ...here, mentions: [{ key: '@_all', id: { open_id: '' }, name: 'everybody' }] })
  const mentions = [
    { key: '@_user_1', id: { open_id: botId }, name: 'Test Bot' },
    { key: '@_user_10', id: { open_id: bob }, name: 'Bob' },
  ]
  api.says('@_user_1 is @_user_10 right?', { ...here, mentions })
  await until(() => api.posts.length === 1)
  t.match(api.posts[0]?.path, '/open-apis/im/v1/messages/om_3/reply')
  t.equal(upstream.requests.length, 1)
  const [text] = asked(upstream.requests)
  t.match(text, /nice weather[\s\S]*@everybody look[\s\S]*: is @Bob right\?/)
})

t.test('markdown is shown as such, long answers come in parts, and nobody is called by a model', async (t) => {
  const lines = Array.from({ length: 600 }, (_, line) => `line ${line} of **it**.`)
  const { api } = await stage(t, {}, `<at user_id="all"></at>\n\n${lines.join('\n\n')}`)
  api.says('tell me')
  await until(() => api.sent.join('\n').includes('line 599'))
  t.ok(api.posts.length > 2)
  t.match(api.posts[0]?.body, { msg_type: 'post' })
  t.equal((api.sent.join('\n').match(/line \d+ of/g) ?? []).length, 600)
  t.notMatch(api.sent.join('\n'), /<at/)
})

t.test('cards, and posts with pictures', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream } = await stage(t, { renderMode: 'card' })
  api.files.set('/open-apis/im/v1/messages/om_1/resources/img_1?type=image', png)
  const content = [
    [
      { tag: 'text', text: 'what is ' },
      { tag: 'a', text: 'it', href: 'https://e.org' },
    ],
    [{ tag: 'img', image_key: 'img_1' }],
  ]
  api.says({ title: 'A title', content }, { message_type: 'post' })
  await until(() => api.posts.length === 1)
  t.match(api.posts[0]?.body, { msg_type: 'interactive' })
  const all = JSON.stringify(upstream.requests.map(({ body }) => body.messages))
  t.match(all, /A title\\nwhat is it \(https:\/\/e\.org\)/)
  t.match(all, /data:image\/png;base64,/)
})

t.test('a flood limit is waited for, a lost answer asked for again and shown once, a refusal put aside', async (t) => {
  const { api, socket } = await stage(t)
  api.fails({ code: 99991400 })
  api.says('one')
  await until(() => api.posts.length === 1)
  api.fails({ code: 1, status: 500, taken: true })
  api.says('two')
  await until(() => api.posts.length === 2)
  api.says('three')
  await until(() => api.posts.length === 3)
  api.fails({ code: 230002 })
  api.says('four')
  await until(async () => (await socket.call('channels.deadLetters', {})).letters.length === 1)
  t.match((await socket.call('channels.deadLetters', {})).letters, [{ channel: 'feishu', error: /230002/ }])
  t.equal(api.posts.length, 3)
})

t.test('the connection breaks and comes back; a token that is not taken any more is exchanged', async (t) => {
  const { api, upstream } = await stage(t)
  api.says('before')
  await until(() => api.posts.length === 1)
  api.cut()
  api.valid = 'another'
  api.says('while away')
  await until(() => api.posts.length === 2)
  t.equal(api.connections, 2)
  t.equal(api.tokens, 2)
  t.match(asked(upstream.requests), ['before', 'while away'])
})

t.test('a wrong secret stops the account and is not told; the right one starts it', async (t) => {
  const { api, state, rewrite, gateway } = await stage(t, { appSecret: 'wrong-one-of-a-test' })
  await until(async () => (await state()).running === false)
  t.match(await state(), { connected: false, lastError: /10014/ })
  t.notMatch(JSON.stringify(await state()), /wrong-one/)
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
  rewrite((section) => {
    section.appSecret = secret
  })
  await until(async () => (await state()).connected === true)
  t.equal(api.connections, 1)
})
