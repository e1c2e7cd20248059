import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { resolveInstance } from '../../../src/instance/resolve.js'
import { runGateway } from '../../../src/main.js'
import { cliFor } from '../../cli/harness.js'
import { until } from '../../helper/calls.js'
import { token } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'
import type { Body } from './server.js'
import { asked, stage } from './stage.js'

t.test('a message is answered in its chat', async (t) => {
  const { api, upstream } = await stage(t, { script: '**Hi** Ada' })
  api.says('hello')
  const [sent] = await api.called('sendMessage')
  t.match(sent, { chat_id: '42', text: '<b>Hi</b> Ada', parse_mode: 'HTML' })
  t.match(asked(upstream.requests), ['hello'])
  t.ok((await api.called('sendChatAction')).length > 0, 'somebody writes')
  const [menu] = await api.called('setMyCommands')
  t.ok(((menu?.commands ?? []) as Body[]).some(({ command }) => command === 'status'))
  await until(() => api.waiting.length === 0)
})

t.test('pairing: a stranger gets a code once, its approval lets him in', async (t) => {
  const { api, upstream, instance, gateway } = await stage(t, { telegram: { dmPolicy: 'pairing', allowFrom: [] } })
  api.says('let me in')
  api.says('please')
  const [sent] = await api.called('sendMessage')
  const code = /Pairing code: ([A-Z2-9]{8})/.exec(sent?.text)?.[1] ?? ''
  t.match(sent?.text, /profile &quot;default&quot;|profile "default"/)
  t.equal(upstream.requests.length, 0, 'no model sees it')
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', gateway.url.replace('http', 'ws'), '--token', token]
  t.match(await cli.run('pairing', 'approve', 'telegram', code, ...where), { code: 0 })
  api.says('and now?')
  await until(() => upstream.requests.length === 1)
  t.match(asked(upstream.requests), ['and now?'])
  t.equal(api.sent.filter((text) => text.includes('Pairing code')).length, 1)
})

t.test('a group: only who speaks to the bot is answered, with what was said before', async (t) => {
  const group = { chat: { id: -100, type: 'supergroup', title: 'G' } }
  const { api, upstream } = await stage(t, {
    telegram: { groupPolicy: 'open', groups: { '-100': {} } },
  })
  api.says('nice weather', { ...group, from: { id: 7, first_name: 'Bob' } })
  api.says('@test_bot what do you say?', { ...group, entities: [{ type: 'mention', offset: 0, length: 9 }] })
  const [sent] = await api.called('sendMessage')
  t.match(sent, { chat_id: '-100' })
  t.equal(upstream.requests.length, 1)
  const [text] = asked(upstream.requests)
  t.match(text, /Bob: nice weather/)
  t.match(text, /Ada: what do you say\?/)
})

t.test('a long answer comes in parts, each fence whole', async (t) => {
  const code = Array.from({ length: 300 }, (_, line) => `const line${line} = ${line}`).join('\n')
  const { api } = await stage(t, { script: `Here:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThat is all.` })
  api.says('show me')
  const sent = await api.called('sendMessage', 2)
  await until(() => api.sent.join('').includes('That is all.'))
  for (const { text } of sent) t.equal((text.match(/<pre>/g) ?? []).length, (text.match(/<\/pre>/g) ?? []).length)
  t.equal((api.sent.join('\n').match(/const line\d+ =/g) ?? []).length, 300)
})

t.test('a file of a person is kept, and an image shown to the model', async (t) => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const { api, upstream } = await stage(t)
  api.files.set('photo-1', png)
  api.says('', {
    text: undefined,
    caption: 'what is it?',
    photo: [{ file_id: 'photo-1', file_size: png.length, width: 1, height: 1 }],
  })
  api.says('', { text: undefined, document: { file_id: 'big', file_size: 900_000_000, file_name: 'big.iso' } })
  await until(() => JSON.stringify(upstream.requests.map(({ body }) => body)).includes('media unavailable'))
  const all = JSON.stringify(upstream.requests.map(({ body }) => body.messages))
  t.match(all, /<media:image image\/png \d+ bytes, kept at /)
  t.match(all, /data:image\/png;base64,/)
  t.match(all, /\[media unavailable: document, larger than 20 MB\]/)
})

