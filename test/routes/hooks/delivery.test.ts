import t from 'tap'
import { until } from '../../helper/calls.js'
import { connected } from '../../helper/socket.js'
import { hookStage } from './_stage.js'

const agent = '/hooks/agent'

t.test('the answer goes to the chat that the call names, once; the main session hears of it', async (t) => {
  const { api, post, gateway } = await hookStage(t, { script: 'The build is green.', telegram: true })
  if (!api) throw new Error('no bot')
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const body = { message: 'build', name: 'CI', channel: 'telegram', to: '42', idempotencyKey: 'b1' }
  for (let i = 0; i < 3; i += 1) t.equal((await post(agent, body)).status, 200)
  await until(() => api.sent.length > 0)
  const [sent] = await api.called('sendMessage')
  t.match(sent, { chat_id: '42', text: 'The build is green.' })
  await until(async () => (await socket.call('status', {})).queuedSystemEvents.length > 0)
  t.match((await socket.call('status', {})).queuedSystemEvents, ['Hook CI: The build is green.'])
  t.equal(api.sent.length, 1)
})

t.test('last is where the agent was spoken to last; deliver false, and no chat at all', async (t) => {
  const { api, post, told, gateway } = await hookStage(t, { script: 'noted', telegram: true })
  if (!api) throw new Error('no bot')
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const events = async () => (await socket.call('status', {})).queuedSystemEvents as string[]
  await post(agent, { message: 'early', name: 'Early', channel: 'last' })
  await until(async () => (await events()).length > 0)
  t.match(await events(), [/^Hook Early failed: Nobody has written to the agent yet/])
  api.says('hello')
  await until(() => api.sent.length === 1)
  await post(agent, { message: 'x', channel: 'last' })
  await until(() => api.sent.length === 2)
  await post(agent, { message: 'x', channel: 'telegram', to: '42', deliver: false, name: 'Mute' })
  await told(4)
  await until(async () => (await events()).some((text) => text.startsWith('Hook Mute')))
  await post(agent, { message: 'x', channel: 'telegram', to: '43' })
  // What the agent is told of Mute may be answered to the last chat meanwhile.
  await until(() => api.chat('43').length === 1)
  t.strictSame(
    (await api.called('sendMessage', 2)).slice(0, 2).map(({ chat_id }) => chat_id),
    ['42', '42'],
  )
})

t.test('a mapping may take the recipient from the body', async (t) => {
  const mappings = [{ match: { path: 'm' }, messageTemplate: '{{text}}', channel: 'telegram', to: '{{chat}}' }]
  const { api, post } = await hookStage(t, { hooks: { mappings }, telegram: true, script: 'yes' })
  if (!api) throw new Error('no bot')
  t.equal((await post('/hooks/m', { text: 'x', chat: 77 })).status, 200)
  await until(() => api.sent.length === 1)
  t.match((await api.called('sendMessage'))[0], { chat_id: '77', text: 'yes' })
  t.equal((await post('/hooks/m', { text: 'x' })).status, 400, 'without a recipient it is refused at the door')
})

t.test('NO_REPLY writes to nobody', async (t) => {
  const { api, post, told, gateway } = await hookStage(t, {
    script: ({ body }) => (JSON.stringify(body.messages).includes('aloud') ? 'said' : 'NO_REPLY'),
    hooks: { defaultSessionKey: 'hook:lane' },
    telegram: true,
  })
  if (!api) throw new Error('no bot')
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  await post(agent, { message: 'x', channel: 'telegram', to: '42' })
  await told(1)
  await post(agent, { message: 'y', channel: 'telegram', to: '42', sessionMode: 'isolated' })
  await told(2)
  // One lane: those before it are done when this one is.
  await post(agent, { message: 'aloud', name: 'Loud', channel: 'telegram', to: '42' })
  await api.called('sendMessage')
  t.strictSame((await socket.call('status', {})).queuedSystemEvents, ['Hook Loud: said'])
  t.strictSame(api.sent, ['said'])
})
