import t from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()

t.test('channels.status tells what the config says, without secrets', async (t) => {
  const channels = {
    slack: { enabled: false, botToken: 'xoxb-secret', appToken: 'xapp-secret' },
    telegram: {
      name: 'Bots',
      apiRoot: 'http://127.0.0.1:9',
      accounts: { one: { botToken: '1:secret', name: 'One' }, two: {} },
      defaultAccount: 'one',
    },
  }
  const app = await build(t, testConfig({ channels }))
  const status = await resultOf(app, 'channels.status', { probe: true, timeoutMs: 8000 })
  t.strictSame(protocol.problems('ChannelsStatusResult', status), [])
  t.match(status, {
    channelOrder: ['slack', 'telegram'],
    channelLabels: { slack: 'Slack', telegram: 'Telegram' },
    channels: {
      slack: { configured: true, enabled: false, running: false },
      telegram: { configured: true, enabled: true, running: true },
    },
    channelAccounts: {
      slack: [{ accountId: 'default', enabled: false, configured: true }],
      telegram: [
        { accountId: 'one', name: 'One', configured: true, running: true, connected: false },
        { accountId: 'two', configured: false },
      ],
    },
    channelDefaultAccountId: { slack: 'default', telegram: 'one' },
    warnings: [],
  })
  t.notMatch(JSON.stringify(status), /secret/)
  t.match(await resultOf(app, 'channels.status', { channel: 'slack' }), { channelOrder: ['slack'] })
  t.strictSame((await resultOf(app, 'channels.status', { channel: 'irc' })).channelOrder, [])
  t.match(await errorOf(app, 'channels.status', { channel: 'pigeon' }), {
    status: 404,
    message: 'unknown channel: pigeon',
  })
  t.match(await errorOf(app, 'channels.status', { timeoutMs: -1 }), { code: 'invalid_params' })
})

t.test('without channels', async (t) => {
  const status = await resultOf(await build(t), 'channels.status')
  t.strictSame(protocol.problems('ChannelsStatusResult', status), [])
  t.match(status, { channelOrder: [], channels: {}, warnings: [] })
})