t.test(
  'a flood limit is waited for, markup that Telegram cannot read goes as text, a blocked bot is put aside',
  async (t) => {
    const { api, gateway } = await stage(t)
    api.fails('sendMessage', { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 0 } })
    api.says('one')
    await api.called('sendMessage', 1)
    api.fails('sendMessage', { error_code: 400, description: "Bad Request: can't parse entities: x" })
    api.says('two')
    const sent = await api.called('sendMessage', 2)
    t.equal(sent[1]?.parse_mode, undefined)
    api.fails('sendMessage', { error_code: 403, description: 'Forbidden: bot was blocked by the user' })
    api.says('three')
    const socket = await connected(t, gateway.url.replace('http', 'ws'))
    await until(async () => (await socket.call('channels.deadLetters', {})).letters.length === 1)
    t.match((await socket.call('channels.deadLetters', {})).letters, [
      { channel: 'telegram', error: /blocked by the user/ },
    ])
  },
)

t.test(
  'each message is answered once: after a crash before the offset was confirmed, and over a restart',
  async (t) => {
    const { api, upstream, gateway, start } = await stage(t)
    api.says('only once')
    await api.called('sendMessage')
    const update = {
      update_id: 1,
      message: {
        message_id: 101,
        date: 1,
        text: 'only once',
        from: { id: 42, first_name: 'Ada' },
        chat: { id: 42, type: 'private' },
      },
    }
    await gateway.close()
    api.again([update])
    await start()
    api.says('next')
    await until(() => upstream.requests.length === 2)
    t.match(asked(upstream.requests), ['only once', 'next'])
    await api.called('sendMessage', 2)
  },
)

t.test('what came while no answer could be sent is answered after the restart', async (t) => {
  const { api, upstream, gateway, start } = await stage(t)
  api.fails('sendMessage', ...Array.from({ length: 50 }, () => ({ error_code: 500, description: 'Internal' })))
  api.says('wait for it')
  await until(() => upstream.requests.length === 1)
  await gateway.close()
  api.clear('sendMessage')
  await start()
  const [sent] = await api.called('sendMessage')
  t.match(sent?.text, 'hello from the model')
  t.equal(upstream.requests.length, 1, 'the model is not asked again')
})

t.test('a chat command, and a button', async (t) => {
  const { api, upstream } = await stage(t)
  api.says('/whoami@test_bot')
  const [sent] = await api.called('sendMessage')
  t.match(sent?.text, /agent:main:main/)
  api.says('/help@other_bot')
  api.update({
    callback_query: {
      id: 'q1',
      from: { id: 42, first_name: 'Ada' },
      data: 'yes',
      message: { message_id: 5, date: 1, chat: { id: 42, type: 'private' } },
    },
  })
  await api.called('answerCallbackQuery')
  await until(() => upstream.requests.length === 1)
  t.match(asked(upstream.requests), ['callback_data: yes'])
})

t.test('a revoked token stops the account, a new one starts it again; the gateway stays up', async (t) => {
  const { api, gateway, rewrite } = await stage(t)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const state = async () => (await socket.call('channels.status', {})).channelAccounts.telegram[0]
  await until(async () => (await state()).connected === true)
  t.match(await state(), { running: true, configured: true })
  api.revoked = true
  api.says('poke')
  rewrite((tree) => {
    tree.channels.telegram.linkPreview = false
  })
  await until(async () => (await state()).running === false)
  t.match(await state(), { lastError: /401/ })
  api.revoked = false
  rewrite((tree) => {
    tree.channels.telegram.linkPreview = true
  })
  await until(async () => (await state()).connected === true)
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
})

t.test('one bot, two gateways of a host: the second names the owner and runs without it', async (t) => {
  const { api, instance, gateway } = await stage(t)
  await api.called('setMyCommands')
  const { home, state } = instance.paths
  const other = join(home, '.openclaw-rescue')
  mkdirSync(other, { mode: 0o700 })
  cpSync(join(state, 'openclaw.json'), join(other, 'openclaw.json'))
  const env = { HOME: home, PATH: '/usr/bin:/bin' }
  const rescue = await resolveInstance({
    flags: { profile: 'rescue' },
    env,
    cwd: home,
    host: { tmpDir: join(home, 'tmp') },
  })
  const second = await runGateway(rescue, { port: 0, bind: 'loopback' })
  t.teardown(() => second.close())
  const socket = await connected(t, second.url.replace('http', 'ws'))
  const state2 = async () => (await socket.call('channels.status', {})).channelAccounts.telegram[0]
  await until(async () => (await state2()).heldBy !== undefined)
  t.match(await state2(), { connected: false, heldBy: { profile: 'default', pid: process.pid } })
  t.match((await state2()).lastError, /used by profile "default"/)
  t.ok((await fetch(`${second.url}/healthz`)).ok, 'it runs without that channel')
  t.equal((await api.called('getMe')).length, 1, 'only one of them asks Telegram')
  await gateway.close()
})

