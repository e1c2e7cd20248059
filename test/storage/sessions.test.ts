import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { SessionEntry } from '../../schemas/session.js'
import { migrations } from '../../src/storage/migrations.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { SessionFilter, Store, TranscriptBody } from '../../src/storage/types.js'

const say = (role: 'user' | 'assistant', text: string): TranscriptBody => ({
  kind: 'message',
  message: { role, content: [{ type: 'text', text }] },
})

async function open(t: Test): Promise<Store> {
  const store = await openSqliteStore(join(t.testdir(), 'a.db'))
  t.teardown(() => store.close())
  return store
}

function add(store: Store, key: string, at: number, ...bodies: TranscriptBody[]) {
  return store.transcripts.append({ sessionKey: key, agent: key.split(':')[1] ?? 'main', runId: 'r', at, bodies })
}

const set = (store: Store, key: string, entry: SessionEntry) =>
  store.sessions.put({ key, agent: key.split(':')[1] ?? 'main', at: 1 }, () => entry)

const keys = async (store: Store, filter: SessionFilter & { limit?: number; offset?: number } = {}) =>
  (await store.sessions.list({ limit: 100, ...filter })).map(({ key }) => key)

t.test('a page is newest first, and its total is kept through every change', async (t) => {
  const store = await open(t)
  for (let n = 0; n < 5; n += 1) await add(store, `agent:main:s${n}`, n, say('user', 'x'))
  await add(store, 'agent:other:a', 9, say('user', 'x'))
  t.strictSame(await keys(store, { limit: 2 }), ['agent:other:a', 'agent:main:s4'])
  t.strictSame(await keys(store, { limit: 2, offset: 2 }), ['agent:main:s3', 'agent:main:s2'])
  t.strictSame(await keys(store, { agent: 'other' }), ['agent:other:a'])
  await set(store, 'agent:main:s4', { archivedAt: 5 })
  await store.sessions.delete('agent:main:s0', { at: 1, reason: 'test' })
  const totals = [{}, { archived: true }, { archived: 'all' }, { agent: 'main' }, { agent: 'main', archived: 'all' }]
  const counted = await Promise.all(totals.map((filter) => store.sessions.count(filter as SessionFilter)))
  t.strictSame(counted, [4, 1, 5, 3, 4])
  t.strictSame(await keys(store, { archived: true }), ['agent:main:s4'])
  t.strictSame(await keys(store, { archived: 'all', limit: 2, offset: 1 }), ['agent:main:s4', 'agent:main:s3'])
  await set(store, 'agent:main:s4', {})
  t.equal(await store.sessions.count(), 5)
})

t.test('filters by label, category, parent, time and words', async (t) => {
  const store = await open(t)
  await add(store, 'agent:main:a', 10, say('user', 'Größe der Kiste'))
  await add(store, 'agent:main:b', 20, say('user', '数据库 索引'))
  await set(store, 'agent:main:c', { label: 'Work', category: 'jobs', parentSessionKey: 'agent:main:a' })
  const cases: [SessionFilter, string[]][] = [
    [{ label: 'Work' }, ['agent:main:c']],
    [{ category: 'jobs' }, ['agent:main:c']],
    [{ parent: 'agent:main:a' }, ['agent:main:c']],
    [{ since: 20 }, ['agent:main:b']],
    [{ search: 'GRÖSSE' }, []],
    [{ search: 'GRÖßE' }, ['agent:main:a']],
    [{ search: '索引' }, ['agent:main:b']],
    [{ search: 'work', archived: 'all' }, ['agent:main:c']],
    [{ search: '%' }, []],
  ]
  for (const [filter, wanted] of cases) {
    t.strictSame(await keys(store, filter), wanted, JSON.stringify(filter))
    t.equal(await store.sessions.count(filter), wanted.length)
  }
  t.strictSame(await store.sessions.categories(), ['jobs'])
})

t.test('title and preview come from the words', async (t) => {
  const store = await open(t)
  await add(store, 'agent:main:a', 1, say('user', `  first\n\nline ${'😀'.repeat(100)}`))
  await add(store, 'agent:main:a', 2, say('assistant', 'answer'), say('user', 'second'))
  const row = await store.sessions.get('agent:main:a')
  t.equal(row?.title, `first line ${'😀'.repeat(48)}…`)
  t.equal(row?.preview, 'second')
  t.equal(row?.entries, 3)
})

t.test('an edit that throws writes nothing; one of a new key makes the session', async (t) => {
  const store = await open(t)
  const place = { key: 'agent:main:a', agent: 'main', at: 7 }
  const refuse = () => {
    throw new Error('no')
  }
  await t.rejects(store.sessions.put(place, refuse), /no/)
  t.equal(await store.sessions.get(place.key), undefined)
  const made = await store.sessions.put(place, () => ({ label: 'a' }))
  t.match(made, { createdAt: 7, updatedAt: 7, entries: 0, entry: { label: 'a' } })
  await t.rejects(store.sessions.put(place, refuse), /no/)
  const both = await Promise.all([
    store.sessions.put(place, (row) => ({ ...row?.entry, color: 'red' })),
    store.sessions.put(place, (row) => ({ ...row?.entry, icon: 'star' })),
  ])
  t.strictSame(both[1]?.entry, { label: 'a', color: 'red', icon: 'star' })
  t.equal((await store.sessions.byId(made.id))?.key, place.key)
})

