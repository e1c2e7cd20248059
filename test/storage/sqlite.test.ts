import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { TranscriptAppend, TranscriptBody } from '../../src/storage/types.js'

const say = (role: 'user' | 'assistant', text: string): TranscriptBody => ({
  kind: 'message',
  message: { role, content: [{ type: 'text', text }] },
})
const entry = (sessionKey: string, at: number, ...bodies: TranscriptBody[]): TranscriptAppend => ({
  sessionKey,
  agent: 'main',
  runId: 'r1',
  at,
  bodies,
})

t.test('a transcript keeps its order across appends, groups and a reopen', async (t) => {
  const path = join(t.testdir(), 'state', 'openclaw.db')
  const store = await openSqliteStore(path)
  await Promise.all(Array.from({ length: 50 }, (_, n) => store.transcripts.append(entry('a', n, say('user', `${n}`)))))
  await store.close()
  const again = await openSqliteStore(path)
  t.teardown(() => again.close())
  const read = await again.transcripts.current('a')
  t.strictSame(
    read.map((row) => row.seq),
    Array.from({ length: 50 }, (_, n) => n),
  )
  t.strictSame(read[49]?.body, say('user', '49'))
  t.equal((await again.sessions.get('a'))?.updatedAt, 49)
})

t.test('current starts after the last reset, tail does not', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  t.teardown(() => store.close())
  await store.transcripts.append(
    entry('a', 1, say('user', 'old'), { kind: 'reset', reason: 'test' }, say('user', 'new')),
  )
  t.strictSame(
    (await store.transcripts.current('a')).map((row) => row.body),
    [say('user', 'new')],
  )
  t.equal((await store.transcripts.tail('a', 10)).length, 3)
  t.equal((await store.transcripts.tail('a', 1)).length, 1)
})

t.test('one failing write does not undo its group', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  t.teardown(() => store.close())
  const run = { id: 'r1', sessionKey: 'a', agent: 'main', origin: 'http', model: 'm', at: 1 }
  const [good, bad, later] = await Promise.allSettled([
    store.runs.start(run, entry('a', 1, say('user', 'kept'))),
    store.runs.start(run, entry('a', 1, say('user', 'a second run of the same id'))),
    store.transcripts.append(entry('a', 2, say('assistant', 'also kept'))),
  ])
  t.strictSame([good?.status, bad?.status, later?.status], ['fulfilled', 'rejected', 'fulfilled'])
  t.strictSame(
    (await store.transcripts.current('a')).map((row) => row.seq),
    [0, 1],
  )
})

t.test('runs that a killed process left open are marked interrupted, and what it acknowledged is there', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const child = spawn(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'fixtures', 'writer.ts'), path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [acknowledged] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.match(acknowledged.toString(), /started/)
  const store = await openSqliteStore(path)
  t.teardown(() => store.close())
  t.equal((await store.runs.get('killed'))?.status, 'interrupted')
  t.equal((await store.transcripts.current('a')).length, 1)
})

t.test('nobody else can read the database', async (t) => {
  const folder = join(t.testdir(), 'state')
  const store = await openSqliteStore(join(folder, 'a.db'))
  t.teardown(() => store.close())
  await store.transcripts.append(entry('a', 1, say('user', 'x')))
  for (const name of ['a.db', 'a.db-wal']) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  t.equal(statSync(folder).mode & 0o777, 0o700)
})

t.test('a database of a newer version is refused in words', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const { default: Database } = await import('libsql')
  const raw = new Database(path)
  raw.exec('PRAGMA user_version = 999')
  raw.close()
  await t.rejects(openSqliteStore(path), { code: 'state_unusable', message: /newer version.*update openclaw/ })
})

t.test('a file that is no database, and a folder in its place, are refused in words', async (t) => {
  const folder = t.testdir({ 'a.db': 'this is a text and not a database, long enough to be taken for one', 'b.db': {} })
  for (const name of ['a.db', 'b.db']) {
    const path = join(folder, name)
    await t.rejects(openSqliteStore(path), { code: 'state_unusable', row: { exit: 78 }, message: new RegExp(path) })
  }
})

t.test('after a close the file alone is whole', async (t) => {
  const folder = t.testdir()
  const store = await openSqliteStore(join(folder, 'a.db'))
  await store.transcripts.append(entry('a', 1, say('user', 'kept')))
  await store.close()
  copyFileSync(join(folder, 'a.db'), join(folder, 'copy.db'))
  const copy = await openSqliteStore(join(folder, 'copy.db'))
  t.teardown(() => copy.close())
  t.strictSame(
    (await copy.transcripts.current('a')).map((row) => row.body),
    [say('user', 'kept')],
  )
})

t.test('writes after close are refused', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  await store.close()
  await t.rejects(store.transcripts.append(entry('a', 1, say('user', 'x'))), /closed/)
})
