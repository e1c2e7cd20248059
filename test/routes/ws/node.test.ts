import t from 'tap'
import { type Connect, newDevice } from '../../devices/world.js'
import { testConfig, token } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { startGatewayWith } from '../../helper/running.js'
import { connectAs, connected, connectedAs, openSocket } from '../../helper/socket.js'

const schema = new ProtocolSchema()
const host = {
  caps: ['system', 'file'],
  commands: ['system.run', 'system.which', 'file.write'],
  permissions: { screen: true },
  pathEnv: '/usr/bin',
}
const node = (more: object = {}): Connect => ({ client: 'node', params: { ...host, ...more } })
const config = (pairing: object = {}, commands: object = {}) =>
  testConfig({ gateway: { mode: 'local', auth: { mode: 'token', token }, nodes: { pairing, commands } } })

t.test('let in silently, used only after what it brings was approved', async (t) => {
  const gateway = await startGatewayWith(t, { config: config() })
  const url = `ws://127.0.0.1:${gateway.port}/`
  const operator = await connected(t, url)
  const device = newDevice()
  const nodeId = device.deviceId
  const { socket, hello } = await connectedAs(t, url, { ...node(), device })
  t.match(hello.auth, { role: 'node', scopes: [], deviceToken: /^[\w-]{43}$/ })

  const asked = await operator.event('node.pair.requested')
  const { requestId } = asked.payload
  t.match(asked.payload, {
    nodeId,
    clientId: 'node-host',
    caps: host.caps,
    commands: ['system.run', 'system.which'],
    requiredApproveScopes: ['operator.pairing', 'operator.admin'],
  })
  const waiting = await operator.call('node.describe', { nodeId })
  t.match(waiting, { approvalState: 'pending-approval', pendingRequestId: requestId, connected: true, paired: true })
  t.strictSame([waiting.commands, waiting.caps], [[], []])
  const early = await socket.request('node.runnerInventory.update', {})
  t.match(early.error, {
    code: 'UNAVAILABLE',
    message: /awaiting operator approval; run `openclaw nodes/,
    retryable: true,
  })

  const approved = await operator.call('node.pair.approve', { requestId })
  t.match(approved, {
    requestId,
    node: { nodeId, approvalState: 'approved', commands: ['system.run', 'system.which'] },
  })
  const told = await socket.event('node.pair.resolved')
  t.match(told.payload, { requestId, nodeId, decision: 'approved' })
  t.equal(told.seq, undefined, 'to the node alone it has no number')
  t.type((await operator.event('node.pair.resolved')).seq, 'number')
  t.strictSame(await socket.call('node.runnerInventory.update', { workerHost: { enabled: true } }), { nodeId })

  const tools = [{ pluginId: 'p', name: 'look', description: 'Looks.' }]
  t.strictSame(await socket.call('node.pluginTools.update', { tools }), { nodeId, tools })
  const skills = [{ name: 'cook', description: 'Cooks.', content: '# Cook' }]
  t.strictSame(await socket.call('node.skills.update', { skills }), { nodeId, skills })
  const stats = await socket.call('node.event', { event: 'node.host.stats', payloadJSON: '{"load":1}' })
  t.match(stats, { ok: true, event: 'node.host.stats', handled: true })
  t.strictSame(schema.problems('NodeEventResult', stats), [])
  t.match(await socket.call('node.event', { event: 'node.host.stats', payloadJSON: '{' }), { handled: false })
  t.match(await socket.call('node.event', { event: 'unheard.of', payload: 1 }), { ok: true, handled: false })
  t.match(await operator.call('node.list'), {
    nodes: [{ nodeId, nodePluginTools: tools, hostStats: { load: 1 }, pathEnv: '/usr/bin', connectedAtMs: Number }],
  })
  t.strictSame(await operator.call('node.rename', { nodeId, displayName: ' Kitchen ' }), {
    nodeId,
    displayName: 'Kitchen',
  })

  socket.ws.close()
  await socket.end()
  const again = await connectedAs(t, url, { ...node(), device, auth: { deviceToken: hello.auth.deviceToken } })
  t.match(again.hello.auth, { method: 'device-token' })
  t.match(await operator.call('node.describe', { nodeId }), { displayName: 'Kitchen', approvalState: 'approved' })
  t.match(await operator.call('node.pair.list'), { pending: [], paired: [{ nodeId }] })
  again.socket.ws.close()
  await again.socket.end()

  const wider = await connectedAs(t, url, { ...node({ commands: [...host.commands, 'system.notify'] }), device })
  t.match(await operator.call('node.describe', { nodeId }), {
    approvalState: 'pending-approval',
    commands: ['system.run', 'system.which'],
  })
  const { pending } = await operator.call('node.pair.list')
  t.strictSame(await operator.call('node.pair.reject', { requestId: pending[0].requestId }), {
    requestId: pending[0].requestId,
    nodeId,
  })
  t.strictSame(await operator.call('node.pair.remove', { nodeId }), { nodeId })
  t.match(await wider.socket.end(), { code: 4001, reason: 'client invalidated: device removed' })
  t.match(await operator.call('node.list'), { nodes: [] })
  for (const [method, params, message] of [
    ['node.describe', { nodeId }, 'unknown nodeId'],
    ['node.rename', { nodeId, displayName: 'x' }, 'unknown nodeId'],
    ['node.pair.remove', { nodeId }, 'unknown nodeId'],
    ['node.pair.approve', { requestId }, 'unknown requestId'],
    ['node.pair.reject', { requestId }, 'unknown requestId'],
  ] as const) {
    t.match((await operator.request(method, params)).error, { code: 'INVALID_REQUEST', message }, method)
  }
})

t.test('one approval does for the node and for what it brings', async (t) => {
  const gateway = await startGatewayWith(t, { config: config({ autoApproveLocal: false }, { allow: ['file.write'] }) })
  const url = `ws://127.0.0.1:${gateway.port}/`
  const operator = await connected(t, url)
  const device = newDevice()
  const refused = await connectAs(await openSocket(t, url), { ...node(), device })
  t.match(refused.error, { details: { code: 'PAIRING_REQUIRED', reason: 'not-paired', requestedRole: 'node' } })
  const { pending } = await operator.call('node.pair.list')
  t.match(pending, [{ nodeId: device.deviceId, commands: host.commands }])
  t.strictSame(pending[0].requiredApproveScopes, ['operator.pairing', 'operator.admin'])
  const pairing = await connected(t, url, { scopes: ['operator.pairing', 'operator.write'] })
  const { requestId } = pending[0]
  t.match((await pairing.request('node.pair.approve', { requestId })).error, {
    code: 'FORBIDDEN',
    message: 'missing scope: operator.admin',
    details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin' },
  })
  await operator.call('node.pair.approve', { requestId })
  const { socket } = await connectedAs(t, url, { ...node(), device })
  t.match(await operator.call('node.describe', { nodeId: device.deviceId }), {
    approvalState: 'approved',
    commands: host.commands,
  })
  t.match(await operator.call('device.pair.list'), { pending: [], paired: [{ roles: ['node'], scopes: [] }] })
  t.match((await socket.request('node.list', {})).error, { message: 'unauthorized role: node' })
  t.match((await operator.request('node.event', { event: 'x' })).error, { message: 'unauthorized role: operator' })
})