t.test('a reset begins a new transcript and leaves the old one readable', async (t) => {
  const store = await open(t)
  await add(store, 'agent:main:a', 1, say('user', 'old'))
  await set(store, 'agent:main:a', { label: 'kept' })
  const before = await store.sessions.get('agent:main:a')
  const after = await store.sessions.reset('agent:main:a', { at: 5, reason: 'new' })
  t.not(after?.id, before?.id)
  t.match(after, { previousId: before?.id, entries: 0, startedAt: 5, entry: { label: 'kept' } })
  t.equal(after?.title, undefined)
  t.strictSame(await store.transcripts.current('agent:main:a'), [])
  const page = await store.transcripts.page(before?.id ?? '', { limit: 9, offset: 0 })
  t.strictSame(
    page.entries.map(({ body }) => body),
    [say('user', 'old')],
  )
  t.match(await store.sessions.past('agent:main:a'), [{ id: before?.id, reason: 'new', entries: 1, endedAt: 5 }])
  t.equal(await store.sessions.reset('agent:main:none', { at: 1, reason: 'new' }), undefined)
})

t.test('a deleted session takes its transcripts along, or leaves them readable', async (t) => {
  const store = await open(t)
  const gone = { at: 9, reason: 'deleted' }
  for (const keep of [false, true]) {
    await add(store, 'agent:main:a', 1, say('user', 'old'))
    const first = (await store.sessions.get('agent:main:a'))?.id ?? ''
    await store.sessions.reset('agent:main:a', { at: 2, reason: 'new' })
    await add(store, 'agent:main:a', 3, say('user', 'newer'))
    const second = (await store.sessions.get('agent:main:a'))?.id ?? ''
    t.strictSame(await store.sessions.delete('agent:main:a', { ...gone, keep }), keep ? [second, first] : [])
    for (const id of [first, second]) {
      t.equal((await store.transcripts.page(id, { limit: 9, offset: 0 })).total, keep ? 1 : 0)
    }
    t.equal(await store.sessions.delete('agent:main:a', gone), undefined)
  }
})

t.test('a page of a transcript counts from its end and stops at a reset', async (t) => {
  const store = await open(t)
  await add(store, 'agent:main:a', 1, say('user', 'x'), { kind: 'reset', reason: 'test' })
  for (let n = 0; n < 10; n += 1) await add(store, 'agent:main:a', n, say('user', `${n}`))
  const id = (await store.sessions.get('agent:main:a'))?.id ?? ''
  const seqs = async (limit: number, offset: number) => {
    const { entries, total } = await store.transcripts.page(id, { limit, offset })
    t.equal(total, 10)
    return entries.map(({ seq }) => seq)
  }
  t.strictSame(await seqs(3, 0), [9, 10, 11])
  t.strictSame(await seqs(3, 3), [6, 7, 8])
  t.strictSame(await seqs(5, 8), [2, 3])
  t.strictSame(await seqs(5, 99), [])
  t.equal((await store.transcripts.entry(id, 2))?.seq, 2)
  t.equal(await store.transcripts.entry(id, 99), undefined)
})

t.test('a database of the first version keeps its sessions', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const { default: Database } = await import('libsql')
  const raw = new Database(path)
  raw.exec(`${migrations[0]} PRAGMA user_version = 1;
    INSERT INTO sessions VALUES ('agent:main:a', 'id-1', 'main', 1, 2, 2);
    INSERT INTO transcript VALUES ('id-1', 0, 'r', 1, 'message', '${JSON.stringify(say('user', 'Hello'))}');
    INSERT INTO transcript VALUES ('id-1', 1, 'r', 2, 'message', '${JSON.stringify(say('assistant', 'Hi'))}');
    INSERT INTO runs VALUES ('r', 'agent:main:a', 'main', 'http', 'm', 'running', 1, NULL, '{"input":3,"output":2}', NULL);`)
  raw.close()
  const store = await openSqliteStore(path)
  t.teardown(() => store.close())
  t.match(await store.sessions.get('agent:main:a'), { id: 'id-1', title: 'Hello', preview: 'Hi', entries: 2 })
  t.equal(await store.sessions.count(), 1)
  t.equal((await store.transcripts.current('agent:main:a')).length, 2)
  t.match(await store.runs.get('r'), { status: 'interrupted' })
  t.match(await store.runs.usage({ from: 0, to: 10 }, 0), [{ input: 3, output: 2, errors: 1, day: 0 }])
})
