import t from 'tap'
import { until } from '../../helper/calls.js'
import { SlowAnswer, text } from './slow-answer.js'
import { stage } from './stage.js'

const all = { messages: { ackReaction: '👀', ackReactionScope: 'all', removeAckAfterReply: true } }

t.test('who is heard sees it before the answer, and no more when that stands in the chat', async (t) => {
  const slow = new SlowAnswer()
  const { api } = await stage(t, { script: slow.reply(text(1)), more: all })
  const id = api.says('tell me')
  const [set] = await api.called('setMessageReaction')
  t.strictSame(set, { chat_id: '42', message_id: id, reaction: [{ type: 'emoji', emoji: '👀' }] })
  t.equal(api.sent.length, 0)
  slow.more()
  const [, taken] = await api.called('setMessageReaction', 2)
  t.strictSame(taken, { chat_id: '42', message_id: id, reaction: [] })
  const order = api.calls.map(({ method }) => method)
  t.ok(order.indexOf('sendMessage') < order.lastIndexOf('setMessageReaction'))
})

t.test('by default who speaks to the bot in a group; the reaction stays', async (t) => {
  const group = { chat: { id: -100, type: 'supergroup', title: 'G' } }
  const { api } = await stage(t, {
    telegram: { groupPolicy: 'open', groups: { '-100': {} } },
  })
  api.says('only among us', group)
  api.says('directly')
  await until(() => api.sent.length === 1)
  const id = api.says('@test_bot hi', { ...group, entities: [{ type: 'mention', offset: 0, length: 9 }] })
  await until(() => api.sent.length === 2)
  t.strictSame(await api.called('setMessageReaction'), [
    { chat_id: '-100', message_id: id, reaction: [{ type: 'emoji', emoji: '👀' }] },
  ])
})

t.test('the emoji of an agent that Telegram does not take gives way to the usual one', async (t) => {
  const { api } = await stage(t, {
    agents: { entries: { main: { identity: { emoji: '🦞' } } } },
    more: { messages: { ackReactionScope: 'all', removeAckAfterReply: true } },
  })
  api.fails('setMessageReaction', { error_code: 400, description: 'Bad Request: REACTION_INVALID' })
  api.says('hello')
  t.match(await api.called('setMessageReaction', 2), [{ reaction: [{ emoji: '👀' }] }, { reaction: [] }])
})

t.test('a reaction that Telegram refuses holds up nothing', async (t) => {
  const { api } = await stage(t, { more: all })
  api.fails('setMessageReaction', { error_code: 400, description: 'Bad Request: REACTION_INVALID' })
  api.says('hello')
  await until(() => api.sent.length === 1)
  await api.called('setMessageReaction')
  t.equal(api.attempts('setMessageReaction'), 2, 'what may stand there is taken away all the same')
})
