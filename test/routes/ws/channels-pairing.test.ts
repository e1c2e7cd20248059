import t, { type Test } from 'tap'
import { openChatPairingStore } from '../../../src/storage/chat-pairing.js'
import { testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { startGatewayWith } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'

const protocol = new ProtocolSchema()
const channels = { telegram: { enabled: false, name: 'Bots', botToken: '1:secret' } }
const admin = ['operator.admin', 'operator.pairing']

async function world(t: Test, config: object = testConfig({ channels })) {
  const gateway = await startGatewayWith(t, { config })
  // Somebody who writes: through the same database, as an account of a channel would file it.
  const { store, close } = await openChatPairingStore(gateway.instance.paths.database)
  t.teardown(close)
  const ask = (sender: string, code: string) =>
    store.request(
      { channel: 'telegram', account: 'default', sender, name: 'Ann', at: Date.now() },
      { codes: [code], since: Date.now() - 3_600_000, cap: 3 },
    )
  const url = `ws://127.0.0.1:${gateway.port}/`
  const as = (scopes: readonly string[]) => connected(t, url, { scopes })
  return { ask, as, store }
}

t.test('who waits, with what the official package says of it', async (t) => {
  const { ask, as } = await world(t)
  const socket = await as(admin)
  await ask('7', 'K7QXR2MB')
  const list = await socket.call('channels.pairing.list')
  t.strictSame(protocol.problems('ChannelsPairingListResult', list, ['/allowed', '/requests/*/code']), [])
  t.match(list, {
    accounts: [{ channel: 'telegram', channelLabel: 'Telegram', accountId: 'default', accountLabel: 'Bots' }],
    requests: [{ channel: 'telegram', accountId: 'default', code: 'K7QXR2MB', senderId: '7', senderLabel: 'Ann' }],
    allowed: [],
    commandOwnerConfigured: false,
    limits: { pendingPerAccount: 3, ttlMs: 3_600_000 },
  })
  t.notMatch(JSON.stringify(list), /secret/)
  t.strictSame((await socket.call('channels.pairing.list', { channel: 'discord' })).requests, [])
  t.strictSame((await socket.call('channels.pairing.list', { accountId: 'work' })).requests, [])
})

t.test('approved, dismissed, taken back', async (t) => {
  const { ask, as, store } = await world(t)
  const socket = await as(admin)
  await ask('7', 'K7QXR2MB')
  await ask('8', 'K7QXR2MC')
  const { requests } = await socket.call('channels.pairing.list')
  const [ann, bob] = requests
  const which = ({ requestId }: { requestId: string }) => ({ channel: 'telegram', accountId: 'default', requestId })
  const approved = await socket.call('channels.pairing.approve', which(ann))
  t.strictSame(protocol.problems('ChannelsPairingApproveResult', approved), [])
  t.match(approved, { senderId: '7', notification: 'not-requested', commandOwnerBootstrap: 'not-requested' })
  t.strictSame(await store.allowed({ channel: 'telegram', account: 'default' }), ['7'])
  const dismissed = await socket.call('channels.pairing.dismiss', which(bob))
  t.strictSame(protocol.problems('ChannelsPairingDismissResult', dismissed), [])
  t.match(await socket.request('channels.pairing.approve', which(bob)), {
    ok: false,
    error: { message: /profile "default"/ },
  })
  t.match(await socket.request('channels.pairing.approve', { ...which(ann), accountId: 'work' }), { ok: false })
  t.match((await socket.call('channels.pairing.list')).allowed, [{ senderId: '7', senderLabel: 'Ann' }])
  const taken = { channel: 'telegram', accountId: 'default', senderId: '7' }
  t.strictSame(await socket.call('channels.pairing.remove', taken), { removed: true })
  t.strictSame(await socket.call('channels.pairing.remove', taken), { removed: false })
})

t.test('the first one becomes an owner, when an admin says so, and the second does not', async (t) => {
  const { ask, as } = await world(t)
  const socket = await as(admin)
  await ask('7', 'K7QXR2MB')
  await ask('8', 'K7QXR2MC')
  const { requests } = await socket.call('channels.pairing.list')
  const approve = ({ requestId }: { requestId: string }) =>
    socket.call('channels.pairing.approve', {
      ...{ channel: 'telegram', accountId: 'default', requestId },
      ...{ bootstrapCommandOwner: true, notify: true },
    })
  t.match(await approve(requests[0]), { commandOwnerBootstrap: 'configured', notification: 'unsupported' })
  t.match(await socket.call('channels.pairing.list'), { commandOwnerConfigured: true })
  t.match((await socket.call('config.get')).config.commands.ownerAllowFrom, ['telegram:7'])
  t.match(await approve(requests[1]), { commandOwnerBootstrap: 'already-configured' })
  t.match((await socket.call('config.get')).config.commands.ownerAllowFrom, ['telegram:7'])
})

t.test('who may', async (t) => {
  const { ask, as } = await world(t)
  await ask('7', 'K7QXR2MB')
  const reader = await as(['operator.read', 'operator.write'])
  t.match(await reader.request('channels.pairing.list'), { ok: false })
  const pairing = await as(['operator.pairing'])
  const { requests } = await pairing.call('channels.pairing.list')
  const params = { channel: 'telegram', accountId: 'default', requestId: requests[0].requestId }
  t.match(await reader.request('channels.pairing.approve', params), { ok: false })
  t.match(await pairing.request('channels.pairing.approve', { ...params, bootstrapCommandOwner: true }), { ok: false })
  t.match(await pairing.call('channels.pairing.approve', params), { senderId: '7' })
})