t.test('an account is stopped and started over the control plane', async (t) => {
  const { gateway, api } = await stage(t)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const state = async () => (await socket.call('channels.status', {})).channelAccounts.telegram[0]
  await until(async () => (await state()).connected === true)
  t.match(await socket.call('channels.stop', { channel: 'telegram' }), { accountId: 'default', stopped: true })
  t.match(await state(), { running: false, connected: false })
  api.says('is anybody there?')
  t.match(await socket.call('channels.start', { channel: 'telegram' }), { accountId: 'default', started: true })
  await api.called('sendMessage')
  const unknown = await socket.request('channels.start', { channel: 'telegram', accountId: 'ghost' })
  t.match(unknown.error, { message: /no account telegram\/ghost/ })
})

t.test('the message tool writes to its own chat, with files; to another one only for the owner', async (t) => {
  const call = (args: Body, id = 'c1') => ({ toolCalls: [{ id, name: 'message', arguments: JSON.stringify(args) }] })
  const steps: Body[] = [
    { action: 'send', message: 'a note', media: 'note.txt' },
    { action: 'react', messageId: '42:101', emoji: '👍' },
    { action: 'send', message: 'to somebody else', channel: 'telegram', target: 'group:-7' },
    { action: 'send', message: 'stolen', media: '/etc/passwd' },
  ]
  const told: string[] = []
  const { api, instance } = await stage(t, {
    script: ({ body }) => {
      const results = ((body.messages ?? []) as Body[]).filter(({ role }) => role === 'tool')
      const last = results.at(-1)
      if (last) told.push(String(last.content))
      const step = steps[results.length]
      return step ? call(step, `c${results.length}`) : 'done'
    },
  })
  mkdirSync(instance.paths.workspace, { recursive: true })
  writeFileSync(join(instance.paths.workspace, 'note.txt'), 'hello file')
  api.says('do it')
  await until(() => api.sent.includes('done'))
  t.match((await api.called('sendDocument'))[0], { chat_id: '42', caption: 'a note', document: { size: 10 } })
  t.match((await api.called('setMessageReaction'))[0], { message_id: 101 })
  t.match(told, [/^Sent to telegram, direct:42/, /^Reacted/, /Only your owner/, /outside|not/])
  t.notOk(api.sent.includes('to somebody else'))
})

t.test('send over the control plane: once per key; the command says what is missing', async (t) => {
  const { api, gateway, instance } = await stage(t)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await api.called('getMe')
  const params = { to: 'user:42', message: 'from outside', idempotencyKey: 'k1' }
  const [first, second] = await Promise.all([socket.call('send', params), socket.call('send', params)])
  t.match(first, { channel: 'telegram', accountId: 'default', messageId: /^42:/ })
  t.equal(second.messageId, first.messageId)
  t.equal(api.sent.filter((text) => text === 'from outside').length, 1)
  api.fails('sendMessage', { error_code: 403, description: 'Forbidden: bot was blocked by the user' })
  const refused = await socket.request('send', { to: '42', message: 'x', idempotencyKey: 'k2' })
  t.match(refused.error, { message: /Not sent over telegram: sendMessage: 403/ })
  t.match((await socket.request('send', { to: '42', message: 'x', channel: 'discord', idempotencyKey: 'k3' })).error, {
    message: /no account of "discord" that runs\. Channels that run: telegram/,
  })
  const cli = cliFor(t, { home: instance.paths.home })
  const where = ['--url', gateway.url.replace('http', 'ws'), '--token', token]
  const sent = await cli.run('message', 'send', '--target', 'group:-5:topic:9', '--message', 'hi', ...where)
  t.match(sent, { code: 0, stdout: /Sent to group:-5 over telegram: message -5:/ })
  t.match((await api.called('sendMessage', 2)).at(-1), { chat_id: '-5', message_thread_id: 9 })
  t.match(await cli.run('message', 'send', '--target', '42', '--message', 'x', '--dry-run'), {
    code: 0,
    stdout: /dry-run/,
  })
  t.match(await cli.run('message', 'send', '--target', '42'), { code: 2, stderr: /--message/ })
  t.match(await cli.run('channels', 'status', '--probe', ...where), {
    code: 0,
    stdout: /telegram +default +connected +@test_bot/,
  })
  t.match(await cli.run('channels', 'dead-letters', ...where), { code: 0, stdout: /not sent +sendMessage: 403/ })
  t.match(await cli.run('channels', 'stop', 'telegram', ...where), { code: 0, stdout: /is stopped/ })
  t.match(await cli.run('channels', 'start', 'telegram', ...where), { code: 0, stdout: /is started/ })
})

