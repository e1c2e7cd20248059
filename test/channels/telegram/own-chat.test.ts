import t from 'tap'
import { until } from '../../helper/calls.js'
import type { Seen } from '../../helper/upstream.js'
import type { Body } from './server.js'
import { stage } from './stage.js'

const owner = { commands: { ownerAllowFrom: ['telegram:42'] } }
const bob = { from: { id: 7, first_name: 'Bob' } }

/** The text of the last message that a model was given. */
const lastOf = ({ body }: Seen) => JSON.stringify(((body.messages ?? []) as Body[]).at(-1)?.content ?? '')

const tool = (name: string, args: object) =>
  ({ toolCalls: [{ id: `c-${name}`, name, arguments: JSON.stringify(args) }] }) as never

/** Holds an answer until somebody else has spoken to the same session. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

t.test('the message tool writes to the chat of its turn, whoever has spoken to the session meanwhile', async (t) => {
  const held = gate()
  const { api, upstream } = await stage(t, {
    script: async (seen: Seen) => {
      if (!lastOf(seen).includes('salary')) return 'done'
      await held.opened
      return tool('message', { action: 'send', message: 'the list for Ada' })
    },
    more: owner,
  })
  api.says('send me the salary list with the message tool')
  await until(() => upstream.requests.length === 1)
  api.says('hi', bob)
  // Bob's message has reached the session once its place is known.
  await until(() => api.calls.some(({ method, body }) => method === 'sendChatAction' && String(body.chat_id) === '7'))
  held.open()
  await until(() => api.chat('42').includes('done') && api.chat('7').length === 1)
  t.strictSame(api.chat('42'), ['the list for Ada', 'done'])
  t.strictSame(api.chat('7'), ['done'])
})

t.test('news of a sub-agent go to the chat that asked for it', async (t) => {
  const held = gate()
  const { api } = await stage(t, {
    script: async (seen: Seen) => {
      const last = lastOf(seen)
      if (last.includes('begin the count')) return tool('sessions_spawn', { task: 'count the money' })
      if (last.includes('hi of Bob')) return 'hello Bob'
      if (last.includes('Accepted: run')) return 'it counts'
      if (last.includes('counted: 42')) return 'Ada, it is 42'
      if (!last.includes('count the money')) return `what is this? ${last}`
      await held.opened
      return 'counted: 42'
    },
    more: owner,
  })
  api.says('begin the count')
  await until(() => api.chat('42').includes('it counts'))
  api.says('hi of Bob', bob)
  await until(() => api.chat('7').includes('hello Bob'))
  held.open()
  await until(() => [...api.chat('42'), ...api.chat('7')].length === 3)
  t.strictSame(api.chat('7'), ['hello Bob'])
  t.strictSame(api.chat('42'), ['it counts', 'Ada, it is 42'])
})
