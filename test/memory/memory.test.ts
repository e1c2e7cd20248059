import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { systemClock } from '../../src/kernel/clock.js'
import { Memory } from '../../src/memory/memory.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { testFolder } from '../helper/folder.js'

/** For memory that makes no vectors. */
const noModels = {
  catalogOf: () => {
    throw new Error('no model is wanted')
  },
  provider: () => Promise.reject(new Error('no model is wanted')),
}

interface Stage {
  readonly memory: Memory
  readonly home: string
  /** The workspace of the agent `main`. */
  readonly workspace: string
  config: Config
  write(path: string, text: string, agent?: string): void
  /** Paths and lines, the best first. */
  find(query: string, more?: { agent?: string; minScore?: number; maxResults?: number }): Promise<string[]>
}

async function stage(t: Test, files: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const home = testFolder(t)
  const store = await openSqliteStore(join(home, 'state.db'))
  t.teardown(() => store.close())
  const workspaceOf = (agent: string) => join(home, 'workspaces', agent)
  const memory = new Memory({
    store: store.memory,
    clock: systemClock,
    config: () => here.config,
    workspaceOf,
    home,
    ...noModels,
  })
  const here: Stage = {
    memory,
    home,
    workspace: workspaceOf('main'),
    config: {},
    write(path, text, agent = 'main') {
      const full = join(workspaceOf(agent), path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, text)
    },
    async find(query, { agent = 'main', ...more } = {}) {
      const { results } = await memory.search(agent, { query, signal: new AbortController().signal, ...more })
      return results.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`)
    },
  }
  for (const [path, text] of Object.entries(files)) here.write(path, text)
  return here
}

const notes = {
  'MEMORY.md': '# People\n\nAnn likes green tea.\n\n# Servers\n\nThe database runs on host oak, port 5432.\n',
  'memory/projects/atlas.md': '# Atlas\n\nDeployment moved to Friday because of the release freeze.\n',
  'memory/2026-11-03.md': '## 会议\n\n讨论了数据库迁移方案，决定先迁移测试环境。\n\n## 宠物\n\n邻居的猫叫小黑。\n',
  'notes.md': 'The database password is in the safe.\n',
}

t.test('English and Chinese, down to one character', async (t) => {
  const { find } = await stage(t, notes)
  const rows: readonly (readonly [query: string, found: string[]])[] = [
    ['green tea', ['MEMORY.md:1-3']],
    ['What kind of TEA does Ann like?', ['MEMORY.md:1-3']],
    ['deployments', ['memory/projects/atlas.md:1-3']],
    ['atlas friday', ['memory/projects/atlas.md:1-3']],
    ['5432', ['MEMORY.md:5-7']],
    ['servers', ['MEMORY.md:5-7']],
    ['数据库', ['memory/2026-11-03.md:1-3']],
    ['上次会议讨论的数据库迁移方案是什么', ['memory/2026-11-03.md:1-3']],
    ['迁移', ['memory/2026-11-03.md:1-3']],
    ['猫', ['memory/2026-11-03.md:5-7']],
    ['小黑', ['memory/2026-11-03.md:5-7']],
    ['狗', []],
    ['unicorn', []],
    ['?!', []],
    ['"OR" -( NEAR *', []],
  ]
  for (const [query, found] of rows) t.strictSame(await find(query), found, query)
})

t.test('a result says where it is, how good it is, and shows the place', async (t) => {
  const long = Array.from({ length: 60 }, (_, n) => `Line ${n} is about nothing at all.`)
  long[30] = 'The alarm code is kept by Berta.'
  const { memory } = await stage(t, { 'memory/home.md': `# Home\n## Doors\n${long.join('\n')}\n` })
  const { results, mode } = await memory.search('main', {
    query: 'alarm code Berta',
    signal: new AbortController().signal,
  })
  t.equal(mode, 'keyword')
  t.match(results[0], { path: 'memory/home.md', heading: 'Home > Doors', snippet: /alarm code is kept by Berta/ })
  const [first] = results
  if (!first) return t.fail('nothing was found')
  t.ok(first.score > 0.9 && first.score <= 1)
  t.ok(first.startLine <= 33 && first.endLine >= 33)
  t.ok(first.snippet.length < 720)
})

t.test('what holds little of the query is not shown, unless it is asked for', async (t) => {
  const { find } = await stage(t, notes)
  const query = 'zebra giraffe elephant database'
  t.strictSame(await find(query), [])
  t.strictSame(await find(query, { minScore: 0 }), ['MEMORY.md:5-7'])
})

t.test('as many results as wanted', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`memory/n${n}.md`, `kiwi number ${n}`]))
  const here = await stage(t, files)
  t.equal((await here.find('kiwi')).length, 6)
  t.equal((await here.find('kiwi', { maxResults: 2 })).length, 2)
  here.config = { agents: { defaults: { memorySearch: { query: { maxResults: 3 } } } } }
  t.equal((await here.find('kiwi')).length, 3)
})

