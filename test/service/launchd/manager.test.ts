import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installService, standingOf, uninstallService } from '../../../src/service/apply.js'
import { launchdManager, readState } from '../../../src/service/launchd/manager.js'
import { testFolder } from '../../helper/folder.js'
import { recorded } from '../recorded.js'
import { specOf } from '../specs.js'

/** A launchd that knows one job, as far as these calls go. No macOS is here: the words are those of launchctl(1). */
function launchd(given: { loaded?: boolean; lingers?: number } = {}) {
  const state = { loaded: given.loaded ?? false, lingers: given.lingers ?? 0 }
  const { run, calls } = recorded((line) => {
    const [, verb] = line.split(' ')
    if (verb === 'bootstrap' && state.loaded) return { code: 5, stderr: 'Bootstrap failed: 5: Input/output error' }
    if (verb === 'bootstrap') state.loaded = true
    if (verb === 'bootout' && state.lingers === 0) state.loaded = false
    if (verb === 'print') {
      if (state.lingers > 0 && calls.some((call) => call.includes('bootout'))) {
        state.lingers -= 1
        if (state.lingers === 0) state.loaded = false
      }
      return state.loaded ? { stdout: '\tstate = running\n\tpid = 42\n' } : { code: 113 }
    }
    return undefined
  })
  return { run, calls, changes: () => calls.filter((line) => !line.includes(' print ')) }
}

const label = 'ai.openclaw.rescue'

t.test('install, start, restart, stop, uninstall: what launchctl is called with', async (t) => {
  const home = testFolder(t)
  const { run, changes } = launchd()
  const manager = launchdManager({ run, label, home, uid: 501, pause: async () => {} })
  const spec = await specOf({ kind: 'launchd', profile: 'rescue' })
  const file = join(home, 'Library', 'LaunchAgents', `${label}.plist`)

  t.match(await installService(manager, spec, { force: false }), { before: 'absent', files: [file] })
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(await standingOf(manager, spec), 'same')
  t.match(await manager.state(), { loaded: false, active: 'stopped' })
  await manager.start()
  t.match(await manager.state(), { loaded: true, active: 'running', pid: 42 })
  await manager.start()
  await manager.restart()
  await manager.stop()
  await manager.stop()
  t.equal(await uninstallService(manager, spec.owner, { force: false }), true)
  t.notOk(existsSync(file))
  t.equal(await uninstallService(manager, spec.owner, { force: false }), false)
  t.same(changes(), [
    `launchctl enable gui/501/${label}`,
    `launchctl bootstrap gui/501 ${file}`,
    `launchctl kickstart gui/501/${label}`,
    `launchctl bootout gui/501/${label}`,
    `launchctl bootstrap gui/501 ${file}`,
    `launchctl bootout gui/501/${label}`,
  ])
})

t.test('a job that is not gone at once is waited for, and one that never goes is an error', async (t) => {
  const slow = launchd({ loaded: true, lingers: 3 })
  const common = { label, home: testFolder(t), uid: 501, pause: async () => {} }
  await launchdManager({ ...common, run: slow.run }).restart()
  t.match(slow.changes(), [/bootout/, /bootstrap/])
  const stuck = launchd({ loaded: true, lingers: 1_000_000 })
  await t.rejects(launchdManager({ ...common, run: stuck.run }).stop(), {
    code: 'service_failed',
    message: /still has/,
  })
})

t.test('the profile "gateway" has the label of the default one and does not take it', async (t) => {
  const home = testFolder(t)
  const { run } = launchd()
  const [main, named] = [await specOf({ kind: 'launchd' }), await specOf({ kind: 'launchd', profile: 'gateway' })]
  t.equal(main.names.launchd, named.names.launchd)
  const manager = launchdManager({ run, label: main.names.launchd, home, uid: 501, pause: async () => {} })
  await installService(manager, main, { force: false })
  for (const force of [false, true]) {
    await t.rejects(installService(manager, named, { force }), { code: 'service_conflict', details: { kind: 'other' } })
    await t.rejects(uninstallService(manager, named.owner, { force }), { code: 'service_conflict' })
  }
  t.equal(await standingOf(manager, main), 'same')
})

t.test('an install that launchd refuses leaves nothing, or what was there', async (t) => {
  const home = testFolder(t)
  const absent = recorded((line) => ({ code: line.includes('print') ? 113 : 1, stderr: 'not permitted' }))
  const common = { label, home, uid: 501, pause: async () => {} }
  const refused = launchdManager({ ...common, run: absent.run })
  const spec = await specOf({ kind: 'launchd', profile: 'rescue' })
  const failure = { code: 'service_failed', message: /"launchctl enable .*" failed \(exit code 1\): not permitted/ }
  await t.rejects(installService(refused, spec, { force: false }), failure)
  t.equal(await refused.installed(), undefined)

  const fine = launchd()
  await installService(launchdManager({ ...common, run: fine.run }), spec, { force: false })
  const [file = ''] = refused.paths
  const before = readFileSync(file, 'utf8')
  const newer = await specOf({ kind: 'launchd', profile: 'rescue', node: '/opt/new/node' })
  await t.rejects(installService(refused, newer, { force: true }), { code: 'service_failed' })
  t.equal(readFileSync(file, 'utf8'), before)
})

t.test('what launchctl prints', async (t) => {
  const text = `${label} = {\n\tactive count = 1\n\tstate = not running\n\truns = 3\n\tlast exit code = 1: (unknown)\n}\n`
  t.match(readState(text), { active: 'stopped', pid: undefined, lastExit: 1 })
  t.match(readState('\tstate = spawn scheduled\n'), { active: 'starting', lastExit: undefined })
  t.match(readState('\tstate = running\n\tpid = 4242\n\tlast exit code = (never exited)\n'), {
    active: 'running',
    pid: 4242,
  })
})
