import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ModelMessage } from '../../schemas/message.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { Appended, RunStart, Store, TranscriptAppend } from '../../src/storage/types.js'

const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })
const start = (id: string, at = 1): RunStart => ({
  id,
  sessionKey: 'a',
  agent: 'main',
  origin: 'ws',
  model: 'm/one',
  at,
})
const accept = (id: string, at = 1) => ({ ...start(id, at), input: user(id) })
const append = (id: string, message: ModelMessage, at = 1): TranscriptAppend => ({
  sessionKey: 'a',
  agent: 'main',
  runId: id,
  at,
  bodies: [{ kind: 'message', message }],
})
const usage = { input: 10, output: 4, cacheRead: 2, reasoning: 0, estimated: false }

async function open(t: Test, path = join(t.testdir(), 'a.db')): Promise<{ store: Store; written: Appended[] }> {
  const written: Appended[] = []
  const store = await openSqliteStore(path, (entries) => written.push(entries))
  t.teardown(() => store.close())
  return { store, written }
}

t.test('an id runs once: accepted, begun, ended, and never again', async (t) => {
  const { store } = await open(t)
  t.equal(await store.runs.accept(accept('r')), undefined)
  t.match(await store.runs.accept(accept('r')), { status: 'queued', sessionKey: 'a' })
  t.match(await store.runs.pending('a', 9), [{ id: 'r', status: 'queued', input: user('r') }])
  t.equal((await store.transcripts.current('a')).length, 0, 'what waits is not in the transcript yet')
  t.match(await store.sessions.get('a'), { entries: 0, interactedAt: 1 }, 'and its session is there')
  await store.runs.start(start('r'), append('r', user('r')))
  t.strictSame(await store.runs.pending('a', 9), [])
  await t.rejects(store.runs.start(start('r'), append('r', user('r'))), /begun before/)
  await store.runs.end({ id: 'r', status: 'ok', at: 5 })
  await store.runs.end({ id: 'r', status: 'error', at: 6 })
  t.match(await store.runs.accept(accept('r')), { status: 'ok', endedAt: 5 })
  t.equal((await store.transcripts.current('a')).length, 1)
})

t.test('a session shows its last run and what it has spent', async (t) => {
  const { store, written } = await open(t)
  await store.runs.start(start('one', 2), append('one', user('hi'), 2))
  t.match(await store.sessions.get('a'), { interactedAt: 2, lastRun: { id: 'one', status: 'running' } })
  const answer: ModelMessage = { role: 'assistant', content: [{ type: 'text', text: 'yes' }] }
  await store.runs.end({ id: 'one', status: 'ok', at: 3, usage, cost: 0.5, append: append('one', answer, 3) })
  await store.runs.start(start('two', 4), append('two', user('more'), 4))
  await store.runs.end({ id: 'two', status: 'error', at: 5, usage, error: 'upstream_error' })
  t.match(await store.sessions.get('a'), {
    updatedAt: 4,
    spent: { input: 20, output: 8, context: 14, cost: 0.5 },
    lastRun: { id: 'two', status: 'error', startedAt: 4, endedAt: 5, error: 'upstream_error' },
  })
  t.strictSame(
    written.map(({ entries }) => entries.map(({ seq, runId }) => [seq, runId])),
    [[[0, 'one']], [[1, 'one']], [[2, 'two']]],
  )
})

t.test('the end of a run does not bring a deleted session back', async (t) => {
  const { store, written } = await open(t)
  await store.runs.start(start('r'), append('r', user('hi')))
  await store.sessions.delete('a', { at: 2, reason: 'deleted' })
  await store.runs.end({ id: 'r', status: 'aborted', at: 3, append: append('r', user('late')) })
  t.equal(await store.sessions.get('a'), undefined)
  t.equal(written.length, 1)
})

t.test('what a crash cut off waiting is shown until the next turn begins', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const { store } = await open(t, path)
  await store.runs.start(start('running', 1), append('running', user('hi')))
  await store.runs.accept(accept('waiting', 2))
  const { store: again } = await open(t, path)
  t.match(await again.sessions.get('a'), { lastRun: { status: 'interrupted', error: 'interrupted' } })
  t.match(await again.runs.accept(accept('waiting')), { status: 'interrupted' })
  await t.rejects(again.runs.start(start('waiting'), append('waiting', user('x'))), /begun before/)
  t.match(await again.runs.pending('a', 9), [{ id: 'waiting', status: 'interrupted', input: user('waiting') }])
  await again.runs.start(start('next', 3), append('next', user('next')))
  t.strictSame(await again.runs.pending('a', 9), [])
})

t.test('a run that another took in ends with it, also in a crash, and never runs again', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const { store, written } = await open(t, path)
  for (const id of ['host', 'guest', 'late']) await store.runs.accept(accept(id))
  await store.runs.start(start('host'), [append('host', user('host')), append('guest', user('guest'))], undefined, [
    'guest',
  ])
  t.match(await store.runs.get('guest'), { status: 'running', joined: 'host', model: 'm/one' })
  await store.runs.join('host', [append('late', user('late'))], ['late'])
  t.strictSame(await store.runs.pending('a', 9), [])
  t.strictSame(
    written.flatMap(({ entries }) => entries.map(({ seq, runId }) => [seq, runId])),
    [
      [0, 'host'],
      [1, 'guest'],
      [2, 'late'],
    ],
  )
  await store.runs.end({ id: 'host', status: 'error', at: 7, error: 'upstream_error', usage })
  for (const id of ['guest', 'late']) {
    t.match(await store.runs.get(id), { status: 'error', endedAt: 7, error: 'upstream_error' })
  }
  t.match(await store.runs.usage({ from: 0, to: 9 }, 0), [{ runs: 1 }])
  for (const id of ['second', 'its guest']) await store.runs.accept(accept(id))
  await store.runs.start(start('second'), append('second', user('x')), undefined, ['its guest'])
  const { store: again } = await open(t, path)
  for (const id of ['second', 'its guest']) {
    t.match(await again.runs.get(id), { status: 'interrupted' })
    await t.rejects(again.runs.start(start(id), append(id, user('x'))), /begun before/)
  }
})

t.test('usage is summed by session, model and day', async (t) => {
  const { store } = await open(t)
  const day = 86_400_000
  for (const [n, at] of [day - 1, day, day + 1].entries()) {
    await store.runs.start(start(`r${n}`, at), append(`r${n}`, user('x'), at))
    await store.runs.end({ id: `r${n}`, status: 'ok', at, usage, ...(n === 0 ? {} : { cost: 1 }) })
  }
  t.match(await store.runs.usage({ from: 0, to: 3 * day }, 0), [
    { sessionKey: 'a', model: 'm/one', day: 0, runs: 1, input: 10, cost: 0, withoutPrice: 1 },
    { day: 1, runs: 2, input: 20, output: 8, cacheRead: 4, cost: 2, withoutPrice: 0 },
  ])
  t.equal((await store.runs.usage({ from: 0, to: 3 * day, sessionKey: 'b' }, 0)).length, 0)
  t.equal((await store.runs.usage({ from: 0, to: 3 * day, agent: 'other' }, 0)).length, 0)
  t.strictSame(
    (await store.runs.usage({ from: 0, to: 3 * day, sessionKey: 'a' }, 1)).map((sum) => [sum.day, sum.runs]),
    [
      [0, 2],
      [1, 1],
    ],
  )
})
