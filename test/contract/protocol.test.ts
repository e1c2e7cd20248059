import t from 'tap'
import { loadMethods } from '../../routes/ws/_table.js'
import { eventScopes } from '../../src/live/event-scopes.js'
import { ProtocolSchema } from '../helper/protocol-schema.js'
import { startGateway } from '../helper/running.js'
import { connected, connectParams, openSocket } from '../helper/socket.js'
import { callAll, calls, needDevices, resultName } from './_calls.js'

/** The published contract of the official gateway against ours: frames, hello, scopes, and the result of every method. */
const schema = new ProtocolSchema()
const { methods, definitions } = schema.published

/** Where our scope is another one than the official package says, and why. */
const otherScopes: Readonly<Record<string, string>> = {
  health: 'any authenticated client may ask, as the official gateway in fact allows (spec/protocol.md 2.9)',
  'doctor.memory.status': 'to look needs read; with index it writes, and spends calls of the embedding model',
}

/** Methods that the official package does not name. */
const ownMethods: readonly string[] = [
  ...['channels.deadLetters', 'channels.pairing.remove', 'channels.resolve', 'secrets.status'],
  'usage.spending',
  ...['directory.self', 'directory.peers', 'directory.groups', 'directory.members'],
]

t.test('scopes are those of the official package', async (t) => {
  const { entries } = await loadMethods()
  const different: string[] = []
  for (const { name, definition } of entries.values()) {
    const official = methods[name]?.scope
    if (official === undefined) {
      if (!ownMethods.includes(name)) different.push(`${name}: unknown to the official package`)
      continue
    }
    const ours = definition.role === 'node' ? 'node' : definition.scopeFor ? 'dynamic' : definition.scope
    if (ours !== official && !(name in otherScopes)) different.push(`${name}: ${ours}, official ${official}`)
  }
  t.strictSame(different, [])
})

t.test('hello-ok and its parts', async (t) => {
  const gateway = await startGateway(t)
  const url = `ws://127.0.0.1:${gateway.port}/`
  const socket = await openSocket(t, url)
  const hello = await socket.call('connect', connectParams())
  t.strictSame(schema.problems('HelloOk', hello, ['/auth/method']), [])
  for (const event of hello.features.events) t.ok(event === 'connect.challenge' || event in eventScopes, event)
  await socket.request('no.such')
  await socket.call('health', { probe: true })
  await socket.event('health')
  for (const frame of socket.frames)
    t.strictSame(schema.problems('GatewayFrame', frame), [], JSON.stringify(frame).slice(0, 200))
})

t.test('the result of every method is what the package says', async (t) => {
  const { entries } = await loadMethods()
  const names = [...entries.values()].filter(({ definition }) => definition.role !== 'node').map(({ name }) => name)
  t.strictSame(
    names.filter((name) => !(name in calls) && !needDevices.includes(name)),
    [],
    'every method is called',
  )
  const gateway = await startGateway(t)
  const socket = await connected(t, `ws://127.0.0.1:${gateway.port}/`, {
    scopes: ['operator.admin', 'operator.approvals', 'operator.questions'],
  })
  const seen = await callAll(socket, names)
  for (const [name, result] of Object.entries(seen)) {
    const { definition = resultName(name), newer, rows } = calls[name] ?? {}
    if (definitions[definition]) t.strictSame(schema.problems(definition, result, newer), [], `${name}: ${definition}`)
    else if (rows) {
      const list: unknown[] = rows.key === '' ? result : result[rows.key]
      t.ok(list.length > 0, `${name} has rows`)
      for (const row of list)
        t.strictSame(schema.problems(rows.definition, row, rows.newer), [], `${name}: ${rows.definition}`)
    } else t.ok(result !== undefined, `${name} answers; the package has no ${definition}`)
  }
})

t.test('events are what the package says', async (t) => {
  const gateway = await startGateway(t)
  const socket = await connected(t, `ws://127.0.0.1:${gateway.port}/`)
  const closing = gateway.close('the test is over')
  t.strictSame(schema.problems('ShutdownEvent', (await socket.event('shutdown')).payload), [])
  await closing
})
