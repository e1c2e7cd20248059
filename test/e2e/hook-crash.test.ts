import t, { type Test } from 'tap'
import { until } from '../helper/calls.js'
import type { Seen } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'
import { crashStage, textOf, toolRunsOnce } from './_crash-stage.js'

const hookToken = 'hook-token-0123456789abcdef'
/** A gateway with hooks that is a process of its own, which can be killed. */
async function stage(t: Test, script: Parameters<typeof crashStage>[1]) {
  const hooks = { enabled: true, token: hookToken }
  const staged = await crashStage(t, script, { telegram: { streaming: 'off' }, more: { hooks } })
  const call = async (body: object) => {
    const response = await fetch(`${staged.gateway.url}/hooks/agent`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hookToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'telegram', to: '42', ...body }),
    })
    return { status: response.status, ...((await response.json()) as Body) } as Body
  }
  return { ...staged, call }
}

t.test('kill -9 right after the 200: the call is answered once after the restart; its key is known', async (t) => {
  let hung = true
  const { api, upstream, gateway, start, call } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'late, but here',
  )
  const first = await call({ message: 'are you there?', idempotencyKey: 'k' })
  t.equal(first.status, 200)
  await gateway.kill()
  hung = false
  const before = upstream.requests.length
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['late, but here'])
  t.equal(upstream.requests.length, before + 1, 'one more turn')
  t.match(textOf(upstream.requests.at(-1) as Seen), /are you there\?|The gateway went down/)
  const again = await call({ message: 'are you there?', idempotencyKey: 'k' })
  t.equal(again.runId, first.runId)
  t.equal(upstream.requests.length, before + 1)
})

t.test('kill -9 of many calls: each is answered once', async (t) => {
  let hung = true
  const { api, gateway, start, call } = await stage(t, (seen) => {
    const number = /call (\d+)/.exec(JSON.stringify(seen.body))?.[1]
    return hung && Number(number) > 3 ? { text: 'never', hangAfter: 0 } : `answer ${number}`
  })
  for (let n = 1; n <= 12; n += 1) t.equal((await call({ message: `call ${n}` })).status, 200)
  await until(() => api.sent.length === 3)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length >= 12, 20_000)
  const expected = Array.from({ length: 12 }, (_, index) => `answer ${index + 1}`)
  t.strictSame([...api.sent].sort(), expected.sort())
})

t.test('kill -9 after a tool has run: it is not run again, the model is told', async (t) => {
  await toolRunsOnce(
    t,
    (script) => stage(t, script),
    ({ call }) => call({ message: 'make it' }),
  )
})

t.test('an orderly end in the middle of a turn: the next start takes it up', async (t) => {
  let hung = true
  const { api, upstream, gateway, start, call } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'after the restart',
  )
  await call({ message: 'slowly' })
  await until(() => upstream.requests.length === 1)
  await gateway.stop()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['after the restart'])
})
