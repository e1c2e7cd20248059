import t from 'tap'
import { type Connect, newDevice } from '../../devices/world.js'
import { testConfig, token } from '../../helper/gateway.js'
import { connectedAs } from '../../helper/socket.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

const surface = { caps: ['system'], commands: ['system.run', 'system.which'], permissions: {} }
const node: Connect = { client: 'node', params: surface }

t.test('connected, pending, approved, described, renamed', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(testConfig())
  const gateway = await startGateway(t, cli.home)
  const url = `ws://127.0.0.1:${gateway.port}/`
  const json = async (...argv: string[]) => JSON.parse((await cli.run('nodes', ...argv, '--json')).stdout)
  t.match(await cli.run('nodes', 'status'), { code: 0, stdout: 'Known: 0 · Paired: 0 · Connected: 0\n', stderr: '' })
  t.match(await cli.run('nodes', 'pending'), { code: 0, stdout: 'No node waits for approval.\n' })

  const device = newDevice()
  const nodeId = device.deviceId
  const { socket } = await connectedAs(t, url, { ...node, device })
  t.match(await cli.run('nodes', 'status'), { stdout: /^Known: 1 · Paired: 1 · Connected: 1\n[\s\S]*pending-approval/ })
  const { pending } = await json('pending')
  t.match(pending, [{ nodeId, commands: surface.commands }])
  const [{ requestId }] = pending
  t.match(await cli.run('nodes', 'list'), { code: 0, stdout: new RegExp(`${requestId}[\\s\\S]*Known: 1`) })
  t.match(await cli.run('nodes', 'approve', requestId), {
    code: 0,
    stdout: /^Approved .*system\.run, system\.which\n$/,
  })
  t.match(await cli.run('nodes', 'approve', requestId), { code: 1, stderr: /unknown requestId/ })
  t.match(await cli.run('nodes', 'reject', requestId), { code: 1, stderr: /unknown requestId/ })

  t.match(await cli.run('nodes', 'rename', nodeId.slice(0, 12), 'kitchen'), {
    code: 0,
    stdout: /is now called kitchen/,
  })
  t.match(await json('describe', 'kitchen'), { nodeId, approvalState: 'approved', connected: true })
  t.match(await cli.run('nodes', 'describe', '--node', 'kitchen'), { stdout: /COMMANDS +system\.run, system\.which/ })
  t.match(await cli.run('nodes', 'describe', 'cellar'), {
    code: 1,
    stderr: /no node "cellar"[\s\S]*Try: openclaw nodes status/,
  })
  t.match(await json('rename', '--node', 'kitchen', '--name', 'hall'), { nodeId, displayName: 'hall' })

  t.match((await json('status', '--connected')).nodes, [{ nodeId }])
  socket.ws.close()
  await socket.end()
  t.strictSame((await json('status', '--connected')).nodes, [])
  t.match((await json('status', '--last-connected', '1h')).nodes, [{ nodeId }])
  t.match(await cli.run('nodes', 'status', '--last-connected', 'soon'), { code: 2, stderr: /"soon" is no duration/ })
  t.match(await cli.run('nodes', 'describe'), { code: 2, stderr: /Name the node/ })
  t.match(await cli.run('nodes', 'rename', 'hall'), { code: 2, stderr: /the node and its new name/ })
})

t.test('a gateway that is down', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort(), auth: { token } } })
  const commands = [
    ['status'],
    ['list'],
    ['pending'],
    ['approve', 'x'],
    ['reject', 'x'],
    ['describe', 'x'],
    ['rename', 'x', 'y'],
  ]
  for (const argv of commands) {
    const ran = await cli.run('nodes', ...argv)
    t.match(ran, { code: 1, stdout: '', stderr: /is not running\.\nTry: openclaw gateway run/ }, argv.join(' '))
  }
})
