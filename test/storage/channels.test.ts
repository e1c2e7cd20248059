import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/storage/sqlite.js'

const account = { channel: 'telegram', account: 'default' }

t.test('what begins alike is found together, and nothing of another account', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'test.db'))
  t.teardown(() => store.close())
  const { channels } = store
  for (const key of ['route:b', 'route:a', 'route:世', 'routes', 'other']) await channels.remember(account, key, key)
  await channels.remember({ ...account, account: 'work' }, 'route:c', 'x')
  t.strictSame(await channels.memories(account, 'route:'), ['route:a', 'route:b', 'route:世'])
})

t.test('places that were answered, the last spoken in first; none that was turned away', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'test.db'))
  t.teardown(() => store.close())
  const { channels } = store
  const take = async (messageId: string, place: string, status: 'done' | 'dropped' | undefined, of = account) => {
    await channels.take({ ...of, messageId, place, at: 1, body: '{}', runId: messageId })
    if (status) await channels.end([{ ...of, messageId }], { status, at: 2 }, [])
  }
  await take('1', 'direct:1', 'done')
  await take('2', 'direct:2', 'dropped')
  await take('3', 'group:-3', undefined)
  await take('4', 'direct:1', 'dropped')
  await take('5', 'direct:5', 'done', { ...account, account: 'work' })
  t.strictSame(await channels.places(account, 10), ['group:-3', 'direct:1'])
  t.strictSame(await channels.places(account, 1), ['group:-3'])
})

t.test('dead letters of both directions, the newest first', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'test.db'))
  t.teardown(() => store.close())
  const { channels } = store
  for (const at of [1, 2, 4]) {
    const messageId = String(at)
    await channels.take({ ...account, messageId, place: 'direct:1', at, body: '{}', runId: messageId })
    await channels.end([{ ...account, messageId }], { status: 'dead', at, error: 'old' }, [])
  }
  await channels.put([{ ...account, key: 'sent at 3', place: 'direct:1', body: '{}' }], 3)
  await channels.mark('sent at 3', { status: 'dead', at: 5, error: 'new' })
  const names = (await channels.dead(3)).map((row) => ('key' in row ? row.key : row.messageId))
  t.strictSame(names, ['4', 'sent at 3', '2'])
})
