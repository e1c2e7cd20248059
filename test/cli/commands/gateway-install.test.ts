import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../gateways.js'
import { bench, config } from '../service-bench.js'

t.test('what differs is replaced with --force only, and kept', async (t) => {
  const { run, json, unit, config: write } = bench(t)
  write('ops', config(await freePort()))
  const install = ['--profile', 'ops', 'gateway', 'install']
  mkdirSync(join(unit('ops'), '..'), { recursive: true })
  writeFileSync(unit('ops'), '[Service]\nExecStart=/my/own\n')
  t.match(await run(...install), { code: 1, stderr: /was not made by[\s\S]*gateway install --dry-run/ })
  t.match(await run('--profile', 'ops', 'gateway', 'uninstall'), { code: 1, stderr: /was not made by/ })
  t.match(await run('--profile', 'ops', 'gateway', 'status'), { stdout: /^Service: systemd .*\n {2}.*was not made by/ })

  const dry = await run(...install, '--dry-run')
  t.match(dry, { code: 0, stdout: /Would write [\s\S]*RestartPreventExitStatus=78[\s\S]*Nothing was written/ })
  t.equal(readFileSync(unit('ops'), 'utf8'), '[Service]\nExecStart=/my/own\n')

  t.match(await json(...install, '--force'), { result: 'replaced', backup: `${unit('ops')}.bak`, run: 'started' })
  t.equal(readFileSync(`${unit('ops')}.bak`, 'utf8'), '[Service]\nExecStart=/my/own\n')

  writeFileSync(unit('ops'), readFileSync(unit('ops'), 'utf8').replace('TasksMax=4096', 'TasksMax=9'))
  t.match(await run('--profile', 'ops', 'gateway', 'status'), {
    stdout: /To renew it: openclaw --profile ops gateway install --force/,
  })
  const { findings } = await json('--profile', 'ops', 'doctor')
  t.match(
    (findings as { checkId: string; severity: string }[]).filter(
      ({ checkId, severity }) => checkId === 'service' && severity !== 'info',
    ),
    [
      { severity: 'warning', message: /edited by hand/, path: unit('ops'), next: 'gateway install --force' },
      { severity: 'warning', message: /ends when you log out.*enable-linger/ },
    ],
    'and the doctor',
  )
  const conflict = await run(...install, '--json')
  t.match(conflict, { code: 1, stderr: /another Node, another version, or edited by hand/ })
  t.match(JSON.parse(conflict.stdout), { ok: false, error: { code: 'service_conflict', kind: 'differs' } })
  t.match(await json(...install, '--force'), { result: 'replaced', run: 'restarted' })
  t.match(readFileSync(unit('ops'), 'utf8'), /TasksMax=4096/)
})

t.test('an install that is refused has not moved the port of the gateway', async (t) => {
  const { run, unit, config: write } = bench(t)
  const content = config(await freePort())
  write('ops', content)
  mkdirSync(join(unit('ops'), '..'), { recursive: true })
  writeFileSync(unit('ops'), '[Service]\nExecStart=/my/own\n')
  const { code, stdout } = await run(
    '--profile',
    'ops',
    'gateway',
    'install',
    '--port',
    String(await freePort()),
    '--json',
  )
  t.equal(code, 1)
  t.match(JSON.parse(stdout), { error: { code: 'service_conflict' } })
  t.match(JSON.parse((await run('--profile', 'ops', 'config', 'get', 'gateway', '--json')).stdout), {
    port: content.gateway.port,
  })
})

t.test('the service of another profile is never touched, also when the names are the same', async (t) => {
  const shared = { OPENCLAW_SYSTEMD_UNIT: 'shared' }
  const { home, run, json, config: write } = bench(t, shared)
  write('ops', config(await freePort()))
  write('rescue', config(await freePort()))
  t.match(await json('--profile', 'ops', 'gateway', 'install'), { ok: true, name: 'shared.service' })
  const file = join(home, 'config', 'systemd', 'user', 'shared.service')
  const text = readFileSync(file, 'utf8')
  const rescue = ['--profile', 'rescue', 'gateway']
  for (const command of [['install'], ['install', '--force'], ['uninstall'], ['uninstall', '--force']]) {
    t.match(await run(...rescue, ...command), { code: 1, stderr: /belongs to another profile.*OPENCLAW_SYSTEMD_UNIT/ })
  }
  t.match(await json(...rescue, 'stop'), { ok: true, stopped: false })
  t.match(await json(...rescue, 'status'), { service: { installed: 'other' } })
  t.equal(readFileSync(file, 'utf8'), text)
  t.match(await json('--profile', 'ops', 'gateway', 'status'), { ok: true, runtime: { status: 'running' } })
})

t.test('what the gateway would refuse is refused before anything is installed', async (t) => {
  const { run, unit, config: write } = bench(t)
  t.match(await run('--profile', 'ops', 'gateway', 'install'), { code: 78, stderr: /no config[\s\S]*Try: .*setup/ })
  write('ops', { gateway: { prot: 1 } })
  t.match(await run('--profile', 'ops', 'gateway', 'install'), { code: 78, stderr: /gateway\.prot/ })
  t.notOk(existsSync(unit('ops')))
})

t.test("pain-19: a token of the shell is not the service's; it is named, never shown or written", async (t) => {
  const { run, unit, config: write } = bench(t, { OPENCLAW_GATEWAY_TOKEN: 'shell-secret-987654' })
  write('ops', { gateway: { mode: 'local', bind: 'loopback', port: await freePort() } })
  const { code, stdout, stderr } = await run('--profile', 'ops', 'gateway', 'install')
  t.equal(code, 0)
  t.match(stdout, /OPENCLAW_GATEWAY_TOKEN is set in this shell only.*\.openclaw-ops\/\.env/)
  t.match(stderr, /token/i, 'the service has one of its own, shown once')
  t.notMatch(stdout + stderr + readFileSync(unit('ops'), 'utf8'), 'shell-secret')
})
