import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { resolveInstance } from '../../src/instance/resolve.js'
import { readProfiles } from '../../src/setup/profiles.js'
import { testFolder } from '../helper/folder.js'

const at = (home: string, profile?: string, env = {}) =>
  resolveInstance({ flags: profile === undefined ? {} : { profile }, env: { HOME: home, ...env }, cwd: home })

function profile(home: string, folder: string, config?: string): void {
  mkdirSync(join(home, folder))
  if (config !== undefined) writeFileSync(join(home, folder, 'openclaw.json'), config)
}

t.test('every state directory of the home, the default first', async (t) => {
  const home = testFolder(t)
  profile(home, '.openclaw-rescue', '{ gateway: { port: 19789 } }')
  profile(home, '.openclaw', '{}')
  profile(home, '.openclaw-ops')
  writeFileSync(join(home, '.openclaw-ops', 'openclaw.db'), '')
  profile(home, '.openclaw-bad', '{ gateway: { port: 20001, x: 1 } }')
  profile(home, '.openclaw-not a profile', '{}')
  profile(home, 'openclaw', '{}')
  writeFileSync(join(home, '.openclaw-file'), '')
  const found = await readProfiles(await at(home, 'rescue'))
  t.strictSame(
    found.map((one) => [one.profile, one.config, one.port, one.portSource, one.current]),
    [
      ['default', 'valid', 18_789, 'default', false],
      ['bad', 'invalid', 20_001, 'config', false],
      ['ops', 'missing', 55_291, 'derived', false],
      ['rescue', 'valid', 19_789, 'config', true],
    ],
  )
})

t.test('the own profile is listed wherever its state is, and before it has one', async (t) => {
  const home = testFolder(t)
  const [none] = await readProfiles(await at(home))
  t.match(none, { profile: 'default', config: 'missing', current: true })
  const custom = await readProfiles(await at(home, undefined, { OPENCLAW_STATE_DIR: join(home, 'elsewhere') }))
  t.equal(custom[0]?.state, join(home, 'elsewhere'))
})

t.test('a folder that only keeps workspaces, or the locks of a refused start, is no profile', async (t) => {
  const home = testFolder(t)
  profile(home, '.openclaw')
  mkdirSync(join(home, '.openclaw', 'workspace-main'))
  profile(home, '.openclaw-refused')
  mkdirSync(join(home, '.openclaw-refused', 'locks'))
  writeFileSync(join(home, '.openclaw-refused', 'locks', 'state.lock'), '')
  profile(home, '.openclaw-empty')
  const found = await readProfiles(await at(home, 'main'))
  t.strictSame(
    found.map((one) => one.profile),
    ['main'],
  )
})

t.test('a port of the environment is told as such', async (t) => {
  const [own] = await readProfiles(await at(testFolder(t), undefined, { OPENCLAW_GATEWAY_PORT: '4321' }))
  t.match(own, { port: 4321, portSource: 'env' })
})
