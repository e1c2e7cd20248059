import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openDatabase } from '../../src/storage/database.js'
import { GroupCommit } from '../../src/storage/group-commit.js'

async function open(t: Test) {
  const path = join(t.testdir(), 'a.db')
  const database = await openDatabase(path)
  const commits = new GroupCommit(database, path)
  t.teardown(async () => {
    await commits.close()
    database.close()
  })
  database.exec('CREATE TABLE notes (text TEXT UNIQUE NOT NULL)')
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const count = database.prepare('SELECT count(*) AS total FROM notes')
  const note = (text: string) => commits.write(() => insert.run(text).changes)
  return { database, commits, note, total: () => (count.get() as { total: number }).total }
}

t.test('a full disk fails every write of the group, leaves none hanging, and the next one works', async (t) => {
  const { database, note, total } = await open(t)
  await note('before')
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
  database.exec(`PRAGMA max_page_count = ${pages + 20}`)
  const large = (n: number) => note(`${n} ${'x'.repeat(40_000)}`)
  const results = await Promise.allSettled([note('small'), large(1), large(2), large(3), large(4), note('last')])
  t.match(
    results.find(({ status }) => status === 'rejected'),
    { reason: /full/ },
  )
  const kept = results.filter(({ status }) => status === 'fulfilled').length
  t.equal(total(), 1 + kept, 'what was acknowledged is there, and nothing else')
  database.exec('PRAGMA max_page_count = 1000000')
  t.equal(await note('after'), 1)
})

t.test('a write that fails by itself does not take the others along', async (t) => {
  const { note, total } = await open(t)
  const results = await Promise.allSettled([note('a'), note('a'), note('b')])
  t.strictSame(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.equal(total(), 2)
})

t.test('a transaction that ended under its writers fails them all', async (t) => {
  const { database, commits, note, total } = await open(t)
  const breaking = commits.write(() => {
    database.exec('ROLLBACK')
    throw new Error('the disk is full')
  })
  const results = await Promise.allSettled([note('a'), breaking, note('b')])
  for (const result of results) t.match(result, { status: 'rejected', reason: /the disk is full/ })
  t.equal(total(), 0)
  t.equal(await note('c'), 1)
})

t.test('a database that went away fails writes, not the process', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const database = await openDatabase(path)
  const commits = new GroupCommit(database, path)
  database.close()
  await t.rejects(commits.write(() => 1))
  await t.rejects(commits.write(() => 2))
  await commits.close()
})

t.test('a read sees the writes that were asked for before it', async (t) => {
  const { commits, note, total } = await open(t)
  const writing = note('a')
  t.equal(await commits.read(total), 1)
  await writing
})
