import t from 'tap'
import { runGateway } from '../../../src/main.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance } from '../../helper/gateway.js'
import { connected } from '../../helper/socket.js'

t.test('a gateway with WhatsApp and no login stays up and says what is missing', async (t) => {
  const instance = await testInstance(t, testConfig({ channels: { whatsapp: { allowFrom: ['+491701111111'] } } }))
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close())
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const state = async () => (await socket.call('channels.status', { probe: true })).channelAccounts.whatsapp[0]
  await until(async () => (await state()).lastError !== undefined)
  t.match(await state(), {
    running: true,
    connected: false,
    lastError: 'not linked; run: openclaw channels login --channel whatsapp',
    probe: { ok: false, error: 'not linked' },
  })
  t.ok((await fetch(`${gateway.url}/healthz`)).ok)
})
