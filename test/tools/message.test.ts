import t from 'tap'
import { type Body, stageOf } from '../channels/_stage.js'
import { TelegramServer } from '../channels/telegram/server.js'
import { until } from '../helper/calls.js'

t.test('an agent asks a poll in its chat, and changes what it said there', async (t) => {
  const api = await new TelegramServer().start(t)
  const steps: Body[] = [
    { action: 'poll', message: 'Lunch?', options: ['Soup', 'Rice'], multiple: true },
    { action: 'poll', message: 'Lunch?' },
    { action: 'poll', message: 'Lunch?', options: ['Soup', 'Rice'], durationSeconds: 3_600 },
    { action: 'edit', messageId: '42:102', message: 'new' },
    { action: 'poll', message: 'Lunch?', options: ['Soup', 'Rice'], target: 'group:-7', channel: 'telegram' },
  ]
  const told: string[] = []
  await stageOf(t, {
    channel: 'telegram',
    keys: { botToken: api.token, apiRoot: api.root },
    script: ({ body }) => {
      const results = ((body.messages ?? []) as Body[]).filter(({ role }) => role === 'tool')
      const last = results.at(-1)
      if (last) told.push(String(last.content))
      const step = steps[results.length]
      const call = { id: `c${results.length}`, name: 'message', arguments: JSON.stringify(step) }
      return step ? { toolCalls: [call] } : 'done'
    },
  })
  api.says('ask them')
  await until(() => api.sent.includes('done'))
  t.match(await api.called('sendPoll'), [{ chat_id: '42', options: ['Soup', 'Rice'], allows_multiple_answers: true }])
  t.match(await api.called('editMessageText'), [{ message_id: 102, text: 'new' }])
  t.match(told, [
    /^Asked in telegram, direct:42, message 42:/,
    /needs message/,
    /5 to 600/,
    /^Changed/,
    /Only your owner/,
  ])
  t.equal(api.calls.filter(({ method }) => method === 'sendPoll').length, 1)
})
