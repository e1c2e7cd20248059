import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Host } from '../../../src/channels/port.js'
import { slackText } from '../../../src/channels/slack/format.js'
import slack from '../../../src/channels/slack/index.js'
import { systemClock } from '../../../src/kernel/clock.js'
import { SlackServer } from './server.js'

async function line(t: Test) {
  const api = await new SlackServer().start(t)
  const host = { clock: systemClock, log: { debug() {}, warn() {}, error() {} } } as unknown as Host
  const keys = { botToken: api.botToken, appToken: api.appToken, apiRoot: `${api.root}/api` }
  const connection = await slack.open({ channel: 'slack', id: 'default', keys, path: 'channels.slack' }, host)
  return { api, connection, signal: AbortSignal.timeout(10_000) }
}

const room = { kind: 'channel', id: 'C00000001' } as const

t.test('a message is changed, taken back and reacted to by its own id', async (t) => {
  const { api, connection, signal } = await line(t)
  const id = 'C00000001:1.2'
  await connection.edit?.(room, id, '**new**', signal)
  await connection.react?.(room, id, '👀', signal)
  api.fails('reactions.add', { body: { ok: false, error: 'already_reacted' } })
  await connection.react?.(room, id, ':eyes:', signal)
  await connection.remove?.(room, id, signal)
  t.match(api.calls, [
    { method: 'chat.update', body: { channel: 'C00000001', ts: '1.2', text: '*new*' } },
    { method: 'reactions.add', body: { channel: 'C00000001', timestamp: '1.2', name: 'eyes' } },
    { method: 'chat.delete', body: { channel: 'C00000001', ts: '1.2' } },
  ])
})

t.test(
  'one reaction of several is taken away, also when it is gone; a bare time is a message of the place',
  async (t) => {
    const { api, connection, signal } = await line(t)
    await connection.unreact?.(room, '1.2', 'eyes', signal)
    api.fails('reactions.remove', { body: { ok: false, error: 'no_reaction' } })
    await connection.unreact?.(room, 'C00000001:1.2', '👀', signal)
    await t.rejects(connection.unreact?.(room, '1.2', '🦤', signal) ?? Promise.resolve(), /no name for 🦤/)
    t.match(api.calls, [{ method: 'reactions.remove', body: { channel: 'C00000001', timestamp: '1.2', name: 'eyes' } }])
  },
)

t.test('files go with a message; a person is found by his id', async (t) => {
  const { api, connection, signal } = await line(t)
  const path = join(t.testdir(), 'a.txt')
  writeFileSync(path, 'four')
  const media = [{ kind: 'document', name: 'a.txt', mime: 'text/plain', path } as const]
  const { id } = await connection.send({ kind: 'direct', id: 'UADA00001' }, { text: 'x', media, key: 'k' }, signal)
  t.match(id, /^DADA00001:\d+\.\d+$/)
  t.ok((api.uploaded[0] ?? 0) >= 4)
  t.match((await api.called('files.completeUploadExternal'))[0], { channel_id: 'DADA00001' })
})

t.test('mode http is told to be missing', async (t) => {
  const keys = { mode: 'http', botToken: 'x', appToken: 'y' }
  const open = async () => slack.open({ channel: 'slack', id: 'default', keys, path: 'channels.slack' }, {} as Host)
  await t.rejects(
    open(),
    new Error('channels.slack.mode: "http" is not supported. Use socket mode: mode "socket" and appToken'),
  )
})

for (const [name, markdown, shown] of [
  ['plain', 'a < b & c', 'a &lt; b &amp; c'],
  ['styles', '**a** _b_ ~~c~~ `d<e`', '*a* _b_ ~c~ `d&lt;e`'],
  ['a heading', '# A **b**', '*A b*'],
  ['a fence', '```ts\nx < 1\n```', '```\nx &lt; 1\n```'],
  ['a list', '- a\n  - b\n- [x] c', '• a\n    • b\n☑ c'],
  ['a quote', '> a\n> b', '> a\n> b'],
  ['a link', '[x|y](https://e.org/?a=1&b=2)', '<https://e.org/?a=1&amp;b=2|x¦y>'],
  ['a link that runs code is text', '[x](javascript:alert(1))', 'x'],
  ['a call to everybody is text', '<!channel> hi', '&lt;!channel&gt; hi'],
  ['a table', '| a | bb |\n|---|---|\n| 1 | 2 |', '```\na | bb\n--+---\n1 | 2\n```'],
] as const) {
  t.test(`markdown: ${name}`, async (t) => t.equal(slackText(markdown), shown))
}
