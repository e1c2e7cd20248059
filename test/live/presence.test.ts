import t from 'tap'
import { Hub } from '../../src/live/hub.js'
import { Presence } from '../../src/live/presence.js'
import { HandClock } from '../helper/clock.js'
import { testClient, testPeer } from '../helper/peer.js'
import { ProtocolSchema } from '../helper/protocol-schema.js'

const minuteMs = 60_000

function open() {
  const clock = new HandClock()
  const hub = new Hub(clock)
  const presence = new Presence(hub, clock, { host: 'here', version: '1', platform: 'linux' })
  const hosts = () => presence.rows().map(({ host }) => host)
  return { clock, hub, presence, hosts }
}

t.test('pages and nodes are shown while they are connected, others are not', async (t) => {
  const { hub, presence, hosts } = open()
  const page = testPeer('page', { client: testClient('webchat', { displayName: 'Page', timeZone: 'Europe/Berlin' }) })
  const node = testPeer('node', {
    role: 'node',
    scopes: [],
    deviceId: 'd1',
    local: true,
    client: testClient('node', { displayName: 'Phone' }),
  })
  const passing = ['cli', 'backend', 'probe', 'test'].map((mode) => testPeer(mode, { client: testClient(mode) }))
  for (const peer of [page, node, ...passing]) hub.add(peer)
  t.same(hosts(), ['here', 'Phone', 'Page'])
  const [self, phone, shown] = presence.rows()
  t.match(self, { mode: 'gateway', reason: 'self', version: '1' })
  t.match(shown, {
    reason: 'connect',
    mode: 'webchat',
    ip: '192.0.2.1',
    roles: ['operator'],
    scopes: ['operator.read'],
    timeZone: 'Europe/Berlin',
  })
  t.match(phone, { deviceId: 'd1', roles: ['node'] })
  t.notOk(phone && 'ip' in phone, 'this machine has no address to show')
  const protocol = new ProtocolSchema()
  for (const row of presence.rows()) t.strictSame(protocol.problems('PresenceEntry', row), [])
  hub.remove(node)
  t.same(hosts(), ['here', 'Page'])
})

t.test('two sockets of one client are one row, until both are gone', async (t) => {
  const { hub, hosts } = open()
  const client = testClient('ui', { instanceId: 'i1', displayName: 'Tab' })
  const [one, two] = [testPeer('one', { client }), testPeer('two', { client })]
  hub.add(one)
  hub.add(two)
  t.same(hosts(), ['here', 'Tab'])
  hub.remove(one)
  t.same(hosts(), ['here', 'Tab'])
  hub.remove(two)
  t.same(hosts(), ['here'])
})

t.test('changes are counted, and told together', async (t) => {
  const { clock, hub, presence } = open()
  const watcher = testPeer('watcher')
  const blind = testPeer('blind', { scopes: [] })
  hub.add(watcher)
  hub.add(blind)
  for (const name of ['a', 'b', 'c']) hub.add(testPeer(name, { client: testClient('ui') }))
  t.equal(hub.versions.presence, 3)
  t.same(watcher.told, [])
  clock.advance(100)
  t.match(watcher.told, [
    { name: 'presence', payload: { presence: { length: 4 } }, stateVersion: '{"presence":3,"health":0}' },
  ])
  t.same(blind.told, [], 'it needs operator.read')
  hub.remove(watcher)
  clock.advance(10_000)
  t.equal(watcher.told.length, 1)
  presence.report({ host: 'x' })
  presence.close()
  hub.add(watcher)
  clock.advance(10_000)
  t.equal(watcher.told.length, 1, 'nothing after the end')
})

t.test('what a client reports holds for five minutes, or as long as it is connected', async (t) => {
  const { clock, hub, presence, hosts } = open()
  presence.report({ host: 'Laptop', deviceId: 'd2', lastInputSeconds: 4, text: 'Node: Laptop' })
  const phone = testPeer('p', { deviceId: 'd3', client: testClient('node', { displayName: 'Phone' }) })
  hub.add(phone)
  presence.report({ deviceId: 'd3', lastInputSeconds: 9 })
  t.match(presence.rows(), [
    {},
    { host: 'Phone', lastInputSeconds: 9, reason: 'connect' },
    { host: 'Laptop', lastInputSeconds: 4 },
  ])
  clock.advance(5 * minuteMs + 1)
  t.same(hosts(), ['here', 'Phone'])
  presence.report({ text: 'nobody in particular' })
  t.same(hosts(), ['here', 'Phone'])
})

t.test('the number of rows is bounded', async (t) => {
  const { hub, presence, hosts } = open()
  for (let n = 0; n < 500; n += 1) presence.report({ host: `h${n}` })
  for (let n = 0; n < 500; n += 1) hub.add(testPeer(`c${n}`, { client: testClient('ui', { displayName: `c${n}` }) }))
  t.equal(hosts().length, 201)
  t.equal(hosts()[1], 'c499')
  for (let n = 0; n < 500; n += 1) hub.remove(testPeer(`c${n}`, { client: testClient('ui') }))
  t.same(hosts(), ['here'])
})

t.test('the sessions that a page shows are in its row, until it says otherwise', async (t) => {
  const { hub, presence } = open()
  const [page, passing] = [
    testPeer('page', { client: testClient('ui') }),
    testPeer('cli', { client: testClient('cli') }),
  ]
  hub.add(page)
  hub.add(passing)
  presence.watches(page, ['agent:main:main'])
  presence.watches(passing, ['agent:main:main'])
  t.match(presence.rows()[1], { watchedSessions: ['agent:main:main'] })
  t.equal(presence.rows().length, 2)
  presence.watches(page, [])
  t.notOk('watchedSessions' in (presence.rows()[1] ?? {}))
})