t.test('a text that is too long for one message is sent in parts, each once', async (t) => {
  const { api, gateway } = await stage(t)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await api.called('getMe')
  const message = `${'word '.repeat(900)}\n\n${'more '.repeat(900)}`
  const params = { to: '42', message, idempotencyKey: 'long' }
  const sent = await socket.call('send', params)
  t.ok(api.sent.length > 1)
  t.equal(api.sent.join(' ').match(/word|more/g)?.length, 1_800)
  t.match(sent.messageId, /^42:/)
  const count = api.sent.length
  t.strictSame(await socket.call('send', params), sent)
  t.equal(api.sent.length, count)
  const { channelAccounts } = await socket.call('channels.status', {})
  t.ok(channelAccounts.telegram[0].lastOutboundAt > 0)
  t.ok(channelAccounts.telegram[0].lastStartAt > 0)
})

t.test('status asks the platform, within its time', async (t) => {
  const { gateway, api } = await stage(t)
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await api.called('getMe')
  const { channelAccounts } = await socket.call('channels.status', { probe: true, timeoutMs: 1_500 })
  t.match(channelAccounts.telegram, [{ accountId: 'default', probe: { ok: true, identity: '@test_bot' } }])
})

t.test('sessions_send: the chat sees nothing of the exchange, and one word about it at its end', async (t) => {
  const { api, gateway } = await stage(t, {
    more: { tools: { sessions: { visibility: 'all' } } },
    script: ({ body }) => {
      const messages = (body.messages ?? []) as Body[]
      const last = String(messages.at(-1)?.content)
      if (last.includes('The exchange with')) return 'News: the other agent says hi.'
      if (last.includes('Message of agent')) return 'hi back'
      if (last.includes('Answer of agent')) return 'REPLY_SKIP'
      if (messages.at(-1)?.role === 'tool') return 'Sent.'
      if (last === 'write to the chat') {
        const args = { sessionKey: 'agent:main:main', message: 'hi', timeoutSeconds: 0 }
        return { toolCalls: [{ id: 'c1', name: 'sessions_send', arguments: JSON.stringify(args) }] }
      }
      return 'hello Ada'
    },
  })
  api.says('hello')
  await api.called('sendMessage')
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await socket.call('chat.send', { sessionKey: 'agent:main:side', message: 'write to the chat', idempotencyKey: 'w1' })
  await until(() => api.sent.includes('News: the other agent says hi.'))
  t.strictSame(api.sent, ['hello Ada', 'News: the other agent says hi.'])
})

t.test('sub-agents tell the chat that asked', async (t) => {
  const { api } = await stage(t, {
    script: ({ body }) => {
      const messages = (body.messages ?? []) as Body[]
      const system = JSON.stringify(messages.find(({ role }) => role === 'system') ?? '')
      const last = messages.at(-1)
      if (system.includes('You are a sub-agent')) return 'It is 42.'
      if (JSON.stringify(last).includes('sub-agent that you started has ended')) return 'My helper says 42.'
      if (last?.role === 'tool') return 'Somebody works on it.'
      return { toolCalls: [{ id: 'c1', name: 'sessions_spawn', arguments: JSON.stringify({ task: 'find it' }) }] }
    },
  })
  api.says('find out')
  await until(() => api.sent.includes('My helper says 42.'))
  t.ok(api.sent.includes('Somebody works on it.'))
  t.equal(api.sent.filter((text) => text === 'My helper says 42.').length, 1)
})
