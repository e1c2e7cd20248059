import t from 'tap'
import { until } from '../../helper/calls.js'
import { clock, SlowAnswer, text } from './slow-answer.js'
import { stage } from './stage.js'

const signs = (api: Awaited<ReturnType<typeof stage>>['api']) =>
  api.calls.filter(({ method }) => method === 'sendChatAction').length

t.test('never: nobody seems to write', async (t) => {
  const { api } = await stage(t, { more: { session: { typingMode: 'never' } } })
  api.says('hello')
  await until(() => api.sent.length === 1)
  t.equal(signs(api), 0)
})

t.test('message: the sign comes with the first words, and is renewed while the answer grows', async (t) => {
  const slow = new SlowAnswer()
  const { api, upstream } = await stage(t, {
    script: slow.reply(text(3)),
    telegram: { streaming: 'off' },
    agents: { defaults: { typingMode: 'message', typingIntervalSeconds: 1 } },
    clock,
  })
  api.says('tell me')
  await until(() => upstream.requests.length === 1)
  t.equal(signs(api), 0)
  slow.more(1)
  await until(() => signs(api) >= 3)
  slow.more()
  await until(() => api.sent.length === 1)
})

t.test('a group that did not speak to the bot sees the sign with the first words only', async (t) => {
  const slow = new SlowAnswer()
  const group = { chat: { id: -100, type: 'supergroup', title: 'G' } }
  const { api, upstream } = await stage(t, {
    script: slow.reply(text(2)),
    telegram: { streaming: 'off', groupPolicy: 'open', groups: { '-100': { requireMention: false } } },
  })
  api.says('we talk', group)
  await until(() => upstream.requests.length === 1)
  t.equal(signs(api), 0)
  slow.more()
  await until(() => api.sent.length === 1)
  t.ok(signs(api) > 0)
})
