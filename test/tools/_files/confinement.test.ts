import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hostFiles } from '../../../src/tools/_files/host-files.js'
import { openFiles } from '../../../src/tools/_files/open-files.js'
import type { ToolFiles } from '../../../src/tools/_types.js'
import { testFolder } from '../../helper/folder.js'

const secret = 'the secret outside'

/** A workspace full of traps, beside a folder that must stay untouched. */
function makeTraps(t: Tap.Test): { outside: string; inside: string; files: ToolFiles } {
  const root = testFolder(t)
  const inside = join(root, 'work')
  const outside = join(root, 'work-other')
  mkdirSync(join(inside, 'sub', 'deep'), { recursive: true })
  mkdirSync(join(outside, 'folder'), { recursive: true })
  writeFileSync(join(outside, 'secret.txt'), secret)
  writeFileSync(join(inside, 'own.txt'), 'mine')
  const link = (to: string, at: string) => symlinkSync(to, join(inside, at))
  link(outside, 'absolute-folder')
  link('../work-other', 'relative-folder')
  link(join(outside, 'secret.txt'), 'absolute-file')
  link('../../work-other/secret.txt', 'sub/relative-file')
  link('../absolute-folder', 'sub/link-to-link')
  link(join(outside, 'not-there.txt'), 'dangling')
  link('../work-other/new/folder', 'dangling-folder')
  link('loop-b', 'loop-a')
  link('loop-a', 'loop-b')
  link('/', 'slash')
  link('/proc/self/root', 'proc-root')
  link('/proc/self/cwd', 'proc-cwd')
  link('..', 'up')
  execFileSync('mkfifo', [join(inside, 'pipe')])
  return {
    outside,
    inside,
    files: openFiles({ root: inside, mounts: [{ at: inside, folder: inside, writable: true }] }),
  }
}

declare namespace Tap {
  type Test = Parameters<typeof testFolder>[0]
}

/** Each names a file outside, one way or another. `%` is the folder outside, `@` the workspace. */
const ways: readonly string[] = [
  '../work-other/secret.txt',
  './../work-other/secret.txt',
  'sub/../../work-other/secret.txt',
  'sub/deep/../../../work-other/secret.txt',
  '..//..///work-other/../work-other/secret.txt',
  'not-there/../../work-other/secret.txt',
  'own.txt/../../work-other/secret.txt',
  '@/../work-other/secret.txt',
  '@-other/secret.txt',
  '@/sub/../../work-other/secret.txt',
  '%/secret.txt',
  '/%/secret.txt',
  '%/./folder/../secret.txt',
  'absolute-folder/secret.txt',
  'relative-folder/secret.txt',
  'sub/../absolute-folder/secret.txt',
  'absolute-folder/folder/../secret.txt',
  'absolute-file',
  'sub/relative-file',
  'sub/link-to-link/secret.txt',
  'slash/%/secret.txt',
  'proc-root/%/secret.txt',
  'up/work-other/secret.txt',
  'up/work/up/work-other/secret.txt',
  '/proc/self/root/%/secret.txt',
  'absolute-folder/../work-other/secret.txt/../../work-other/secret.txt',
]
/** What leads to no file that anybody may have. */
const nonsense: readonly string[] = [
  'own.txt\0/../../work-other/secret.txt',
  '\0',
  'loop-a',
  'loop-a/secret.txt',
  'dangling',
  'dangling-folder',
  'dangling-folder/secret.txt',
  '/etc/passwd',
  '/dev/zero',
  '/proc/self/environ',
  'proc-cwd/package.json',
  '~/secret.txt',
  'file://%/secret.txt',
  '..',
  '.',
  '/',
  '',
  'sub',
  'pipe',
  'own.txt/x',
  '%2e%2e/work-other/secret.txt',
  '..\\work-other\\secret.txt',
]
const refusals = /^(path_outside|file_not_found|not_a_file)$/

t.test(`${ways.length + nonsense.length} ways out, all of them closed`, async (t) => {
  for (const way of [...ways, ...nonsense]) {
    await t.test(JSON.stringify(way), async (t) => {
      const { outside, inside, files } = makeTraps(t)
      const path = way.replaceAll('%', outside).replace('@', inside)
      const before = contentOf(outside)
      await t.rejects(files.read(path), { code: refusals }, 'read')
      const unchanged = (what: string) => t.strictSame(contentOf(outside), before, what)
      if (ways.includes(way)) {
        const seen = await files.stat(path).catch((error: { code: string }) => error.code)
        t.ok(seen === undefined || seen === 'path_outside', 'stat')
      }
      await files.rename('own.txt', path).catch(() => {})
      unchanged('moved there')
      await files.rename(path, 'taken.txt').catch(() => {})
      unchanged('moved from there')
      const taken = await files.read('taken.txt').catch(() => undefined)
      t.ok(taken === undefined || String(taken) === 'mine', 'nothing came in')
      await files.write(path, 'overwritten').catch(() => {})
      unchanged('write')
      await files.remove(path).catch(() => {})
      unchanged('remove')
    })
  }
})

t.test('a link that is replaced is replaced itself, not what it leads to', async (t) => {
  const { inside, files } = makeTraps(t)
  symlinkSync('own.txt', join(inside, 'alias'))
  await files.write('alias', 'new')
  t.equal(readFileSync(join(inside, 'own.txt'), 'utf8'), 'new', 'a link inside is followed')
  await files.remove('alias')
  t.ok(existsSync(join(inside, 'own.txt')))
})

