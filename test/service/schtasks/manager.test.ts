import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installService, standingOf, uninstallService } from '../../../src/service/apply.js'
import { readState, schtasksManager } from '../../../src/service/schtasks/manager.js'
import { testFolder } from '../../helper/folder.js'
import { parseXml } from '../../helper/xml.js'
import { recorded } from '../recorded.js'
import { specOf } from '../specs.js'

const name = 'OpenClaw Gateway (rescue)'

/** A Task Scheduler that knows one task. No Windows is here: calls and answers are those of its documentation. */
function scheduler() {
  const state = { there: false, running: false }
  const { run, calls } = recorded((line) => {
    if (line.includes('/Create')) state.there = true
    if (line.includes('/Delete')) state.there = false
    if (line.includes('/Run')) state.running = true
    if (line.includes('/End')) state.running = false
    if (!line.includes('/Query')) return undefined
    if (!state.there) return { code: 1, stderr: 'ERROR: The system cannot find the file specified.' }
    return { stdout: `Status: ${state.running ? 'Running' : 'Ready'}\nLast Result: ${state.running ? 267009 : 0}\n` }
  })
  return { run, changes: () => calls.filter((line) => !line.includes('/Query')) }
}

t.test('install, start, restart, stop, uninstall: what schtasks is called with', async (t) => {
  const state = testFolder(t)
  const { run, changes } = scheduler()
  const manager = schtasksManager({ run, name, folder: join(state, 'service'), pause: async () => {} })
  const spec = await specOf({ kind: 'schtasks', profile: 'rescue', env: { OPENCLAW_STATE_DIR: state } })
  const [xml = '', env = ''] = manager.paths

  t.match(await installService(manager, spec, { force: false }), { before: 'absent', files: [xml, env] })
  const bytes = readFileSync(xml)
  t.same([...bytes.subarray(0, 2)], [0xff, 0xfe], 'UTF-16 with its mark, as Windows writes it itself')
  t.equal(parseXml(bytes.subarray(2).toString('utf16le')).name, 'Task')
  t.match(readFileSync(env, 'utf8'), `OPENCLAW_STATE_DIR='${state}'\n`)
  t.equal(await standingOf(manager, spec), 'same')

  await manager.start()
  t.match(await manager.state(), { active: 'running', lastExit: undefined })
  await manager.restart()
  await manager.stop()
  await manager.stop()
  t.equal(await uninstallService(manager, spec.owner, { force: false }), true)
  t.notOk(existsSync(xml) || existsSync(env))
  t.same(changes(), [
    `schtasks /Create /TN ${name} /XML ${xml} /F`,
    `schtasks /Run /TN ${name}`,
    `schtasks /End /TN ${name}`,
    `schtasks /Run /TN ${name}`,
    `schtasks /End /TN ${name}`,
    `schtasks /Delete /TN ${name} /F`,
  ])
})

t.test('a task that somebody made by hand is not replaced without --force', async (t) => {
  const { run } = recorded((line) => (line.includes('/XML') ? { stdout: '<Task>mine</Task>' } : undefined))
  const manager = schtasksManager({ run, name, folder: join(testFolder(t), 'service'), pause: async () => {} })
  const spec = await specOf({ kind: 'schtasks', profile: 'rescue' })
  t.equal(await standingOf(manager, spec), 'foreign')
  await t.rejects(installService(manager, spec, { force: false }), {
    code: 'service_conflict',
    details: { kind: 'foreign' },
  })
})

t.test('numbers of the Task Scheduler decide where its words are in another language', async (t) => {
  t.match(readState('Letztes Ergebnis: 267009\n'), { active: 'running' })
  t.match(readState('上次结果: 267011\n'), { active: 'stopped', lastExit: undefined })
  t.match(readState('Status: Ready\nLast Result: 1\n'), { active: 'stopped', lastExit: 1, enabled: true })
  t.match(readState('Status: Disabled\nLast Result: 0\n'), { enabled: false, lastExit: 0 })
})
