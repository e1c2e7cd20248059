import t from 'tap'
import { connected } from '../../helper/socket.js'
import { stage } from './stage.js'

t.test(
  'without an account, a message goes out over the default one of the config, and health knows what runs',
  async (t) => {
    const { api, gateway } = await stage(t, {
      // The section's own token is another, which this platform does not take.
      telegram: {
        botToken: '555:OTHER-bot',
        defaultAccount: 'work',
        accounts: { work: { botToken: '123456:AAbot-token-of-a-test' } },
      },
    })
    await api.called('setMyCommands')
    const socket = await connected(t, gateway.url.replace('http', 'ws'))
    await socket.call('send', { channel: 'telegram', to: '42', message: 'from whom?', idempotencyKey: 'k' })
    t.strictSame(api.chat(), ['from whom?'])
    const { channels } = await socket.call('health', {})
    t.match(channels.telegram.accounts, [
      { accountId: 'default', running: false },
      { accountId: 'work', running: true },
    ])
  },
)
