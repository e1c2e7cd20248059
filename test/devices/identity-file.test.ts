import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { identityOf, newIdentityKey } from '../../src/devices/identity.js'
import { identityPath, openIdentity, readIdentity } from '../../src/devices/identity-file.js'
import { testFolder } from '../helper/folder.js'

t.test('made once, private, and the same ever after', async (t) => {
  const path = identityPath(join(testFolder(t), 'credentials'))
  t.equal(await readIdentity(path), undefined)
  const first = await openIdentity(path)
  const again = await openIdentity(path)
  t.equal(again.deviceId, first.deviceId)
  t.equal(again.derive('a').toString('hex'), first.derive('a').toString('hex'))
  t.not(first.derive('b').toString('hex'), first.derive('a').toString('hex'))
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
})

t.test('many at the same moment get one key, and leave nothing else behind', async (t) => {
  const path = identityPath(join(testFolder(t), 'credentials'))
  const all = await Promise.all(Array.from({ length: 20 }, () => openIdentity(path)))
  t.equal(new Set(all.map(({ deviceId }) => deviceId)).size, 1)
  t.strictSame(readdirSync(join(path, '..')), ['identity.json'])
})

t.test('a file that everybody may read is made private', async (t) => {
  const path = identityPath(testFolder(t))
  await openIdentity(path)
  chmodSync(path, 0o644)
  await readIdentity(path)
  t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('a damaged file is named, not replaced', async (t) => {
  const folder = testFolder(t)
  const [a, b] = [newIdentityKey(), newIdentityKey()]
  const cases: readonly [content: string, words: RegExp][] = [
    ['', /not JSON/],
    ['{}', /holds no key/],
    ['{"key":{"x":"a"}}', /incomplete/],
    [JSON.stringify({ key: { ...a, x: b.x } }), /do not belong together/],
    [JSON.stringify({ key: { ...a, x: 'AAAA' } }), /public key is not valid/],
  ]
  for (const [content, words] of cases) {
    const path = identityPath(folder)
    writeFileSync(path, content)
    await t.rejects(openIdentity(path), { code: 'state_unusable', message: words })
    t.equal(readFileSync(path, 'utf8'), content)
  }
  const asFolder = join(folder, 'folder')
  mkdirSync(asFolder)
  await t.rejects(openIdentity(asFolder), { code: 'state_unusable' })
})

t.test('the private half is not in what others see', async (t) => {
  const key = newIdentityKey()
  const identity = identityOf(key)
  t.notMatch(JSON.stringify(identity), key.d)
})
