import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Outbox, outboxRow } from '../../../src/channels/deliver/outbox.js'
import { ChannelFailure, type Outbound, type Place } from '../../../src/channels/port.js'
import { systemClock } from '../../../src/kernel/clock.js'
import type { Logger } from '../../../src/kernel/logger.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import { until } from '../../helper/calls.js'
import { memoryFolder } from '../../helper/folder.js'

const quiet = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Logger
const who = { channel: 'telegram', account: 'default' }
const ada: Place = { kind: 'direct', id: 'Ada' }
const bob: Place = { kind: 'direct', id: 'Bob' }

type Send = (place: Place, message: Outbound, signal: AbortSignal) => Promise<{ id: string }>

async function stage(t: Test, path = join(memoryFolder(t), 'x.db')) {
  const store = await openSqliteStore(path)
  let now = systemClock.now()
  const clock = { ...systemClock, now: () => now }
  const outbox = new Outbox({ store: store.channels, clock, log: quiet })
  await outbox.open()
  const seen: string[] = []
  const attach = (send: Send, idempotentMs = 0) =>
    outbox.attach('telegram', 'default', {
      connection: {
        send: async (place, message, signal) => {
          const { id } = await send(place, message, signal)
          seen.push(`${place.id}: ${message.text}`)
          return { id }
        },
      },
      capabilities: { idempotentMs },
    })
  const say = (place: Place, key: string, text = key) => outbox.put([outboxRow(who, key, place, { text })])
  const close = async () => {
    await outbox.close()
    await store.close()
  }
  const later = (ms: number) => {
    now += ms
  }
  return { store, outbox, seen, attach, say, close, path, later }
}

const fine: Send = async (_place, { key }) => ({ id: `id-${key}` })

t.test('messages wait for their account, and go out in order within a place', async (t) => {
  const { attach, say, seen, outbox, store, close } = await stage(t)
  for (const key of ['1', '2', '3']) await say(ada, key)
  await say(bob, '4')
  t.strictSame(seen, [])
  attach(fine)
  await outbox.settled()
  t.strictSame(
    seen.filter((line) => line.startsWith('Ada')),
    ['Ada: 1', 'Ada: 2', 'Ada: 3'],
  )
  t.ok(seen.includes('Bob: 4'))
  t.match(await store.channels.outbox('2'), { status: 'sent', messageId: 'id-2', attempts: 1 })
  t.strictSame(await store.channels.unsent(), [])
  await close()
})

t.test('the same answer is written once, and sent once', async (t) => {
  const { attach, say, seen, outbox, close } = await stage(t)
  attach(fine)
  await Promise.all([say(ada, 'same'), say(ada, 'same'), say(ada, 'same')])
  await outbox.settled()
  await say(ada, 'same')
  await outbox.settled()
  t.strictSame(seen, ['Ada: same'])
  await close()
})

t.test('what passes is tried again, a flood when it may; what does not pass is put aside', async (t) => {
  const failures: Record<string, ChannelFailure[]> = {
    net: [new ChannelFailure('network', 'gone', 1), new ChannelFailure('network', 'gone', 1)],
    flood: Array.from({ length: 12 }, () => new ChannelFailure('rate_limit', 'slow down', 1)),
    blocked: [new ChannelFailure('refused', '403 blocked by the user')],
    unclear: [new ChannelFailure('ambiguous', 'cut')],
    never: Array.from({ length: 20 }, () => new ChannelFailure('network', 'gone', 1)),
  }
  const { attach, say, seen, outbox, store, close } = await stage(t)
  attach(async (place, message) => {
    const failure = failures[message.key]?.shift()
    if (failure) throw failure
    return fine(place, message, new AbortController().signal)
  })
  for (const key of Object.keys(failures)) await say({ kind: 'direct', id: key }, key)
  await until(async () => (await store.channels.unsent()).length === 0)
  await outbox.settled()
  t.strictSame(seen.sort(), ['flood: flood', 'net: net'])
  t.match(await store.channels.outbox('blocked'), { status: 'dead', error: /403 blocked/ })
  t.match(await store.channels.outbox('unclear'), { status: 'dead', error: /may have arrived/ })
  t.match(await store.channels.outbox('never'), { status: 'dead', attempts: 8 })
  t.equal((await store.channels.dead(10)).length, 3)
  await close()
})

