import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openFiles } from '../../../src/tools/_files/open-files.js'
import { testFolder } from '../../helper/folder.js'

function open(t: Parameters<typeof testFolder>[0], folder = join(testFolder(t), 'work')) {
  return { folder, files: openFiles({ root: folder, mounts: [{ at: folder, folder, writable: true }] }) }
}

t.test('writes, reads, moves and removes', async (t) => {
  const { folder, files } = open(t)
  t.equal(await files.stat('a.txt'), undefined, 'a workspace that nobody made yet')
  await t.rejects(files.read('a.txt'), { code: 'file_not_found', message: '"a.txt" does not exist.' })
  await files.write('x/y/a.txt', 'one')
  await files.write(join(folder, 'x', 'y', 'a.txt'), Buffer.from('two'))
  t.equal(String(await files.read('./x/y/../y/a.txt')), 'two')
  t.match(await files.stat('x/y/a.txt'), { kind: 'file', size: 3 })
  t.match(await files.stat('x'), { kind: 'folder' })
  await files.rename('x/y/a.txt', 'z/b.txt')
  t.notOk(existsSync(join(folder, 'x/y/a.txt')))
  await files.write('c.txt', 'c')
  await files.rename('c.txt', 'z/b.txt')
  t.equal(readFileSync(join(folder, 'z/b.txt'), 'utf8'), 'c', 'takes the place of what is there')
  await files.remove('z/b.txt')
  t.strictSame(readdirSync(join(folder, 'z')), [], 'no temporary file stays')
})

t.test('modes stay, new files get the usual one', async (t) => {
  const { folder, files } = open(t)
  await files.write('run.sh', 'a')
  chmodSync(join(folder, 'run.sh'), 0o750)
  await files.write('run.sh', 'b')
  t.equal(statSync(join(folder, 'run.sh')).mode & 0o777, 0o750)
  await files.write('new.txt', 'b')
  t.equal(statSync(join(folder, 'new.txt')).mode & 0o777, 0o666 & ~process.umask())
})

t.test('what is refused, and how', async (t) => {
  const { folder, files } = open(t)
  mkdirSync(join(folder, 'sub'), { recursive: true })
  writeFileSync(join(folder, 'big'), 'x'.repeat(11))
  const cases = [
    { what: () => files.read('big', { maxBytes: 10 }), code: 'file_too_large' },
    { what: () => files.read('sub'), code: 'not_a_file' },
    { what: () => files.read('big/x'), code: 'not_a_file' },
    { what: () => files.write('sub', 'x'), code: 'not_a_file' },
    { what: () => files.write('big/x', 'x'), code: 'not_a_file' },
    { what: () => files.write('.', 'x'), code: 'not_a_file' },
    { what: () => files.write('n'.repeat(300), 'x'), code: 'not_a_file' },
    { what: () => files.remove('sub'), code: 'not_a_file' },
    { what: () => files.remove('none'), code: 'file_not_found' },
    { what: () => files.remove('no/such'), code: 'file_not_found' },
    { what: () => files.rename('none', 'b'), code: 'file_not_found' },
    { what: () => files.rename('no/such', 'b'), code: 'file_not_found' },
    { what: () => files.rename('big', 'sub'), code: 'not_a_file' },
  ]
  for (const { what, code } of cases) await t.rejects(async () => void (await what()), { code }, String(what))
  t.equal((await files.read('big', { maxBytes: 11 })).length, 11)
  t.strictSame(readdirSync(folder).sort(), ['big', 'sub'], 'nothing was made on the way')
})

t.test('a file that hides its size is bounded too', { skip: process.platform !== 'linux' }, async (t) => {
  const files = openFiles({ root: '/proc', mounts: [{ at: '/proc', folder: '/proc', writable: false }] })
  t.equal((await files.stat('self/status'))?.size, 0)
  await t.rejects(files.read('self/status', { maxBytes: 100 }), { code: 'file_too_large' })
  t.match(String(await files.read('self/status')), /^Name:/)
})

t.test('writers side by side leave one of their files whole', async (t) => {
  const { folder, files } = open(t)
  const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(50_000))
  await Promise.all(texts.map((text) => files.write('one.txt', text)))
  t.ok(texts.includes(readFileSync(join(folder, 'one.txt'), 'utf8')))
  t.strictSame(readdirSync(folder), ['one.txt'])
})
