import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../cli/gateways.js'
import { type Ran, spawnBin } from '../cli/harness.js'
import { testFolder } from '../helper/folder.js'

/** No stand-ins: this is what happens in a container, with the built program and real processes. */
interface Host {
  readonly home: string
  run(...argv: string[]): Promise<Ran>
  json(...argv: string[]): Promise<Record<string, unknown>>
  config(profile: string, gateway: object): void
}

/** A home on a machine whose PATH has no service manager. */
function host(t: Test): Host {
  const home = testFolder(t)
  const empty = join(home, 'bin')
  mkdirSync(empty)
  const run = (...argv: string[]) => spawnBin(t, home, argv, { PATH: empty }).done
  t.teardown(() => {
    for (const profile of ['main', 'rescue']) endLeft(join(home, `.openclaw-${profile}`, 'run', 'gateway.json'))
  })
  return {
    home,
    run,
    json: async (...argv) => JSON.parse((await run(...argv, '--json')).stdout),
    config(profile, gateway) {
      const folder = join(home, `.openclaw-${profile}`)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const content = { gateway: { mode: 'local', bind: 'loopback', ...gateway } }
      writeFileSync(join(folder, 'openclaw.json'), JSON.stringify(content), { mode: 0o600 })
    },
  }
}

/** Only what a failed test leaves; a gateway that was stopped has removed its run-file. */
function endLeft(runFile: string): void {
  if (existsSync(runFile)) process.kill(JSON.parse(readFileSync(runFile, 'utf8')).pid, 'SIGKILL')
}

t.test('two profiles at once: start, status, restart, stop', async (t) => {
  const { home, run, json, config } = host(t)
  const ports = { main: await freePort(), rescue: await freePort() }
  for (const [profile, port] of Object.entries(ports)) config(profile, { port })
  const gateway = (profile: string, ...rest: string[]) => json('--profile', profile, 'gateway', ...rest)

  const started = await Promise.all([gateway('main', 'start'), gateway('rescue', 'start')])
  t.match(started, [
    { ok: true, result: 'started', manager: 'none', port: ports.main },
    { ok: true, result: 'started', manager: 'none', port: ports.rescue },
  ])
  t.not(started[0].pid, started[1].pid)
  t.match(await gateway('main', 'start'), { ok: true, result: 'already-running', pid: started[0].pid })

  const status = await run('--profile', 'rescue', 'gateway', 'status')
  t.match(status, { code: 0, stdout: /^Service: none \(no service manager here\)\n/ })
  t.match(status.stdout, `Runtime: running (pid ${started[1].pid})`)
  const health = await fetch(`http://127.0.0.1:${ports.main}/healthz`)
  t.equal(health.status, 200)

  const restarted = await gateway('main', 'restart')
  t.match(restarted, { ok: true, result: 'restarted', port: ports.main, previousPid: started[0].pid })
  t.not(restarted.pid, started[0].pid)
  t.match(
    await gateway('rescue', 'status'),
    { ok: true, runtime: { pid: started[1].pid } },
    'the other one did not notice',
  )

  t.match(await gateway('main', 'stop'), { ok: true, stopped: true, pid: restarted.pid, port: ports.main })
  t.match(await gateway('main', 'status'), { ok: false, runtime: { status: 'stopped' } })
  t.match(await gateway('rescue', 'status'), { ok: true, runtime: { status: 'running' } })
  t.match(await gateway('rescue', 'stop'), { ok: true, stopped: true, pid: started[1].pid })
  t.match(await gateway('rescue', 'stop'), { ok: true, stopped: false })
  t.notOk(existsSync(join(home, '.openclaw-main', 'run', 'gateway.json')))
})

t.test('install and uninstall say that there is no manager, and what to do instead', async (t) => {
  const { run, json, config } = host(t)
  config('main', { port: await freePort() })
  const install = await run('--profile', 'main', 'gateway', 'install')
  t.match(install, {
    code: 1,
    stdout: '',
    stderr: /no service manager here[\s\S]*Try: openclaw --profile main gateway start/,
  })
  const refused = await json('--profile', 'main', 'gateway', 'install')
  t.match(refused, { ok: false, error: { code: 'service_unavailable', kind: 'none' } })
  t.match(await json('--profile', 'main', 'gateway', 'uninstall'), { ok: true, removed: false })
  const chinese = await spawnBin(t, host(t).home, ['gateway', 'install'], { PATH: '/nowhere', LANG: 'zh_CN.UTF-8' })
    .done
  t.match(chinese, { code: 1, stderr: /这里没有服务管理器/ })
})

t.test('the token of a first start is shown by the command and by nothing that stays', async (t) => {
  const { home, run, config } = host(t)
  config('main', { port: await freePort() })
  const { code, stderr } = await run('--profile', 'main', 'gateway', 'start')
  t.equal(code, 0)
  const state = join(home, '.openclaw-main')
  const { token } = JSON.parse(readFileSync(join(state, 'openclaw.json'), 'utf8')).gateway.auth
  t.ok(stderr.includes(token))
  const output = readFileSync(join(state, 'logs', 'gateway-output.log'), 'utf8')
  t.notMatch(output, token)
  t.equal(output, '', 'once it runs, it has its log')
  t.match(await run('--profile', 'main', 'gateway', 'stop'), { code: 0 })
})

t.test('a start that is refused: why, with the exit code of the refusal; nothing is left running', async (t) => {
  const { run, config } = host(t)
  t.match(await run('--profile', 'main', 'gateway', 'start'), { code: 78, stderr: /There is no config/ })
  config('main', { port: await freePort(), bind: 'lan', auth: { mode: 'none' } })
  t.match(await run('--profile', 'main', 'gateway', 'start'), { code: 78, stderr: /refusing to bind/i })

  // Only the gateway itself finds this one out.
  const port = await freePort()
  config('rescue', { port })
  t.match(await run('--profile', 'rescue', 'gateway', 'start'), { code: 0 })
  config('main', { port })
  const taken = await run('--profile', 'main', 'gateway', 'start')
  t.match(taken, { code: 1, stderr: /ended while it started \(exit code 78[\s\S]*already listening[\s\S]*"rescue"/ })
  t.match(await run('--profile', 'main', 'gateway', 'status'), { code: 1 })
  t.match(await run('--profile', 'rescue', 'gateway', 'stop'), { code: 0 })
})

for (const [manager, code] of [
  ['launchd', 0],
  ['schtasks', 0],
  ['systemd', 78],
  ['plain', 78],
] as const) {
  t.test(`pain-15: a refusal under ${manager} ends with ${code}`, async (t) => {
    const { run } = host(t)
    const ended = await run('gateway', 'run', '--supervised', manager)
    t.match(ended, { code, stderr: /There is no config/ })
  })
}