t.test('a crash while it is sent: put aside, or sent again where the platform still shows it once', async (t) => {
  for (const [idempotentMs, downMs] of [
    [0, 0],
    [60_000, 0],
    [60_000, 120_000],
    // The clock was set back.
    [60_000, -120_000],
    [0, -120_000],
  ] as const) {
    const idempotent = Math.abs(downMs) < idempotentMs
    const first = await stage(t)
    first.attach(() => new Promise(() => {}), idempotentMs)
    await first.say(ada, 'half')
    await first.say(ada, 'next')
    await until(async () => (await first.store.channels.outbox('half'))?.status === 'sending')
    // kill -9: nothing is closed, another process opens the same file.
    const second = await stage(t, first.path)
    second.later(downMs)
    second.attach(fine, idempotentMs)
    await until(async () => (await second.store.channels.unsent()).length === 0)
    t.strictSame(second.seen, idempotent ? ['Ada: half', 'Ada: next'] : ['Ada: next'])
    if (!idempotent) t.match(await second.store.channels.outbox('half'), { status: 'dead', error: /may have arrived/ })
    await second.close()
    await first.store.close()
  }
})

t.test('an answer of hours ago is not sent any more (pain 54)', async (t) => {
  const { attach, say, seen, later, store, close } = await stage(t)
  await say(ada, 'old')
  later(7 * 3_600_000)
  attach(fine)
  await until(async () => (await store.channels.outbox('old'))?.status === 'dead')
  t.strictSame(seen, [])
  await close()
})

t.test('an account that goes away keeps its messages', async (t) => {
  const { attach, say, seen, outbox, close } = await stage(t)
  const detach = attach(fine)
  await say(ada, '1')
  await outbox.settled()
  detach()
  await say(ada, '2')
  t.strictSame(seen, ['Ada: 1'])
  attach(fine)
  await outbox.settled()
  t.strictSame(seen, ['Ada: 1', 'Ada: 2'])
  await close()
})

t.test('regression: a message that is written in the moment in which its lane falls idle goes out', async (t) => {
  const { attach, say, seen, close, outbox } = await stage(t)
  attach(fine)
  // Each distance between the two is some moment of the end of the first.
  for (let ticks = 0; ticks < 40; ticks += 1) {
    const before = seen.length
    await say(ada, `a${ticks}`)
    await say(bob, `b${ticks}`)
    for (let tick = 0; tick < ticks; tick += 1) await undefined
    await say(ada, `c${ticks}`)
    await until(() => seen.length === before + 3)
  }
  await outbox.settled()
  await close()
})

t.test(
  'a message that is on its way when its account goes is given time to arrive, and no other is begun',
  async (t) => {
    const { attach, say, seen, outbox, store, close } = await stage(t)
    const arrive: (() => void)[] = []
    const detach = attach((_place, { key }) => new Promise((sent) => arrive.push(() => sent({ id: key }))))
    await say(ada, '1')
    await say(ada, '2')
    await until(() => arrive.length === 1)
    const gone = detach()
    arrive[0]?.()
    await gone
    t.strictSame(seen, ['Ada: 1'])
    t.match(await store.channels.outbox('1'), { status: 'sent' })
    t.match(await store.channels.outbox('2'), { status: 'pending' })
    attach(fine)
    await outbox.settled()
    t.strictSame(seen, ['Ada: 1', 'Ada: 2'])
    await close()
  },
)

t.test('what does not arrive in that time is cut off', async (t) => {
  const { attach, say, store, close } = await stage(t)
  // The gateway's own timers keep no process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  let begun = false
  const detach = attach((_place, _message, signal) => {
    begun = true
    return new Promise((_, cut) => signal.addEventListener('abort', () => cut(new Error('cut off'))))
  })
  await say(ada, '1')
  await until(() => begun)
  await detach()
  t.match(await store.channels.outbox('1'), { status: 'dead', error: /may have arrived/ })
  await close()
})

/** A chat in which messages can be changed; `failures` are given in turn. */
function changeable() {
  const chat = new Map<string, string>([['p1', 'half of']])
  const failures: ChannelFailure[] = []
  const change = (id: string, text?: string) => {
    const failure = failures.shift()
    if (failure) throw failure
    if (!chat.has(id)) throw new ChannelFailure('refused', 'not found')
    if (text === undefined) chat.delete(id)
    else chat.set(id, text)
  }
  const connection = {
    send: async (_place: Place, { text, key }: Outbound, _signal?: AbortSignal) => {
      chat.set(key, text)
      return { id: key }
    },
    edit: async (_place: Place, id: string, text: string) => change(id, text),
    remove: async (_place: Place, id: string) => change(id),
  }
  return { connection, chat, failures, shown: () => [...chat.values()] }
}

