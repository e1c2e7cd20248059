import t from 'tap'
import { clientClock } from '../../src/client/clock.js'
import { connectGateway } from '../../src/client/connect.js'
import { findGateway } from '../../src/client/open.js'
import { ReconnectingClient } from '../../src/client/socket/reconnecting.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import { freePort } from '../cli/gateways.js'
import { cliFor } from '../cli/harness.js'
import { until } from '../helper/calls.js'
import { token } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'

t.test(
  'a gateway that is killed and started again: the client is back, and says that it missed something',
  async (t) => {
    const cli = cliFor(t)
    const port = await freePort()
    const config = { gateway: { mode: 'local', port, auth: { token } } } as const
    cli.writeConfig(config)
    const instance = await resolveInstance({ flags: {}, env: { HOME: cli.home, PATH: '/usr/bin' }, cwd: cli.home })
    const found = await findGateway({ instance, config, flags: {}, purpose: 'call' })
    let gateway = await startGateway(cli.home, port)
    t.teardown(() => gateway.kill())
    const client = new ReconnectingClient({
      open: (listener, signal) => connectGateway(found, { scopes: ['operator.read'], listener, signal }),
      display: found.target.display,
      clock: clientClock,
    })
    t.teardown(() => client.close())
    const boots: (string | undefined)[] = []
    const gaps: string[] = []
    client.events.on('connected', ({ server }) => boots.push(server.bootId))
    client.events.on('gap', ({ reason }) => gaps.push(reason))
    client.start()
    t.match(await client.call('health'), { ok: true, defaultAgentId: 'main' })
    await gateway.kill()
    await until(() => !client.connected)
    const waiting = client.call('health')
    gateway = await startGateway(cli.home, port)
    t.match(await waiting, { ok: true })
    t.equal(boots.length, 2)
    t.not(boots[0], boots[1], 'it is another process')
    t.strictSame(gaps, ['reconnected'])
  },
)