t.test('of equal notes the younger comes first, but age hides none', async (t) => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const { find } = await stage(t, {
    [`memory/${day(900)}.md`]: 'kiwi bought',
    [`memory/${day(1)}.md`]: 'kiwi bought',
    [`memory/${day(40)}-trip.md`]: 'kiwi bought',
  })
  const paths = (await find('kiwi bought')).map((found) => found.replace(/:.*/, ''))
  t.strictSame(paths, [`memory/${day(1)}.md`, `memory/${day(40)}-trip.md`, `memory/${day(900)}.md`])
})

t.test('the index follows the files', async (t) => {
  const here = await stage(t, { 'memory/a.md': 'kiwi' })
  t.strictSame(await here.find('kiwi'), ['memory/a.md:1-1'])
  here.write('memory/a.md', 'plum')
  t.strictSame(await here.find('kiwi'), [], 'the same size, a moment later')
  t.strictSame(await here.find('plum'), ['memory/a.md:1-1'])
  here.write('MEMORY.md', 'plum too')
  t.strictSame((await here.find('plum')).sort(), ['MEMORY.md:1-1', 'memory/a.md:1-1'])
  rmSync(join(here.workspace, 'memory/a.md'))
  t.strictSame(await here.find('plum'), ['MEMORY.md:1-1'])
  rmSync(here.workspace, { recursive: true })
  t.strictSame(await here.find('plum'), [])
})

t.test('files that did not change are not read again', async (t) => {
  const here = await stage(t, { 'memory/a.md': 'kiwi', 'memory/b.md': 'plum' })
  const old = new Date(Date.now() - 60_000)
  for (const name of ['a', 'b']) utimesSync(join(here.workspace, `memory/${name}.md`), old, old)
  const { signal } = new AbortController()
  t.match(await here.memory.refresh('main', signal), { files: 2, changed: 2, removed: 0, pending: 0 })
  t.match(await here.memory.refresh('main', signal), { files: 2, changed: 0 })
  t.match(await here.memory.refresh('main', signal, true), { files: 2, changed: 2 })
})

t.test('every agent finds its own notes only', async (t) => {
  const here = await stage(t, { 'MEMORY.md': 'kiwi of main' })
  here.write('MEMORY.md', 'kiwi of work', 'work')
  here.write('memory/x.md', 'secret plum', 'work')
  t.strictSame(await here.find('kiwi'), ['MEMORY.md:1-1'])
  t.strictSame(await here.find('kiwi', { agent: 'work' }), ['MEMORY.md:1-1'])
  t.strictSame(await here.find('plum'), [])
  t.equal((await here.memory.read('main', 'MEMORY.md'))?.text, 'kiwi of main')
  t.equal(await here.memory.read('main', 'memory/x.md'), undefined)
  const { results } = await here.memory.search('work', { query: 'kiwi', signal: new AbortController().signal })
  t.match(results, [{ snippet: 'kiwi of work' }])
})

