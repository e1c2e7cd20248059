import { spawnSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testFolder } from '../../helper/folder.js'
import { askAll, askOne } from '../ask.js'

type Settings = { mode?: 'json' | 'singleValue'; maxBytes?: number; timeoutMs?: number }
const provider = (path: string, more: Settings = {}) => ({
  providers: { f: { source: 'file' as const, path, ...more } },
})
const ref = (id: string) => ({ source: 'file' as const, provider: 'f', id })

t.test('JSON pointers', async (t) => {
  const path = join(testFolder(t), 'secrets.json')
  const value = { a: { b: 'deep' }, 'x/y': 's', 'm~n': 't', list: ['zero', 'one'], number: 7, none: null }
  writeFileSync(path, `\uFEFF${JSON.stringify(value)}`, { mode: 0o600 })
  const ids = ['/a/b', '/x~1y', '/m~0n', '/list/1', '/number']
  t.strictSame(await askAll(ids.map(ref), { secrets: provider(path) }), ['deep', 's', 't', 'one', 7])
  for (const id of ['/a/c', '/list/01', '/list/-1', '/list/2', '/__proto__', '/constructor', '/a/b/c']) {
    t.match(await askOne(ref(id), { secrets: provider(path) }), ['SECRET_REF_NOT_FOUND', /nothing at this pointer/], id)
  }
  t.match(await askOne(ref('value'), { secrets: provider(path) }), ['SECRET_REF_INVALID', /reads JSON/])
})

t.test('a file that is one value', async (t) => {
  const path = join(testFolder(t), 'secret.txt')
  const secrets = provider(path, { mode: 'singleValue' })
  for (const [text, value] of [
    ['plain', 'plain'],
    ['one newline\n', 'one newline'],
    ['two\n\n', 'two\n'],
    ['dos\r\n', 'dos'],
    ['\uFEFFmarked', 'marked'],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 })
    t.equal(await askOne(ref('value'), { secrets }), value)
  }
  t.match(await askOne(ref('/a'), { secrets }), ['SECRET_REF_INVALID', /singleValue/])
})

t.test('~ is the home of the instance', async (t) => {
  const home = testFolder(t)
  writeFileSync(join(home, 's.txt'), 'at home', { mode: 0o600 })
  t.equal(await askOne(ref('value'), { home, secrets: provider('~/s.txt', { mode: 'singleValue' }) }), 'at home')
})

t.test('files that others could have touched are not read', async (t) => {
  const folder = testFolder(t)
  const path = join(folder, 'secrets.json')
  writeFileSync(path, '{"a":"hidden-value"}', { mode: 0o600 })
  const look = (file = path, more: Settings = {}) => askOne(ref('/a'), { secrets: provider(file, more) })
  t.equal(await look(), 'hidden-value')
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o660]) {
    chmodSync(path, mode)
    t.match(await look(), ['SECRET_REF_POLICY_DENIED', /permissions that are too open/], mode.toString(8))
  }
  chmodSync(path, 0o400)
  t.equal(await look(), 'hidden-value')
  symlinkSync(path, join(folder, 'link.json'))
  t.match(await look(join(folder, 'link.json')), ['SECRET_REF_POLICY_DENIED', /symbolic link/])
  mkdirSync(join(folder, 'dir'))
  t.match(await look(join(folder, 'dir')), ['SECRET_REF_POLICY_DENIED', /not a regular file/])
  linkSync(path, join(folder, 'second.json'))
  t.match(await look(), ['SECRET_REF_POLICY_DENIED', /more than one hard link/])
})

t.test('a pipe in place of a file does not hold the gateway up', async (t) => {
  const path = join(testFolder(t), 'pipe')
  t.equal(spawnSync('mkfifo', ['-m', '600', path]).status, 0)
  t.match(await askOne(ref('/a'), { secrets: provider(path) }), ['SECRET_REF_POLICY_DENIED', /not a regular file/])
})

t.test(
  'a file of another user is not read',
  { skip: process.getuid?.() !== 0 && 'only root can give files away' },
  async (t) => {
    const path = join(testFolder(t), 'secrets.json')
    writeFileSync(path, '{"a":"x"}', { mode: 0o600 })
    const { chownSync } = await import('node:fs')
    chownSync(path, 12_345, 12_345)
    t.match(await askOne(ref('/a'), { secrets: provider(path) }), ['SECRET_REF_POLICY_DENIED', /another user/])
  },
)

t.test('what is in a broken file is not told', async (t) => {
  const path = join(testFolder(t), 'secrets.json')
  for (const [text, words] of [
    ['{"a": "hidden-value', /not valid JSON/],
    ['["hidden-value"]', /not a JSON object/],
    ['"hidden-value"', /not a JSON object/],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 })
    const found = await askOne(ref('/a'), { secrets: provider(path) })
    t.match(found, ['SECRET_REF_PROVIDER_CONTRACT', words])
    t.notMatch(JSON.stringify(found), /hidden-value/)
  }
  writeFileSync(path, JSON.stringify({ a: 'x'.repeat(100) }), { mode: 0o600 })
  t.match(await askOne(ref('/a'), { secrets: provider(path, { maxBytes: 50 }) }), [
    'SECRET_PROVIDER_INVALID',
    /maxBytes/,
  ])
})

t.test('paths that lead nowhere', async (t) => {
  t.match(await askOne(ref('/a'), { secrets: provider('/nowhere/at/all') }), [
    'SECRET_PROVIDER_UNAVAILABLE',
    /no such file/,
  ])
  t.match(await askOne(ref('/a'), { secrets: provider('relative.json') }), ['SECRET_PROVIDER_INVALID', /absolute/])
})
