import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { acquireLocks } from '../../src/instance/lock.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import { setUpDev } from '../../src/setup/dev.js'
import { testFolder } from '../helper/folder.js'

const at = (home: string, profile: string, env = {}) =>
  resolveInstance({ flags: { profile }, env: { HOME: home, ...env }, cwd: home })

t.test('a development gateway is made once and then left alone', async (t) => {
  const home = testFolder(t)
  const instance = await at(home, 'dev')
  t.match((await setUpDev(instance)).newToken, /^[0-9a-f]{48}$/)
  const text = readFileSync(instance.paths.config, 'utf8')
  t.match(text, /19001/)
  t.equal((await setUpDev(instance)).newToken, undefined)
  t.equal(readFileSync(instance.paths.config, 'utf8'), text)
})

t.test('reset empties the dev profile', async (t) => {
  const home = testFolder(t)
  const instance = await at(home, 'dev')
  await setUpDev(instance)
  writeFileSync(join(instance.paths.workspace, 'NOTES.md'), 'x')
  writeFileSync(instance.paths.database, 'x')
  t.ok((await setUpDev(instance, { reset: true })).newToken)
  t.notOk(existsSync(join(instance.paths.workspace, 'NOTES.md')))
  t.notOk(existsSync(instance.paths.database))
})

t.test('reset spares what a variable puts elsewhere, and every other profile', async (t) => {
  const home = testFolder(t)
  const project = join(home, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'work.txt'), 'x')
  await setUpDev(await at(home, 'dev', { OPENCLAW_WORKSPACE_DIR: project }), { reset: true })
  t.ok(existsSync(join(project, 'work.txt')))
  await t.rejects(async () => setUpDev(await at(home, 'rescue'), { reset: true }), { code: 'usage' })
})

t.test('reset removes nothing while the gateway runs, nor from a folder that is no state directory', async (t) => {
  const home = testFolder(t)
  const instance = await at(home, 'dev')
  await setUpDev(instance)
  const text = readFileSync(instance.paths.config, 'utf8')
  const held = await acquireLocks(await at(home, 'dev'))
  await t.rejects(setUpDev(instance, { reset: true }), { code: 'lock_held' })
  t.equal(readFileSync(instance.paths.config, 'utf8'), text)
  t.ok(existsSync(instance.paths.workspace))
  held.release()
  t.ok((await setUpDev(instance, { reset: true })).newToken)

  const project = join(home, 'project')
  mkdirSync(join(project, 'credentials'), { recursive: true })
  writeFileSync(join(project, 'credentials', 'mine.txt'), 'x')
  const mistyped = await at(home, 'dev', { OPENCLAW_STATE_DIR: project })
  await t.rejects(setUpDev(mistyped, { reset: true }), { code: 'removal_refused' })
  t.ok(existsSync(join(project, 'credentials', 'mine.txt')))
})