t.test('only memory is memory', async (t) => {
  const here = await stage(t, {
    ...notes,
    'memory/.git/x.md': 'kiwi',
    'memory/data.txt': 'kiwi',
    'memory/node_modules/x.md': 'kiwi',
  })
  const outside = testFolder(t)
  writeFileSync(join(outside, 'secret.md'), 'kiwi secret')
  symlinkSync(join(outside, 'secret.md'), join(here.workspace, 'memory/link.md'))
  symlinkSync(outside, join(here.workspace, 'memory/folder'))
  symlinkSync(join(here.workspace, 'notes.md'), join(here.workspace, 'memory/own.md'))
  t.strictSame(await here.find('kiwi'), [])
  t.strictSame(await here.find('password safe'), [])
  const paths = [
    'notes.md',
    '../main/notes.md',
    'memory/../notes.md',
    'memory/../../../secret.md',
    'memory/link.md',
    'memory/folder/secret.md',
    'memory/own.md',
    'memory/data.txt',
    'memory',
    '.',
    '',
    '/etc/passwd',
    '~/secret.md',
    join(outside, 'secret.md'),
    join(here.workspace, 'notes.md'),
    'memory/a\0.md',
  ]
  for (const path of paths) await t.rejects(here.memory.read('main', path), { code: 'path_outside' }, path)
  t.equal((await here.memory.read('main', join(here.workspace, 'MEMORY.md')))?.path, 'MEMORY.md')
  t.equal((await here.memory.read('main', 'memory/../MEMORY.md'))?.path, 'MEMORY.md')
  t.equal(await here.memory.read('main', 'memory/none.md'), undefined)
  t.equal(await here.memory.read('main', 'memory/none/at/all.md'), undefined)
})

t.test('a memory folder that is a link is not followed', async (t) => {
  const here = await stage(t, { 'AGENTS.md': 'x' })
  const outside = testFolder(t)
  writeFileSync(join(outside, 'MEMORY.md'), 'kiwi secret')
  symlinkSync(outside, join(here.workspace, 'memory'))
  symlinkSync(join(outside, 'MEMORY.md'), join(here.workspace, 'MEMORY.md'))
  const { results, notes } = await here.memory.search('main', { query: 'kiwi', signal: new AbortController().signal })
  t.strictSame(results, [])
  t.match(notes, [/^MEMORY\.md is a link/, /^memory is a link/])
  for (const path of ['MEMORY.md', 'memory/MEMORY.md']) {
    await t.rejects(here.memory.read('main', path), { code: 'path_outside' }, path)
  }
})

t.test('the config adds files and folders', async (t) => {
  const here = await stage(t, { 'MEMORY.md': 'kiwi', 'docs/a.md': 'kiwi docs', 'docs/b.txt': 'kiwi' })
  const outside = testFolder(t)
  writeFileSync(join(outside, 'one.md'), 'kiwi one')
  writeFileSync(join(outside, 'two.md'), 'kiwi two')
  symlinkSync(outside, join(here.home, 'vault'))
  here.config = {
    memory: { search: { extraPaths: ['docs'] } },
    agents: { defaults: { memorySearch: { extraPaths: [join(outside, 'one.md'), 'nowhere'] } } },
  }
  t.strictSame((await here.find('kiwi')).sort(), [`${join(outside, 'one.md')}:1-1`, 'MEMORY.md:1-1', 'docs/a.md:1-1'])
  await t.rejects(here.memory.read('main', join(outside, 'two.md')), { code: 'path_outside' })
  await t.rejects(here.memory.read('main', 'docs/b.txt'), { code: 'path_outside' })
  t.equal((await here.memory.read('main', 'docs/a.md'))?.text, 'kiwi docs')
  const { notes } = await here.memory.search('main', { query: 'kiwi', signal: new AbortController().signal })
  t.match(notes, [/nowhere cannot be read or does not exist/])
  here.config = { agents: { entries: { main: { memorySearch: { extraPaths: ['~/vault'] } } } } }
  t.strictSame((await here.find('kiwi')).sort(), [
    `${join(here.home, 'vault/one.md')}:1-1`,
    `${join(here.home, 'vault/two.md')}:1-1`,
    'MEMORY.md:1-1',
  ])
  t.equal((await here.memory.read('main', '~/vault/two.md'))?.text, 'kiwi two')
})

