import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Outbox } from '../../src/channels/deliver/outbox.js'
import { Intake } from '../../src/channels/intake.js'
import type { IntakeOptions } from '../../src/channels/intake-types.js'
import type { Account, Inbound } from '../../src/channels/port.js'
import { systemClock } from '../../src/kernel/clock.js'
import type { Logger } from '../../src/kernel/logger.js'
import { Stop } from '../../src/kernel/stop.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { RunRow, Store } from '../../src/storage/types.js'
import { until } from '../helper/calls.js'
import { memoryFolder } from '../helper/folder.js'

const quiet = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Logger
const account: Account = { channel: 'telegram', id: 'default', keys: {}, path: 'channels.telegram' }
const message = (id: string): Inbound => ({
  ...{ id, at: 1, place: { kind: 'direct', id: 'ada' }, sender: { id: 'ada' }, text: id },
})
const admitted = {
  kind: 'admit',
  agent: 'main',
  sessionKey: 'agent:main:main',
  caller: { owner: true },
  mentioned: true,
  route: false,
} as const

/** The intake over a real store; turns are only noted. */
async function stage(t: Test, more: Partial<IntakeOptions> = {}, change: (store: Store) => Store = (store) => store) {
  const store = await openSqliteStore(join(memoryFolder(t), 'x.db'))
  const outbox = new Outbox({ store: store.channels, clock: systemClock, log: quiet })
  const said: string[] = []
  const intake = new Intake({
    ...{ store: change(store), clock: systemClock, log: quiet, stopping: new Stop(), outbox },
    gate: async () => admitted,
    quiet: () => 0,
    say: async ({ runId, content }) => {
      said.push(content.map((part) => (part.type === 'text' ? part.text : '')).join(''))
      const name = { key: 'agent:main:main', agent: 'main' }
      return { ...name, runId, status: 'started', done: Promise.resolve({ type: 'aborted', partial: '' }) }
    },
    answer: async () => undefined,
    content: async (_account, { text }) => [{ type: 'text', text }],
    shape: async (_account, _message, { text }) => (text === '' ? [] : [{ text }]),
    working: () => ({ end: async () => ({}), answered() {} }),
    spokenTo: async () => {},
    ...more,
  })
  t.teardown(async () => {
    await intake.close()
    await outbox.close()
    await store.close()
  })
  const earlier = (id: string) =>
    store.channels.take({
      ...{ channel: 'telegram', account: 'default', messageId: id, place: 'direct:ada', at: 1 },
      ...{ body: JSON.stringify(message(id)), runId: `run-${id}` },
    })
  return { store, intake, said, earlier }
}

t.test('a message that comes while those of an earlier start are taken up is answered after them', async (t) => {
  let go = () => {}
  const held = new Promise<void>((resolve) => {
    go = resolve
  })
  const { intake, said, earlier, store } = await stage(t, {}, (real) => ({
    ...real,
    channels: {
      ...real.channels,
      open: async () => {
        const rows = await real.channels.open()
        await held
        return rows
      },
    },
  }))
  await earlier('first')
  await earlier('second')
  const recovered = intake.recover(account)
  await intake.receive(account, message('third'))
  t.equal((await store.channels.open()).length, 3, 'it is on disk')
  t.strictSame(said, [], 'and waits')
  go()
  await recovered
  await until(() => said.length === 3)
  t.strictSame(said, ['first', 'second', 'third'])
})

t.test('a turn that failed before a crash is told after it; one that somebody ended is not', async (t) => {
  for (const [error, stopReason, words] of [
    ['upstream_auth_failed', undefined, /^⚠️ The model provider refused its key/],
    ['a_code_of_another_version', undefined, /^⚠️ /],
    ['aborted', 'aborted', undefined],
  ] as const) {
    const times = { runId: 'run-m', startedAt: 1, endedAt: 2 }
    const outcome = { ...times, status: 'error' as const, error, ...(stopReason && { stopReason }) }
    const run = { id: 'run-m', status: 'error', joined: undefined } as RunRow
    const { intake, earlier, store, said } = await stage(
      t,
      {
        answer: async () => ({
          ...{ outcome, text: '', model: '', sessionId: undefined, stopReason: undefined, usage: undefined },
        }),
      },
      (real) => ({ ...real, runs: { ...real.runs, get: async () => run } }),
    )
    await earlier('m')
    await intake.recover(account)
    await until(async () => (await store.channels.open()).length === 0)
    const letters = (await store.channels.unsent()).map(({ body }) => JSON.parse(body).message.text)
    if (words) t.match(letters, [words])
    else t.strictSame(letters, [])
    t.strictSame(said, [], 'no turn runs again')
  }
})
