import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { discordMarkdown } from '../../../src/channels/discord/format.js'
import discord from '../../../src/channels/discord/index.js'
import type { Host } from '../../../src/channels/port.js'
import { systemClock } from '../../../src/kernel/clock.js'
import { DiscordServer, roomId } from './server.js'

async function line(t: Test) {
  const api = await new DiscordServer().start(t)
  const host = { clock: systemClock, log: { debug() {}, warn() {}, error() {} } } as unknown as Host
  const keys = { token: `Bot ${api.token}`, apiRoot: `${api.root}/api` }
  const connection = await discord.open({ channel: 'discord', id: 'default', keys, path: 'channels.discord' }, host)
  t.teardown(() => connection.close?.())
  return { api, connection, signal: AbortSignal.timeout(10_000) }
}

const room = { kind: 'channel', id: roomId } as const

t.test('a message quotes, carries files and is quiet when it shall be; a person is found by his id', async (t) => {
  const { api, connection, signal } = await line(t)
  const path = join(t.testdir(), 'a.txt')
  writeFileSync(path, 'four')
  const media = [{ kind: 'document', name: 'a.txt', mime: 'text/plain', path } as const]
  const { id } = await connection.send(
    room,
    { text: 'x', media, replyTo: `${roomId}:77`, silent: true, key: 'k' },
    signal,
  )
  t.match(id, new RegExp(`^${roomId}:\\d+$`))
  t.match(api.shown[0], {
    flags: 4 | 4096,
    message_reference: { message_id: '77', fail_if_not_exists: false },
    sentFiles: [{ name: 'a.txt', size: 4 }],
  })
  await connection.send({ kind: 'direct', id: '420000000000000000' }, { text: 'you', key: 'k2' }, signal)
  t.equal(api.shown[1]?.channel_id, '330000000000000000')
})

t.test('a message is changed, taken back and reacted to by its own id', async (t) => {
  const { api, connection, signal } = await line(t)
  await connection.edit?.(room, `${roomId}:9`, 'new', signal)
  await connection.react?.(room, `${roomId}:9`, '👀', signal)
  await connection.remove?.(room, `${roomId}:9`, signal)
  t.same(
    api.calls.map(({ route }) => route),
    [
      `PATCH /channels/${roomId}/messages/9`,
      `PUT /channels/${roomId}/messages/9/reactions/👀/@me`,
      `DELETE /channels/${roomId}/messages/9`,
    ],
  )
  t.equal(api.calls[0]?.body.content, 'new')
})

t.test('an id without its room is a message of the place; one reaction of several is taken away', async (t) => {
  const { api, connection, signal } = await line(t)
  await connection.unreact?.(room, '9', '👀', signal)
  await connection.edit?.({ kind: 'direct', id: '420000000000000000' }, '9', 'new', signal)
  t.same(
    api.calls.map(({ route }) => route),
    [
      `DELETE /channels/${roomId}/messages/9/reactions/👀/@me`,
      'POST /users/@me/channels',
      'PATCH /channels/330000000000000000/messages/9',
    ],
  )
})

t.test('what was said is read, the oldest first; pins are set, listed and let go', async (t) => {
  const { api, connection, signal } = await line(t)
  const seen = await connection.read?.(room, { limit: 500, before: `${roomId}:30`, after: '1' }, signal)
  t.match(seen, [
    { id: `${roomId}:19`, text: 'earlier', sender: { id: '420000000000000000', name: 'Ada' } },
    { id: `${roomId}:20`, text: 'later', at: Date.UTC(2026, 10, 1, 12, 1) },
  ])
  t.match(await connection.pins?.(room, signal), [{ text: 'later' }])
  await connection.pin?.(room, `${roomId}:9`, signal)
  await connection.unpin?.(room, '9', signal)
  t.same(
    api.calls.map(({ route }) => route),
    [
      `GET /channels/${roomId}/messages?limit=100&before=30&after=1`,
      `GET /channels/${roomId}/messages/pins`,
      `PUT /channels/${roomId}/messages/pins/9`,
      `DELETE /channels/${roomId}/messages/pins/9`,
    ],
  )
})

t.test('a poll is asked once for its key; it lasts whole hours', async (t) => {
  const { api, connection, signal } = await line(t)
  const poll = {
    question: 'Lunch?',
    options: ['Soup', 'Rice'],
    maxSelections: 2,
    seconds: 5_400,
    silent: true,
    key: 'k',
  }
  const asked = await connection.poll?.(room, poll, signal)
  t.match(asked?.id, new RegExp(`^${roomId}:\\d+$`))
  t.same(await connection.poll?.(room, poll, signal), asked)
  t.equal(api.shown.length, 1)
  t.match(api.shown[0], {
    flags: 4096,
    poll: {
      question: { text: 'Lunch?' },
      answers: [{ poll_media: { text: 'Soup' } }, { poll_media: { text: 'Rice' } }],
      allow_multiselect: true,
      duration: 2,
    },
  })
})

t.test('a table that grows beyond what Discord takes is sent in parts', async (t) => {
  const { api, connection, signal } = await line(t)
  const rows = Array.from({ length: 60 }, (_, row) => `| ${row} | ${row === 0 ? 'wide'.repeat(10) : 'x'} | y |`).join(
    '\n',
  )
  await connection.send(room, { text: `| a | b | c |\n|---|---|---|\n${rows}`, key: 'k' }, signal)
  t.ok(api.shown.length > 1)
  for (const { content } of api.shown) t.ok(content.length <= 2000)
  t.equal(new Set(api.shown.map(({ nonce }) => nonce)).size, api.shown.length)
})

t.test('a refused token is said so, and is not in the words', async (t) => {
  const { api, connection, signal } = await line(t)
  api.revoked = true
  const failure = await connection.send(room, { text: 'x', key: 'k' }, signal).catch((error: unknown) => error)
  t.match(failure, { kind: 'auth' })
  const probed = await connection.probe(signal)
  t.equal(probed.ok, false)
  t.notMatch(JSON.stringify(probed), api.token)
})

for (const [name, markdown, shown] of [
  ['native', '**a** `b` ~~c~~ ||d||\n# e\n- f', '**a** `b` ~~c~~ ||d||\n# e\n- f'],
  ['a table', 'x\n\n| a | bb |\n|---|---|\n| 1 | 2 |\n\ny', 'x\n\n```\na | bb\n--+---\n1 | 2\n```\n\ny'],
  ['a deep heading', '#### Deep\ntext', '**Deep**\ntext'],
  ['a fence stays', '```\n#### x\n|---|\n```', '```\n#### x\n|---|\n```'],
] as const) {
  t.test(`markdown: ${name}`, async (t) => t.equal(discordMarkdown(markdown), shown))
}
