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
