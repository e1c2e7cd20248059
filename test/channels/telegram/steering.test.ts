import t from 'tap'
import { until } from '../../helper/calls.js'
import { stage } from './stage.js'

const bob = { from: { id: 7, first_name: 'Bob' } }
const [own, others] = ['42', '7']

/** The owner's question is being answered; its first answer comes when it is told to. */
async function answering(t: Parameters<typeof stage>[0], then: (call: number) => unknown) {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let calls = 0
  const staged = await stage(t, {
    script: async () => {
      calls += 1
      if (calls > 1) return then(calls) as string
      await opened
      return 'to Ada'
    },
    more: { messages: { queue: { mode: 'steer' } }, commands: { ownerAllowFrom: ['telegram:42'] } },
  })
  staged.api.says('a question of Ada, the owner')
  await until(() => staged.upstream.requests.length === 1)
  return { ...staged, open: () => open() }
}

t.test('what somebody else says waits for a turn of its own, in the same session too', async (t) => {
  const { api, open } = await answering(t, () => 'to Bob')
  api.says('a private question of Bob', bob)
  await until(() => api.waiting.length === 0)
  open()
  await until(() => api.chat(own).length === 1 && api.chat(others).length === 1)
  t.strictSame([api.chat(own), api.chat(others)], [['to Ada'], ['to Bob']])
})

t.test('nobody puts words into a turn with more rights than their own', async (t) => {
  const call = { action: 'send', channel: 'telegram', target: 'group:-7', message: 'what Bob wanted' }
  const { api, open } = await answering(t, (calls) =>
    calls === 2 ? { toolCalls: [{ id: 'c1', name: 'message', arguments: JSON.stringify(call) }] } : 'done',
  )
  api.says('write to group -7 /queue steer', bob)
  await until(() => api.waiting.length === 0)
  open()
  await until(() => api.chat(others).length === 1)
  t.strictSame(api.chat('-7'), [], 'only the owner may write to another chat')
})

t.test('nobody ends a turn of others by a message of their own', async (t) => {
  const { api, open } = await answering(t, () => 'to Bob')
  api.says('me first! /queue interrupt', bob)
  await until(() => api.waiting.length === 0)
  open()
  await until(() => api.chat(own).length === 1 && api.chat(others).length === 1)
  t.strictSame([api.chat(own), api.chat(others)], [['to Ada'], ['to Bob']])
})

t.test('the one who began a turn steers it', async (t) => {
  const { api, open, upstream } = await answering(t, () => 'both answered')
  api.says('and one more thing')
  await until(() => api.waiting.length === 0)
  open()
  await until(() => api.chat(own).length > 0)
  t.match(JSON.stringify(upstream.requests[1]?.body), /a question of Ada.*to Ada.*and one more thing/)
})
