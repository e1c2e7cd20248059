import t from 'tap'
import { findManager } from '../../../src/service/find.js'
import { readState, systemdManager } from '../../../src/service/systemd/manager.js'
import { recorded } from '../recorded.js'
import { instanceOf, specOf } from '../specs.js'

const host = { platform: 'linux', osHome: '/home/u', uid: 1000 } as const

t.test('what systemctl shows', async (t) => {
  const show = (state: string, more = '') => readState(`LoadState=loaded\nActiveState=${state}\n${more}`)
  t.match(show('active', 'UnitFileState=enabled\nMainPID=42\n'), {
    loaded: true,
    enabled: true,
    active: 'running',
    pid: 42,
  })
  t.match(show('activating', 'MainPID=0\n'), { active: 'starting', pid: undefined, enabled: undefined })
  t.match(show('failed', 'ExecMainStatus=78\nUnitFileState=disabled'), {
    active: 'failed',
    lastExit: 78,
    enabled: false,
  })
  t.match(show('inactive'), { active: 'stopped' })
  t.match(readState('LoadState=not-found\nActiveState=inactive\n'), { loaded: false, active: 'stopped' })
  t.match(readState(''), { loaded: false, active: 'unknown' })
})

t.test('which manager is here, and why not', async (t) => {
  const instance = await instanceOf('ops')
  const find = (answer: object, platform: NodeJS.Platform = 'linux') =>
    findManager(instance, { ...host, platform }, recorded(() => answer).run)
  t.match(await find({}), { missing: undefined, manager: { kind: 'systemd', name: 'openclaw-gateway-ops.service' } })
  t.match(await find({ code: 1 }), { missing: 'no_session', manager: { kind: 'systemd' } })
  t.match(await find({ code: undefined, missing: true }), { missing: 'none' })
  t.match(await find({}, 'darwin'), { missing: undefined, manager: { kind: 'launchd', name: 'ai.openclaw.ops' } })
  t.match(await find({}, 'win32'), { manager: { kind: 'schtasks', name: 'OpenClaw Gateway (ops)' } })
  t.match(await find({}, 'freebsd'), { missing: 'none', manager: undefined })
})

t.test('units stand where the manager of the account looks, whatever HOME says', async (t) => {
  const where = async (env: Record<string, string>) => {
    const { manager } = await findManager(await instanceOf(undefined, env), host, recorded(() => ({})).run)
    return manager?.paths[0]
  }
  t.equal(await where({}), '/home/u/.config/systemd/user/openclaw-gateway.service')
  t.equal(await where({ HOME: '/elsewhere' }), '/home/u/.config/systemd/user/openclaw-gateway.service')
  t.equal(await where({ XDG_CONFIG_HOME: '/cfg' }), '/cfg/systemd/user/openclaw-gateway.service')
})

t.test('a name that no unit can have is refused in words', async (t) => {
  const manager = systemdManager({ run: recorded(() => ({})).run, unit: 'My GW (1).service', configHome: '/c', uid: 1 })
  const spec = await specOf({ kind: 'systemd' })
  t.throws(() => manager.files(spec), { code: 'service_failed', message: /OPENCLAW_SYSTEMD_UNIT/ })
})

t.test('a unit that failed too often may be started by hand; a failure has the words of systemctl', async (t) => {
  const { run, calls } = recorded((line) =>
    line.includes(' start ') ? { code: 1, stderr: 'Job failed. See logs.' } : {},
  )
  const manager = systemdManager({ run, unit: 'a.service', configHome: '/c', uid: 1 })
  await t.rejects(manager.start(), {
    code: 'service_failed',
    message: '"systemctl --user start a.service" failed (exit code 1): Job failed. See logs.',
  })
  t.same(calls, ['systemctl --user reset-failed a.service', 'systemctl --user start a.service'])
})