t.test('a hard link to a file outside is cut by a write, not written through', async (t) => {
  const { outside, inside, files } = makeTraps(t)
  linkSync(join(outside, 'secret.txt'), join(inside, 'hard'))
  await files.write('hard', 'changed')
  t.equal(readFileSync(join(outside, 'secret.txt'), 'utf8'), secret)
  t.equal(readFileSync(join(inside, 'hard'), 'utf8'), 'changed')
})

t.test('mounts: what is read-only, what lies inside of another', async (t) => {
  const root = testFolder(t)
  for (const name of ['private', 'agent', 'agent/inner']) mkdirSync(join(root, name), { recursive: true })
  writeFileSync(join(root, 'agent', 'a.txt'), 'a')
  symlinkSync('../agent/a.txt', join(root, 'private', 'to-agent'))
  const files = openFiles({
    root: '/workspace',
    mounts: [
      { at: '/workspace', folder: join(root, 'private'), writable: true },
      { at: '/agent', folder: join(root, 'agent'), writable: false },
    ],
  })
  await files.write('b.txt', 'b')
  await files.write('/workspace/new/c.txt', 'c')
  t.equal(readFileSync(join(root, 'private', 'new', 'c.txt'), 'utf8'), 'c')
  t.equal(String(await files.read('/agent/a.txt')), 'a')
  t.equal(String(await files.read('to-agent')), 'a', 'a link from one mount into another')
  for (const path of ['/agent/a.txt', '/agent/new.txt', '/agent/x/y.txt', 'to-agent', '../agent/a.txt']) {
    await t.rejects(files.write(path, 'no'), { code: 'path_read_only' }, path)
  }
  await t.rejects(files.remove('/agent/a.txt'), { code: 'path_read_only' })
  await t.rejects(files.rename('/agent/a.txt', 'mine.txt'), { code: 'path_read_only' })
  await t.rejects(files.rename('b.txt', '/agent/b.txt'), { code: 'path_read_only' })
  await t.rejects(files.read(join(root, 'agent', 'a.txt')), { code: 'path_outside' }, 'its name on this machine')
  await t.rejects(files.read('/workspace-2/b.txt'), { code: 'path_outside' })
  t.notOk(existsSync(join(root, 'agent', 'x')), 'no folder was made on the way')
})

t.test('secrets of gateways stay closed where the whole disk is open', async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const other = join(home, '.openclaw-rescue')
  for (const folder of [
    join(state, 'workspace'),
    join(state, 'credentials'),
    join(state, 'skills'),
    other,
    join(home, 'code'),
    join(home, '.config', 'openclaw'),
  ])
    mkdirSync(folder, { recursive: true })
  const write = (path: string) => writeFileSync(path, secret)
  const closed = [
    join(state, 'openclaw.json'),
    join(state, 'openclaw.json.bak'),
    join(state, 'credentials', 'x.json'),
    join(other, 'openclaw.json'),
    join(home, 'elsewhere.json'),
    join(home, '.env'),
    join(home, '.config', 'openclaw', 'gateway.env'),
  ]
  const open = [
    join(state, 'workspace', 'notes.md'),
    join(state, 'skills', 'SKILL.md'),
    join(home, 'code', 'a.ts'),
    join(home, '.openclawish'),
    join(home, 'code', '.env'),
  ]
  for (const path of [...closed, ...open]) write(path)
  symlinkSync(state, join(home, 'code', 'link'))
  const at = (workspace: string) =>
    hostFiles({ paths: { home, state, config: join(home, 'elsewhere.json') }, workspace, workspaceOnly: false })
  for (const workspace of [join(state, 'workspace'), join(home, 'code'), home, '/']) {
    const files = await at(workspace)
    for (const path of [...closed, join(home, 'code', 'link', 'openclaw.json'), '~/.openclaw/openclaw.json']) {
      await t.rejects(files.read(path), { code: 'path_outside' }, `${workspace}: ${path}`)
      await t.rejects(files.write(path, 'x'), { code: 'path_outside' }, `${workspace}: write ${path}`)
    }
    for (const path of open.slice(1)) t.equal(String(await files.read(path)), secret, `${workspace}: ${path}`)
  }
  const files = await at(join(state, 'workspace'))
  t.equal(String(await files.read('notes.md')), secret)
  await t.rejects((await at(join(home, 'code'))).read(open[0] ?? ''), { code: 'path_outside' }, 'of another agent')
})

t.test(
  'issue-4-proc-environ: what the kernel tells of processes stays closed',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const home = testFolder(t)
    const workspace = join(home, 'code')
    mkdirSync(workspace)
    const state = join(home, '.openclaw')
    const paths = { home, state, config: join(state, 'openclaw.json') }
    const files = await hostFiles({ paths, workspace, workspaceOnly: false })
    symlinkSync('/proc/self', join(workspace, 'me'))
    const { pid } = process
    for (const path of [
      '/proc/self/environ',
      '/proc/thread-self/environ',
      `/proc/${pid}/environ`,
      `/proc/${pid}/task/${pid}/environ`,
      '/proc/self/cmdline',
      '/proc/self/mem',
      '/proc/../proc/self/./environ',
      '/proc/self/root/proc/self/environ',
      'me/environ',
      '/dev/../proc/self/environ',
    ])
      await t.rejects(files.read(path), { code: 'path_outside' }, path)
    t.match(String(await files.read('/proc/meminfo')), /MemTotal/, 'of the machine it may tell')
  },
)

/** Every file below a folder with its content, links as links. */
function contentOf(folder: string): string {
  return execFileSync('sh', ['-c', 'find . | sort; find . -type f -exec cat {} +'], { cwd: folder, encoding: 'utf8' })
}
