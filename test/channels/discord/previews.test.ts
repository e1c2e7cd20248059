import t from 'tap'
import { until } from '../../helper/calls.js'
import { stageOf } from '../_stage.js'
import { SlowAnswer, text } from '../telegram/slow-answer.js'
import { DiscordServer } from './server.js'

t.test('an answer grows in one message when the config asks for it', async (t) => {
  const api = await new DiscordServer().start(t)
  const slow = new SlowAnswer()
  const keys = { token: api.token, apiRoot: `${api.root}/api`, streaming: 'partial' }
  const { state } = await stageOf(t, { channel: 'discord', keys, script: slow.reply(text(2)) })
  await until(async () => (await state()).connected === true)
  api.says('tell me')
  slow.more(1)
  await until(() => api.shown.length === 1)
  t.match(api.shown[0]?.content, /^Piece 0/)
  slow.more()
  const edits = () => api.calls.filter(({ route }) => /^PATCH .*\/messages\/\d+$/.test(route))
  await until(() => edits().at(-1)?.body.content === text(2))
  t.equal(api.shown.length, 1, 'nothing is sent beside it')
  t.match(edits().at(-1)?.route, new RegExp(`/messages/${api.shown[0]?.id}$`))
})

t.test('an answer that its table makes too long for one message keeps its end', async (t) => {
  const api = await new DiscordServer().start(t)
  const slow = new SlowAnswer()
  const keys = { token: api.token, apiRoot: `${api.root}/api`, streaming: 'partial' }
  const rows = Array.from({ length: 60 }, (_, row) => `| ${row} | ok |`).join('\n')
  const head = `| ${'x'.repeat(40)} | note |\n|---|---|`
  const answer = `Here is the list that you asked me for:\n\n${head}\n${rows}\n\nTHE END`
  const { state } = await stageOf(t, { channel: 'discord', keys, script: slow.reply(answer) })
  await until(async () => (await state()).connected === true)
  api.says('tell me')
  slow.more(1)
  await until(() => api.shown.length === 1)
  slow.more()
  await until(() => api.shown.some(({ content }) => content.includes('THE END')), 15_000)
  const [preview, ...parts] = api.shown
  const all = parts.map(({ content }) => content).join('\n')
  for (let row = 0; row < 60; row += 1) t.match(all, new RegExp(`^${row} +\\| ok`, 'm'))
  const removed = new RegExp(`^DELETE .*/messages/${preview?.id}$`)
  t.ok(
    api.calls.some(({ route }) => removed.test(route)),
    'what was shown of it is gone',
  )
})