t.test('an answer takes the place of what was shown of it, also on a second try', async (t) => {
  const { outbox, store, close } = await stage(t)
  const { connection, failures, shown } = changeable()
  failures.push(new ChannelFailure('rate_limit', 'slow down', 1), new ChannelFailure('ambiguous', 'cut', 1))
  outbox.attach('telegram', 'default', { connection, capabilities: {} })
  await outbox.put([outboxRow(who, '1', ada, { text: 'half of it' }, 'p1'), outboxRow(who, '2', ada, { text: 'more' })])
  await until(async () => (await store.channels.unsent()).length === 0)
  t.strictSame(shown(), ['half of it', 'more'])
  t.match(await store.channels.outbox('1'), { status: 'sent', messageId: 'p1' })
  await close()
})

t.test('where it cannot, that goes and the answer is sent, once over a crash', async (t) => {
  const first = await stage(t)
  const { connection, chat, failures, shown } = changeable()
  failures.push(new ChannelFailure('refused', 'cannot be edited'))
  let begun = false
  first.outbox.attach('telegram', 'default', {
    connection: {
      ...connection,
      send: (...message) => {
        begun = true
        void connection.send(...message)
        return new Promise(() => {})
      },
    },
    capabilities: {},
  })
  await first.outbox.put([outboxRow(who, '1', ada, { text: 'half of it' }, 'p1')])
  await until(() => begun)
  // kill -9 while it is sent anew: it may have arrived, and it has.
  const second = await stage(t, first.path)
  second.outbox.attach('telegram', 'default', { connection, capabilities: {} })
  await until(async () => (await second.store.channels.unsent()).length === 0)
  t.strictSame(shown(), ['half of it'])
  t.notOk(chat.has('p1'))
  t.match(await second.store.channels.outbox('1'), { status: 'dead', error: /may have arrived/ })
  await second.close()
  await first.store.close()
})

t.test('a file does not fit into a text; without an answer, what was shown goes', async (t) => {
  const { outbox, store, close } = await stage(t)
  const { connection, shown, chat } = changeable()
  chat.set('p2', 'other half')
  outbox.attach('telegram', 'default', { connection, capabilities: {} })
  const file = { kind: 'image', name: 'x.png', mime: 'image/png', path: '/x.png' } as const
  await outbox.put([
    outboxRow(who, '1', ada, { text: 'look', media: [file] }, 'p1'),
    outboxRow(who, '2', ada, undefined, 'p2'),
    outboxRow(who, '3', ada, undefined, 'gone before'),
  ])
  await outbox.settled()
  t.strictSame(shown(), ['look'])
  for (const key of ['1', '2', '3']) t.match(await store.channels.outbox(key), { status: 'sent' })
  await close()
})

t.test('a store that fails for a moment behind a message that was sent does not have it sent again', async (t) => {
  const store = await openSqliteStore(join(memoryFolder(t), 'x.db'))
  let failing = 2
  const channels = {
    ...store.channels,
    mark: async (...[key, change]: Parameters<typeof store.channels.mark>) => {
      if (change.status === 'sending' || failing === 0) return store.channels.mark(key, change)
      failing -= 1
      throw new Error('SQLITE_BUSY')
    },
  }
  const clock = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 50, run) }
  const outbox = new Outbox({ store: channels, clock, log: quiet })
  t.teardown(async () => {
    await outbox.close()
    await store.close()
  })
  await outbox.open()
  const seen: string[] = []
  const send: Send = async (_place, { text }) => ({ id: String(seen.push(text)) })
  outbox.attach('telegram', 'default', { connection: { send }, capabilities: {} })
  await outbox.put([outboxRow(who, 'k', ada, { text: 'once' })])
  await until(async () => (await store.channels.outbox('k'))?.status === 'dead')
  t.strictSame(seen, ['once'])
})

t.test('what was put aside is kept for longer than what was sent', async (t) => {
  const { store, outbox, attach, say, close } = await stage(t)
  attach(async (_place, { key }) => {
    if (key === 'bad') throw new ChannelFailure('refused', 'no')
    return { id: key }
  })
  await say(ada, 'good')
  await say(ada, 'bad')
  await outbox.settled()
  const later = systemClock.now() + 60_000
  await store.channels.prune(later, 0)
  t.equal(await store.channels.outbox('good'), undefined)
  t.match(await store.channels.outbox('bad'), { status: 'dead' })
  await store.channels.prune(later, later)
  t.equal(await store.channels.outbox('bad'), undefined)
  await close()
})