t.test('files that are too large or no text are left out, with a word on it', async (t) => {
  const here = await stage(t, {
    'memory/a.md': 'kiwi',
    'memory/large.md': 'kiwi '.repeat(120_000),
    'memory/bin.md': 'kiwi\0kiwi',
  })
  const { results, notes } = await here.memory.search('main', { query: 'kiwi', signal: new AbortController().signal })
  t.match(results, [{ path: 'memory/a.md' }])
  t.match(notes, [/large\.md is larger than 512 KB/])
  await t.rejects(here.memory.read('main', 'memory/large.md'), { code: 'file_too_large' })
  await t.rejects(here.memory.read('main', 'memory/bin.md'), { code: 'tool_error' })
})

t.test('memory can be switched off, for one agent too', async (t) => {
  const here = await stage(t, { 'MEMORY.md': 'kiwi' })
  here.write('MEMORY.md', 'kiwi', 'work')
  here.config = {
    memory: { search: { enabled: false } },
    agents: { entries: { work: { memorySearch: { enabled: true } } } },
  }
  await t.rejects(here.find('kiwi'), { code: 'tool_error', message: /Memory is off/ })
  await t.rejects(here.memory.read('main', 'MEMORY.md'), { code: 'tool_error' })
  t.equal((await here.find('kiwi', { agent: 'work' })).length, 1)
})

t.test('a search that nobody waits for ends', async (t) => {
  const here = await stage(t, notes)
  const gone = AbortSignal.abort(new Error('gone'))
  await t.rejects(here.memory.search('main', { query: 'tea', signal: gone }), /gone/)
  t.strictSame(await here.find('green tea'), ['MEMORY.md:1-3'])
})

t.test('what a restart finds is still there', async (t) => {
  const home = testFolder(t)
  const workspace = join(home, 'w')
  mkdirSync(workspace)
  writeFileSync(join(workspace, 'MEMORY.md'), 'kiwi')
  for (const _ of [1, 2]) {
    const store = await openSqliteStore(join(home, 'state.db'))
    const memory = new Memory({
      store: store.memory,
      clock: systemClock,
      config: () => ({}),
      workspaceOf: () => workspace,
      home,
      ...noModels,
    })
    const { results } = await memory.search('main', { query: 'kiwi', signal: new AbortController().signal })
    t.equal(results.length, 1)
    t.strictSame(await store.memory.totals('main'), { files: 1, chunks: 1 })
    await store.memory.forget('main')
    t.strictSame(await store.memory.totals('main'), { files: 0, chunks: 0 })
    await store.close()
  }
})

t.test('notes of other agents change nothing of what a search finds', async (t) => {
  const about = (what: string) =>
    Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`memory/n${i}.md`, `# N${i}\n\nnote number ${i} about ${what}\n`]),
    )
  const s = await stage(t, {
    'memory/a.md': '# A\n\nproject falcon has its office in Oslo\n',
    ...about('project soup'),
  })
  const look = async () => {
    const query = { query: 'falcon soup', minScore: 0, signal: new AbortController().signal }
    return (await s.memory.search('main', query)).results.map(({ path, score }) => [path, score]).slice(0, 3)
  }
  const before = await look()
  for (let i = 0; i < 60; i++) s.write(`memory/b${i}.md`, `# B${i}\n\nthe falcon acquisition ${i}\n`, 'other')
  await s.memory.search('other', { query: 'x', signal: new AbortController().signal })
  t.strictSame(await look(), before)
})
