import t, { type Test } from 'tap'
import { stageOf } from '../../channels/_stage.js'
import { appId, group, QqServer, secret } from '../../channels/qqbot/server.js'
import { TelegramServer } from '../../channels/telegram/server.js'
import { until } from '../../helper/calls.js'
import { token } from '../../helper/gateway.js'

async function telegram(t: Test) {
  const api = await new TelegramServer().start(t)
  const stage = await stageOf(t, { channel: 'telegram', keys: { botToken: api.token, apiRoot: api.root } })
  await until(async () => (await stage.state()).connected === true)
  return { api, ...stage }
}

async function qq(t: Test) {
  const api = await new QqServer().start(t)
  const keys = { appId, clientSecret: secret, apiRoot: api.root, tokenUrl: `${api.root}/token` }
  const stage = await stageOf(t, { channel: 'qqbot', keys })
  await until(async () => (await stage.state()).connected === true)
  return { api, ...stage }
}

t.test('a message is reacted to, changed and deleted, once for each key', async (t) => {
  const { api, socket } = await telegram(t)
  t.match(await socket.call('send', { to: '42', message: 'old', idempotencyKey: 'k' }), { messageId: '42:101' })
  const act = (action: string, params: object, idempotencyKey: string) =>
    socket.call('message.action', { action, params: { to: '42', messageId: '42:101', ...params }, idempotencyKey })
  const [first] = await Promise.all([act('react', { emoji: '👍' }, 'k1'), act('react', { emoji: '👍' }, 'k1')])
  t.same(first, {
    ...{ ok: true, action: 'react', messageId: '42:101' },
    ...{ channel: 'telegram', accountId: 'default', to: 'direct:42' },
  })
  await act('react', { emoji: '👍', remove: true }, 'k2')
  t.match(await api.called('setMessageReaction', 2), [
    { chat_id: '42', message_id: 101, reaction: [{ type: 'emoji', emoji: '👍' }] },
    { message_id: 101, reaction: [] },
  ])
  await act('edit', { message: '**new**' }, 'k3')
  t.match(await api.called('editMessageText'), [{ message_id: 101, text: '<b>new</b>', parse_mode: 'HTML' }])
  await act('delete', {}, 'k4')
  t.match(await api.called('deleteMessage'), [{ chat_id: '42', message_id: 101 }])
})

t.test('without a place it is the chat of the session', async (t) => {
  const { api, socket } = await telegram(t)
  api.says('hello')
  await api.called('sendMessage')
  const act = (sessionKey: string, idempotencyKey: string) =>
    socket.request('message.action', { action: 'delete', params: { messageId: '42:102' }, sessionKey, idempotencyKey })
  t.match((await act('agent:main:main', 'k1')).payload, { to: 'direct:42' })
  t.match((await act('agent:main:other', 'k2')).error, { message: /has no chat on telegram/ })
})

t.test('what the platform refuses is said in its words; what is missing by its name', async (t) => {
  const { api, socket } = await telegram(t)
  const act = (params: object, idempotencyKey: string, action = 'delete') =>
    socket.request('message.action', { channel: 'telegram', action, params, idempotencyKey })
  api.fails('deleteMessage', { error_code: 400, description: "Bad Request: message can't be deleted" })
  t.match((await act({ to: '42', messageId: '1' }, 'k1')).error, {
    code: 'UNAVAILABLE',
    message: "Not done over telegram: deleteMessage: 400 Bad Request: message can't be deleted.",
    details: { kind: 'refused' },
  })
  t.match((await act({ to: '42' }, 'k2')).error, { code: 'INVALID_REQUEST', message: 'params.messageId is needed.' })
  t.match((await act({ messageId: '1' }, 'k3')).error, { message: 'params.to is needed.' })
  t.match((await act({ to: '42', messageId: '1' }, 'k4', 'edit')).error, { message: 'params.message is needed.' })
  t.match((await act({ to: '42', messageId: '1' }, 'k6', 'react')).error, { message: 'params.emoji is needed.' })
  t.equal(api.calls.filter(({ method }) => method === 'setMessageReaction').length, 0, 'nothing was taken away')
  t.match((await act({ to: '42', messageId: '1' }, 'k5', 'vote')).error, {
    code: 'INVALID_REQUEST',
    message: /^Channel telegram does not support action vote\. Actions: react, edit, delete, pin, unpin, pins, read/,
  })
})

