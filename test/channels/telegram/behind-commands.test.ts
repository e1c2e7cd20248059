import t from 'tap'
import { until } from '../../helper/calls.js'
import { asked, stage } from './stage.js'

t.test('the message behind /new and /reset is answered, behind what the command says', async (t) => {
  const { api, upstream } = await stage(t, { script: 'the joke' })
  api.says('/new tell me a joke')
  await until(() => api.chat().length === 1)
  api.says('/reset and another')
  await until(() => api.chat().length === 2)
  for (const text of api.chat()) t.equal(text, 'A new session has begun.\n\nthe joke')
  t.strictSame(asked(upstream.requests), ['tell me a joke', 'and another'])
})

t.test('in a group the agent learns who said what stands behind a command', async (t) => {
  const { api, upstream } = await stage(t, { telegram: { groupPolicy: 'open', groups: { '-100': {} } } })
  api.says('/new@test_bot tell me a joke', { chat: { id: -100, type: 'supergroup', title: 'G' } })
  await until(() => api.chat('-100').length === 1)
  t.strictSame(asked(upstream.requests), ['Ada: tell me a joke'])
})

t.test('commands inside of a message are answered in front of the answer', async (t) => {
  const { api, upstream } = await stage(t, { script: 'fine' })
  api.says('hello /whoami you /status')
  await until(() => api.chat().length === 2)
  t.match(api.chat()[0], /You are[\s\S]*Gateway: profile/)
  t.equal(api.chat()[1], 'fine')
  t.strictSame(asked(upstream.requests), ['hello you'])
})

t.test('a failure of what stands behind a command is told', async (t) => {
  const { api } = await stage(t, { script: { status: 400, body: { error: { message: 'no' } } } as never })
  api.says('/new tell me a joke')
  await until(() => api.chat().length === 1)
  t.match(api.chat()[0], /^⚠️/)
})

t.test(
  'kill -9 while it is answered: what stands behind a command is not lost, and the command not repeated',
  async (t) => {
    let release = () => {}
    const held = new Promise<string>((resolve) => {
      release = () => resolve('too late')
    })
    const { api, upstream, gateway, snapshot } = await stage(t, {
      script: () => (upstream.requests.length === 1 ? held : 'the joke'),
    })
    api.says('/new tell me a joke')
    await until(() => upstream.requests.length === 1)
    const again = snapshot()
    release()
    await gateway.close()
    const before = api.chat().length
    await again()
    await until(() => api.chat().length === before + 1)
    t.equal(api.chat().at(-1), 'the joke')
    t.match(asked(upstream.requests).at(-1), /The gateway went down[\s\S]*Go on from there/)
  },
)
