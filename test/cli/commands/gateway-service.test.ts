import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../gateways.js'
import { spawnBin } from '../harness.js'
import { bench, config, token } from '../service-bench.js'

t.test('install, install again, status, restart, stop, start, uninstall', async (t) => {
  const { run, json, unit, verbs, config: write } = bench(t)
  const port = await freePort()
  write('ops', config(port))
  const ops = ['--profile', 'ops', 'gateway']

  const first = await run(...ops, 'install')
  t.match(first, { code: 0, stdout: /^Installed systemd service: openclaw-gateway-ops\.service\n/ })
  t.match(first.stdout, new RegExp(`The gateway answers \\(pid \\d+, port ${port}\\)`))
  t.match(first.stdout, /ends when you log out.*loginctl enable-linger/)
  t.same(verbs(), ['daemon-reload', 'enable', 'start'])
  const text = readFileSync(unit('ops'), 'utf8')
  t.match(text, '"--profile" "ops" "gateway" "run" "--supervised" "systemd"')
  t.notMatch(text, token)

  t.match(await json(...ops, 'install'), { ok: true, result: 'already-installed', run: 'running', port })
  t.same(verbs(), [], 'repeated, it changes nothing')

  const status = await run(...ops, 'status')
  t.match(status, { code: 0, stdout: /^Service: systemd \(openclaw-gateway-ops\.service, enabled, running\)\n/ })
  t.match(status.stdout, /Runtime: running \(pid \d+\)/)
  const before = await json(...ops, 'status')
  t.match(before.service, { manager: 'systemd', installed: 'own', state: { enabled: true, active: 'running' } })

  const restarted = await json(...ops, 'restart')
  t.match(restarted, { ok: true, manager: 'systemd', result: 'restarted', port })
  t.not(restarted.pid, restarted.previousPid)
  t.match(await json(...ops, 'start'), { ok: true, result: 'already-running', pid: restarted.pid })
  t.same(verbs(), ['restart'])

  t.match(await run(...ops, 'stop'), { code: 0, stdout: 'Stopped systemd service: openclaw-gateway-ops.service\n' })
  t.match(await run(...ops, 'status'), {
    code: 1,
    stdout: /enabled, stopped\)[\s\S]*Try: openclaw --profile ops gateway start/,
  })
  t.match(await run(...ops, 'stop'), { code: 0, stdout: /is not running/ })
  t.match(await run(...ops, 'start'), { code: 0, stdout: /^Started systemd service: .*\nThe gateway answers/ })
  t.same(verbs(), ['stop', 'start'])

  t.match(await run(...ops, 'uninstall'), { code: 0, stdout: /^Removed systemd service: / })
  t.same(verbs(), ['disable', 'daemon-reload'])
  t.notOk(existsSync(unit('ops')))
  t.match(await json(...ops, 'status'), { runtime: { status: 'stopped' }, service: { installed: 'no' } })
  t.match(await json(...ops, 'uninstall'), { ok: true, removed: false })
  t.match(await run(...ops, 'start'), {
    code: 1,
    stderr: /not installed[\s\S]*Try: openclaw --profile ops gateway install/,
  })
})

t.test('--port goes into the config; a start that fails says why and where to read on', async (t) => {
  const { home, run, json, config: write } = bench(t)
  const port = await freePort()
  write('ops', config(await freePort()))
  t.match(await json('--profile', 'ops', 'gateway', 'install', '--port', String(port)), { ok: true, port })
  const file = join(home, '.openclaw-ops', 'openclaw.json')
  t.match(JSON.parse(readFileSync(file, 'utf8')), { gateway: { port } })
  await run('--profile', 'ops', 'gateway', 'stop')
  writeFileSync(file, '{ gateway: { prot: 1 } }')
  const failed = await run('--profile', 'ops', 'gateway', 'start')
  t.match(failed, {
    code: 1,
    stderr: /ended while it started \(last exit code 78\).*journalctl --user -u openclaw-gateway-ops/,
  })
})

t.test('a gateway that was started by hand keeps running until restart hands it over', async (t) => {
  const { home, json, config: write } = bench(t)
  const port = await freePort()
  write('ops', config(port))
  const byHand = spawnBin(t, home, ['--profile', 'ops', 'gateway', 'run'])
  await byHand.says('listening on')
  t.match(await json('--profile', 'ops', 'gateway', 'install'), { ok: true, run: 'outside', pid: byHand.pid })
  const after = await json('--profile', 'ops', 'gateway', 'restart')
  t.match(after, { ok: true, manager: 'systemd', port, previousPid: byHand.pid })
  t.match(await byHand.done, { code: 0 })
  t.match(await json('--profile', 'ops', 'gateway', 'status'), {
    service: { state: { active: 'running', pid: after.pid } },
  })
})

t.test('without a session: install says so; a service that is installed gets no second starter', async (t) => {
  const { run, unit, withoutSession, config: write } = bench(t)
  write('ops', config(await freePort()))
  t.match(await run('--profile', 'ops', 'gateway', 'install'), { code: 0 })
  withoutSession()
  t.match(await run('--profile', 'ops', 'gateway', 'stop'), { code: 0, stdout: /^Stopped the gateway with pid/ })
  for (const command of ['start', 'restart', 'uninstall']) {
    const refused = await run('--profile', 'ops', 'gateway', command)
    t.match(refused, { code: 1, stderr: /is installed, but .*XDG_RUNTIME_DIR=\/run\/user\/\d+/ }, command)
  }
  t.ok(existsSync(unit('ops')))
  t.match(await run('--profile', 'ops', 'gateway', 'status'), { stdout: /^Service: systemd \(.*cannot be asked/ })
  write('rescue', config(await freePort()))
  const rescue = await run('--profile', 'rescue', 'gateway', 'install')
  t.match(rescue, {
    code: 1,
    stderr: /cannot be asked from this shell[\s\S]*Try: openclaw --profile rescue gateway start/,
  })
})