t.test('a poll is asked within the limits of the platform', async (t) => {
  const { api, socket } = await telegram(t)
  const ask = (more: object, idempotencyKey: string) =>
    socket.request('poll', {
      to: 'group:-5:topic:9',
      question: 'Lunch?',
      options: ['Soup', 'Rice'],
      idempotencyKey,
      ...more,
    })
  const { payload } = await ask({ maxSelections: 2, durationSeconds: 60, isAnonymous: false, silent: true }, 'k1')
  t.match(payload, { channel: 'telegram', to: 'group:-5', messageId: /^-5:\d+$/, pollId: /^poll-/ })
  t.match(await api.called('sendPoll'), [
    {
      ...{ chat_id: '-5', message_thread_id: 9, question: 'Lunch?', options: ['Soup', 'Rice'] },
      ...{ allows_multiple_answers: true, is_anonymous: false, open_period: 60, disable_notification: true },
    },
  ])
  t.same((await ask({}, 'k1')).payload, payload, 'the same key asks once')
  t.match((await ask({ durationHours: 1 }, 'k2')).error, { message: 'A poll of telegram lasts 5 to 600 seconds.' })
  t.match((await ask({ options: ['a', 'x'.repeat(101)] }, 'k3')).error, { message: /takes options of 100 characters/ })
  t.match((await ask({ options: ['one'] }, 'k4')).error, { code: 'INVALID_REQUEST', message: /options/ })
  t.match((await ask({ maxSelections: 3 }, 'k5')).error, { message: /with 2 options cannot take 3/ })
  t.equal(api.calls.filter(({ method }) => method === 'sendPoll').length, 1)
})

t.test('a channel that cannot do something names those that can', async (t) => {
  const { socket } = await qq(t)
  const to = `group:${group}`
  const params = { to, messageId: '1', emoji: '👍', message: 'x' }
  for (const [action, able] of [
    ['react', 'discord, signal, slack, telegram, whatsapp'],
    ['edit', 'discord, slack, telegram, whatsapp'],
    ['delete', 'discord, slack, telegram, whatsapp'],
  ] as const) {
    const { error } = await socket.request('message.action', { action, params, idempotencyKey: action })
    t.match(error, {
      code: 'INVALID_REQUEST',
      message: `Channel qqbot does not support action ${action}. Channels that do: ${able}.`,
      details: { code: 'channel_unsupported' },
    })
  }
  const poll = { to, question: 'Lunch?', options: ['Soup', 'Rice'], idempotencyKey: 'p' }
  t.match((await socket.request('poll', poll)).error, {
    message: 'Channel qqbot does not support action poll. Channels that do: discord, telegram, whatsapp.',
  })
})

t.test('a file is sent as what its bytes say; one that cannot be sent is refused', async (t) => {
  const { api, socket, gateway } = await telegram(t)
  const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1').toString('base64')
  const send = (more: object, idempotencyKey: string) => socket.request('send', { to: '42', idempotencyKey, ...more })
  t.match((await send({ buffer: png, filename: '../../a.txt', message: 'look' }, 'k1')).payload, { messageId: /^42:/ })
  t.match(await api.called('sendPhoto'), [{ chat_id: '42', caption: 'look', photo: { name: 'a.txt' } }])
  await send({ buffer: png, filename: 'a.png', forceDocument: true }, 'k2')
  t.match(await api.called('sendDocument'), [{ document: { name: 'a.png' } }])
  await send({ buffer: Buffer.from('OggS voice').toString('base64'), filename: 'a.ogg', asVoice: true }, 'k3')
  t.equal((await api.called('sendVoice')).length, 1)
  const large = Buffer.concat([Buffer.from('%PDF-1.7'), Buffer.alloc(2 * 1024 ** 2)])
  const byHttp = await fetch(`${gateway.url}/rpc/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to: '42', buffer: large.toString('base64'), filename: 'b.pdf', idempotencyKey: 'http' }),
  })
  t.match(await byHttp.json(), { ok: true, result: { messageId: /^42:/ } })
  t.match((await api.called('sendDocument', 2))[1], { document: { name: 'b.pdf', size: large.byteLength } })
  t.match((await send({}, 'k4')).error, { message: 'send needs message or buffer.' })
  t.match((await send({ buffer: 'no base64!' }, 'k5')).error, { message: /must be a file in base64/ })
  t.match((await send({ mediaUrl: 'https://example.com/a.png' }, 'k6')).error, { message: /Send the file as "buffer"/ })
})

t.test('issue: spaces in front of what is no base64 do not hold up the gateway', async (t) => {
  const { api, socket } = await telegram(t)
  const send = (buffer: string, idempotencyKey: string) =>
    socket.request('send', { to: '42', buffer, filename: 'a.pdf', idempotencyKey })
  const spaces = ' '.repeat(4 * 1024 ** 2)
  t.match((await send(`AAAA${spaces}!`, 'k1')).error, { message: /must be a file in base64/ })
  t.match((await send('JVBERi0xLjc=x', 'k2')).error, { message: /must be a file in base64/ })
  t.match((await send('JVBERi0x\nLjcgYQ= =\n', 'k3')).payload, { messageId: /^42:/ })
  t.match(await api.called('sendDocument'), [{ document: { name: 'a.pdf', size: 10 } }])
})
