import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Outbox, outboxRow } from '../../src/channels/deliver/outbox.js'
import { ChannelManager } from '../../src/channels/manager.js'
import { type Account, type Channel, ChannelFailure, type Connection, type Host } from '../../src/channels/port.js'
import { type Clock, systemClock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { until } from '../helper/calls.js'
import { memoryFolder } from '../helper/folder.js'
import { testConfig, testInstance } from '../helper/gateway.js'

type Run = (signal: AbortSignal, host: Host, opened: number) => Promise<void>

const fine: Connection['send'] = async () => ({ id: '1' })
const stopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

/** A manager over a real store, and a channel that a test plays. */
async function stage(t: Test, run: Run, send = fine, clock: Clock = systemClock) {
  const instance = await testInstance(t, testConfig())
  const store = await openSqliteStore(join(memoryFolder(t), 'x.db'))
  const outbox = new Outbox({ store: store.channels, clock, log: silentLogger })
  await outbox.open()
  const quiet = { menu: () => [], receive: async () => {}, recover: async () => {} }
  const manager = new ChannelManager({
    ...{ instance, store, clock, log: silentLogger, outbox, ...quiet },
    config: () => ({}),
  })
  t.teardown(async () => {
    await manager.close()
    await outbox.close()
    await store.close()
  })
  const opened: Account[] = []
  const channel: Channel = {
    ...{ label: 'X', capabilities: { textLimit: 100, counts: 'raw' }, needs: [[]], normaliseId: (text) => text },
    open: (account, host) => {
      const number = opened.push(account)
      return { run: (signal) => run(signal, host, number), send, probe: async () => ({ ok: true }) }
    },
  }
  return { manager, outbox, store, channel, opened }
}

const account = (allowFrom: readonly string[]): Account => ({
  ...{ channel: 'telegram', id: 'default', keys: { allowFrom }, path: 'channels.telegram' },
})

t.test('a message that is written while an account waits for its next try goes out then', async (t) => {
  // Ten minutes are over in half a second.
  const clock: Clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() * 1_000,
    now: () => 1_790_000_000_000 + systemClock.monotonic() * 1_000,
    after: (ms, run) => systemClock.after(ms / 1_000, run),
  }
  let up = true
  const { manager, outbox, store, channel } = await stage(
    t,
    async (signal, host, opened) => {
      host.alive()
      up = opened > 1
      if (!up) throw new ChannelFailure('conflict', 'another program uses this login', 600_000)
      await stopped(signal)
    },
    async () => {
      if (!up) throw new ChannelFailure('network', 'it is not connected')
      return { id: '1' }
    },
    clock,
  )
  await manager.reconcile([{ account: account([]), channel }])
  await until(() => manager.state('telegram', 'default')?.lastError !== undefined)
  const who = { channel: 'telegram', account: 'default' }
  await outbox.put([outboxRow(who, 'k', { kind: 'direct', id: 'Ada' }, { text: 'the answer' })])
  await until(async () => (await store.channels.outbox('k'))?.status !== 'pending')
  await until(async () => (await store.channels.outbox('k'))?.status !== 'sending')
  t.match(await store.channels.outbox('k'), { status: 'sent', attempts: 1 })
})

t.test('a restart beside a change of the config does not bring the old keys back', async (t) => {
  const { manager, channel, opened } = await stage(t, async (signal, host) => {
    host.alive()
    await stopped(signal)
    await new Promise((resolve) => setTimeout(resolve, 50))
  })
  await manager.reconcile([{ account: account(['1', '2']), channel }])
  await until(() => opened.length === 1)
  const both = [manager.restart('telegram', 'default'), manager.reconcile([{ account: account(['1']), channel }])]
  await Promise.all(both)
  await until(() => opened.length === 3)
  t.strictSame(manager.wanted('telegram', 'default')?.account.keys, { allowFrom: ['1'] })
  t.strictSame(opened.at(-1)?.keys, { allowFrom: ['1'] })
})
