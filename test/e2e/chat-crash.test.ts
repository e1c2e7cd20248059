import t, { type Test } from 'tap'
import { until } from '../helper/calls.js'
import { openclaw } from '../helper/process.js'
import type { Seen } from '../helper/upstream.js'
import { crashStage, textOf, toolRunsOnce } from './_crash-stage.js'

const owner = { commands: { ownerAllowFrom: ['telegram:42'] } }
const stage = (t: Test, script: Parameters<typeof crashStage>[1]) => crashStage(t, script, { more: owner })

t.test('kill -9 before the model has answered: the message is answered once, by one more turn', async (t) => {
  let hung = true
  const { api, upstream, gateway, start } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'late, but here',
  )
  api.says('are you there?')
  await until(() => upstream.requests.length === 1)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['late, but here'])
  const last = upstream.requests.at(-1) as Seen
  t.match(textOf(last), /are you there\?|The gateway went down/)
  t.equal(upstream.requests.length, 2)
})

t.test('kill -9 after a tool has run: it is not run again, the model is told', async (t) => {
  await toolRunsOnce(
    t,
    (script) => stage(t, script),
    ({ api }) => api.says('make it'),
  )
})

t.test('a message that no start can answer is put aside after three, and said so', async (t) => {
  const { api, upstream, home, start, gateway } = await stage(t, () => ({ text: 'never', hangAfter: 0 }))
  api.says('poison')
  let running = gateway
  for (let count = 1; count <= 3; count += 1) {
    await until(() => upstream.requests.length === count)
    await running.kill()
    running = await start()
  }
  await until(async () => /not answered/.test((await openclaw(home, ['channels', 'dead-letters'])).stdout))
  t.equal(upstream.requests.length, 3)
  t.strictSame(api.sent, [])
})

t.test('/restart in a chat: the chat hears when the gateway is back', async (t) => {
  const { api, gateway } = await stage(t, () => 'hello')
  api.says('hi')
  await api.called('sendMessage')
  api.says('/restart new keys')
  await until(() => api.sent.some((text) => text.includes('The gateway has restarted (new keys)')))
  t.equal(api.sent.length, 3, 'hello, that it restarts, that it has')
  t.equal(await gateway.stop(), 0)
})
