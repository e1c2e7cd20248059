import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import * as tar from 'tar'
import { readArchive } from '../../src/backup/read.js'
import { testFolder } from '../helper/folder.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

interface Content {
  readonly manifest?: object | string
  readonly files: Readonly<Record<string, string>>
  /** Files that the manifest lists; the same as `files` when not given. */
  readonly listed?: Readonly<Record<string, string>>
}

const row = ([path, text]: [string, string]) => ({ path, size: text.length, sha256: sha256(text), mode: 0o600 })

function manifestFor(files: Readonly<Record<string, string>>, more: object = {}): object {
  const paths = {
    home: '/home/u',
    state: '/home/u/.openclaw',
    config: '/home/u/.openclaw/openclaw.json',
    workspace: '/home/u/w',
  }
  const head = {
    format: 'openclaw-backup',
    schemaVersion: 1,
    createdAt: '2026-11-29T00:00:00Z',
    version: '1',
    profile: 'default',
  }
  return { ...head, scope: 'full', paths, workspaces: [], files: Object.entries(files).map(row), skipped: [], ...more }
}

/** An archive as somebody could make it who wants to do harm. */
async function archiveWith(
  t: Test,
  { files, listed = files, manifest }: Content,
  more: string[] = [],
): Promise<string> {
  const folder = testFolder(t)
  const content = manifest ?? manifestFor(listed)
  writeFileSync(join(folder, 'manifest.json'), typeof content === 'string' ? content : JSON.stringify(content))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const file = join(testFolder(t), 'made.tar.gz')
  const names = ['manifest.json', ...Object.keys(files), ...more]
  await tar.create({ gzip: true, file, cwd: folder, noDirRecurse: true, preservePaths: true }, names)
  return file
}

const good = { 'config/openclaw.json': '{}', 'state/a/b.txt': 'text', 'workspaces/0/AGENTS.md': 'rules' }

t.test('a whole archive is read, and written into a folder when asked', async (t) => {
  const file = await archiveWith(t, { files: good })
  t.match(await readArchive(file), { profile: 'default', files: { length: 3 } })
  const into = testFolder(t)
  await readArchive(file, into)
  t.equal(readFileSync(join(into, 'state', 'a', 'b.txt'), 'utf8'), 'text')
})

const broken: [string, (t: Test) => Promise<string>, RegExp][] = [
  [
    'a byte of a file is another one',
    (t) => archiveWith(t, { files: { 'state/x': 'texT' }, listed: { 'state/x': 'text' } }),
    /is not what its manifest says/,
  ],
  [
    'a file is longer',
    (t) => archiveWith(t, { files: { 'state/x': 'text and more' }, listed: { 'state/x': 'text' } }),
    /another size/,
  ],
  ['a file is missing', (t) => archiveWith(t, { files: {}, listed: { 'state/x': 'text' } }), /state\/x is missing/],
  ['a file is not listed', (t) => archiveWith(t, { files: { 'state/x': 'text' }, listed: {} }), /not in its manifest/],
  [
    'a name leads out',
    (t) => archiveWith(t, { files: {}, listed: { 'state/../../../etc/passwd': 'x' } }),
    /leads out of the archive/,
  ],
  ['a name is absolute', (t) => archiveWith(t, { files: {}, listed: { '/etc/passwd': 'x' } }), /not a relative name/],
  ['a name of Windows', (t) => archiveWith(t, { files: {}, listed: { 'state\\..\\x': 'x' } }), /not a relative name/],
  ['a place of its own', (t) => archiveWith(t, { files: {}, listed: { 'bin/x': 'x' } }), /no place in a profile/],
  [
    'the manifest of somebody else',
    (t) => archiveWith(t, { files: {}, manifest: { format: 'other' } }),
    /not a backup of openclaw/,
  ],
  [
    'a manifest of the future',
    (t) => archiveWith(t, { files: {}, manifest: manifestFor({}, { schemaVersion: 2 }) }),
    /schema 2/,
  ],
  [
    'a profile that is a path',
    (t) => archiveWith(t, { files: {}, manifest: manifestFor({}, { profile: '../x' }) }),
    /manifest is not valid/,
  ],
  ['a manifest that is no JSON', (t) => archiveWith(t, { files: {}, manifest: 'nonsense' }), /cannot be used/],
  [
    'no manifest',
    async (t) => {
      const folder = testFolder(t)
      writeFileSync(join(folder, 'x'), 'x')
      const file = join(testFolder(t), 'x.tar.gz')
      await tar.create({ gzip: true, file, cwd: folder }, ['x'])
      return file
    },
    /does not begin with a manifest/,
  ],
  [
    'a link',
    async (t) => {
      const folder = testFolder(t)
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestFor({ 'state/x': 'text' })))
      mkdirSync(join(folder, 'state'))
      symlinkSync('/etc/passwd', join(folder, 'state', 'x'))
      const file = join(testFolder(t), 'x.tar.gz')
      await tar.create({ gzip: true, file, cwd: folder }, ['manifest.json', 'state/x'])
      return file
    },
    /not a regular file \(SymbolicLink\)/,
  ],
  [
    'twice the same name',
    (t) => archiveWith(t, { files: { 'state/x': 'text' } }, ['state/x']),
    /twice|not a regular file \(Link\)/,
  ],
  [
    'cut',
    async (t) => {
      const file = await archiveWith(t, { files: { 'state/x': 'text'.repeat(50_000) } })
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.subarray(0, bytes.length - 100))
      return file
    },
    /cannot be used/,
  ],
  [
    'no archive at all',
    async (t) => {
      const file = join(testFolder(t), 'x.tar.gz')
      writeFileSync(file, 'hello')
      return file
    },
    /cannot be used/,
  ],
  ['nothing there', async (t) => join(testFolder(t), 'none.tar.gz'), /is not a file/],
]

for (const [name, make, message] of broken) {
  t.test(`refused: ${name}`, async (t) => {
    const file = await make(t)
    const into = testFolder(t)
    await t.rejects(readArchive(file, into), { code: 'backup_invalid', message })
    t.notOk(existsSync(join(into, '..', 'etc')), 'nothing beside the folder')
  })
}
