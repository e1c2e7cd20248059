import t from 'tap'
import { until } from '../../helper/calls.js'
import { asked, stage } from './stage.js'

t.test(
  'another bot of an account: its messages are not those of the bot before, whose numbers were the same',
  async (t) => {
    const { api, upstream, gateway, snapshot, rewrite } = await stage(t)
    api.says('hello bot A', { message_id: 5 })
    await until(() => api.chat().length === 1)
    await gateway.close()
    const bot = { id: 999_999, is_bot: true, first_name: 'B', username: 'other_bot' }
    Object.assign(api, { token: '999999:BBanother-bot-of-a-test', bot })
    rewrite((tree) => {
      tree.channels.telegram.botToken = api.token
    })
    await snapshot()()
    api.says('hello bot B', { message_id: 5 })
    await until(() => api.chat().length === 2)
    t.strictSame(asked(upstream.requests), ['hello bot A', 'hello bot B'])
  },
)
