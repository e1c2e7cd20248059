import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { testFolder } from '../../helper/folder.js'
import { sshRuns, startSshd, type TestSshd, withoutSshd } from '../../helper/sshd.js'
import { accepts } from '../../instance/sockets.js'
import { freePort, startGateway, startOther } from '../gateways.js'
import { cliFor, spawnBin } from '../harness.js'
import { bench } from '../service-bench.js'

const skip = withoutSshd()
const token = 'remote-token-0123456789abcdef'

/** The "other machine": a gateway of its own home, reached through its sshd alone. */
async function otherMachine(t: Test) {
  const sshd = await startSshd(t)
  const home = testFolder(t)
  mkdirSync(join(home, '.openclaw'), { mode: 0o700 })
  const config = { gateway: { mode: 'local', auth: { mode: 'token', token } } }
  writeFileSync(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const gateway = await startGateway(t, home)
  return { sshd, gateway }
}

const remoteConfig = (localPort: number, more: object = {}) => ({
  gateway: { mode: 'remote', remote: { url: `ws://127.0.0.1:${localPort}`, token, ...more } },
})

const managed = (sshd: TestSshd, remotePort: number) => ({
  sshTarget: sshd.target,
  sshIdentity: sshd.identity,
  remotePort,
})

t.test('seed 004: a tunnel by hand, then health, status --deep and logs --url through it', { skip }, async (t) => {
  const { sshd, gateway } = await otherMachine(t)
  const localPort = await freePort()
  const [user = ''] = sshd.target.split('@')
  const forward = `${localPort}:127.0.0.1:${gateway.port}`
  const ssh = spawn(join(sshd.path.split(':')[0] ?? '', 'ssh'), [
    '-N',
    '-L',
    forward,
    '-p',
    String(sshd.port),
    `${user}@127.0.0.1`,
  ])
  t.teardown(() => ssh.kill('SIGKILL'))
  await until(() => accepts(localPort))
  const cli = cliFor(t)
  cli.writeConfig(remoteConfig(localPort))

  const health = await cli.run('health', '--json')
  t.equal(health.code, 0, health.stderr)
  t.match(JSON.parse(health.stdout), { ok: true })
  const status = await cli.run('status', '--deep', '--json')
  t.match(JSON.parse(status.stdout), {
    ok: true,
    mode: 'remote',
    gateway: { url: `ws://127.0.0.1:${localPort}`, urlSource: 'remote', ready: true },
    auth: { role: 'operator' },
  })
  const url = `ws://127.0.0.1:${localPort}`
  const logs = await cli.run('logs', '--url', url, '--token', token, '--json')
  t.equal(logs.code, 0, logs.stderr)
  t.match(logs.stdout, /listening on http/)
  const call = await cli.run('gateway', 'call', 'health', '--url', url, '--token', token, '--json')
  t.equal(call.code, 0, call.stderr)

  for (const words of [['logs'], ['health'], ['gateway', 'call', 'health']]) {
    const bare = await cli.run(...words, '--url', url)
    t.equal(bare.code, 1, words.join(' '))
    t.match(bare.stderr, /gateway url override requires explicit credentials/)
  }
})

t.test('a command opens its own tunnel, and leaves none behind', { skip }, async (t) => {
  const { sshd, gateway } = await otherMachine(t)
  const localPort = await freePort()
  const cli = cliFor(t, { env: { PATH: sshd.path } })
  cli.writeConfig(remoteConfig(localPort, managed(sshd, gateway.port)))
  const health = await cli.run('health', '--json')
  t.equal(health.code, 0, health.stderr)
  t.match(JSON.parse(health.stdout), { ok: true })
  const call = await cli.run('gateway', 'call', 'health', '--json')
  t.equal(call.code, 0, call.stderr)
  t.match(JSON.parse((await cli.run('status', '--json')).stdout), {
    ok: true,
    gateway: { url: `ws://127.0.0.1:${localPort} (ssh ${sshd.target})`, ready: true },
  })
  t.notOk(await accepts(localPort), 'the port of the config stays free for a tunnel that is kept')
  const started = readFileSync(sshd.calls, 'utf8').trim().split('\n')
  t.equal(started.length, 3)
  t.notMatch(readFileSync(sshd.calls, 'utf8'), token, 'no secret in a command line')

  // Without a URL the local end is the default one; what is asked is still the other machine.
  cli.writeConfig({ gateway: { mode: 'remote', remote: { token, ...managed(sshd, gateway.port) } } }, 'b')
  if (!(await accepts(18_789))) t.equal((await cli.run('--profile', 'b', 'health')).code, 0)
})

/** A profile whose gateway behind ssh takes connections and never answers. */
async function silentRemote(t: Test) {
  const sshd = await startSshd(t)
  let asked = 0
  const silent = await startOther(t, () => {
    asked += 1
  })
  const home = testFolder(t)
  mkdirSync(join(home, '.openclaw'), { mode: 0o700 })
  const config = remoteConfig(await freePort(), managed(sshd, silent))
  writeFileSync(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  return { sshd, home, asked: () => asked }
}

t.test('a command that is ended by a signal takes its ssh along', { skip }, async (t) => {
  const { sshd, home, asked } = await silentRemote(t)
  // Somebody else's listener in the process: those of a test runner or a monitor are there too.
  const preload = join(home, 'preload.mjs')
  writeFileSync(preload, "process.on('SIGTERM', () => {})\n")
  const env = { PATH: sshd.path, NODE_OPTIONS: `--import=${preload}` }
  for (const words of [['gateway', 'call', 'health'], ['status'], ['gateway', 'probe']]) {
    for (const moment of ['while ssh logs in', 'while the gateway is silent']) {
      const before = asked()
      const call = spawnBin(t, home, [...words, '--timeout', '60000'], env)
      await until(() => (moment === 'while ssh logs in' ? sshRuns(sshd) : asked() > before))
      call.kill('SIGTERM')
      const title = `${words.join(' ')}, ${moment}`
      t.strictSame(await call.done, { code: null, stdout: '', stderr: '' }, `${title}: it ended of the signal`)
      t.notOk(sshRuns(sshd), `${title}: and its ssh before it`)
    }
  }
})

t.test('connect doctor that is ended by a signal says nothing more', { skip }, async (t) => {
  const { sshd, home, asked } = await silentRemote(t)
  const doctor = spawnBin(t, home, ['connect', 'doctor', '--timeout', '60000'], { PATH: sshd.path })
  await until(() => asked() > 0)
  doctor.kill('SIGTERM')
  const { code, stderr } = await doctor.done
  t.equal(code, 143)
  t.equal(stderr, '')
  t.notOk(sshRuns(sshd))
})

t.test('tunnel install that is ended by a signal leaves no ssh', { skip }, async (t) => {
  const { sshd, home } = await silentRemote(t)
  // Takes the connection and says nothing, so that the attempt lasts.
  const deaf = createServer()
  await new Promise<void>((listening) => deaf.listen(0, '127.0.0.1', listening))
  t.teardown(() => deaf.close())
  const { port } = deaf.address() as AddressInfo
  const config = remoteConfig(await freePort(), { sshTarget: `me@127.0.0.1:${port}`, sshIdentity: sshd.identity })
  writeFileSync(join(home, '.openclaw', 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const host = bench(t)
  const env = { PATH: `${join(host.home, 'bin')}:${sshd.path}`, XDG_CONFIG_HOME: join(host.home, 'config') }
  const install = spawnBin(t, home, ['tunnel', 'install'], env)
  await until(() => sshRuns(sshd))
  install.kill('SIGTERM')
  t.strictSame(await install.done, { code: null, stdout: '', stderr: '' })
  t.notOk(sshRuns(sshd))
})

t.test('what ssh fails with is told in words, fast', { skip }, async (t) => {
  const { sshd, gateway } = await otherMachine(t)
  const cli = cliFor(t, { env: { PATH: sshd.path } })
  cli.writeConfig(remoteConfig(await freePort(), managed(sshd, gateway.port)))
  writeFileSync(sshd.knownHosts, '')
  const health = await cli.run('gateway', 'call', 'health', '--json')
  t.equal(health.code, 1)
  t.match(JSON.parse(health.stdout), {
    ok: false,
    error: { code: 'tunnel_failed', kind: 'host_key_unknown', try: 'openclaw tunnel status' },
  })
  t.match(health.stderr, `The host key of ${sshd.target} is not known here`)
  const status = JSON.parse((await cli.run('status', '--json')).stdout)
  t.match(status, { ok: false, gateway: { reachable: false, error: { kind: 'host_key_unknown' } } })
})

t.test(
  'pain-28: a gateway of this machine on the local port does not get the token of the other one',
  { skip },
  async (t) => {
    const { sshd, gateway } = await otherMachine(t)
    const cli = cliFor(t, { env: { PATH: sshd.path } })
    cli.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token: 'local-token-0123456789' } } }, 'here')
    const here = await startGateway(t, cli.home, 'here')
    cli.writeConfig(remoteConfig(here.port, managed(sshd, gateway.port)))
    const call = await cli.run('gateway', 'call', 'health', '--json')
    t.equal(call.code, 1)
    t.match(JSON.parse(call.stdout), { error: { kind: 'other_gateway' } })
    t.match(call.stderr, /belongs to the profile "here"/)
  },
)

t.test('tunnel run keeps it, tunnel status looks at it, commands use it', { skip }, async (t) => {
  const { sshd, gateway } = await otherMachine(t)
  const localPort = await freePort()
  const cli = cliFor(t, { env: { PATH: sshd.path } })
  cli.writeConfig(remoteConfig(localPort, managed(sshd, gateway.port)))
  const before = await cli.run('tunnel', 'status', '--json')
  t.equal(before.code, 1)
  t.match(JSON.parse(before.stdout), {
    ok: false,
    target: sshd.target,
    localPort,
    remotePort: gateway.port,
    listening: false,
    next: ['openclaw tunnel run'],
  })

  const run = spawnBin(t, cli.home, ['tunnel', 'run'], { PATH: sshd.path })
  await run.says('The tunnel stands')
  const status = JSON.parse((await cli.run('tunnel', 'status', '--json')).stdout)
  t.match(status, {
    ok: true,
    listening: true,
    run: { pid: run.pid, state: 'up', restarts: 0 },
    gateway: { ready: true },
    next: [],
  })
  const calls = () => readFileSync(sshd.calls, 'utf8').trim().split('\n').length
  const already = calls()
  t.equal((await cli.run('health')).code, 0)
  t.equal(calls(), already, 'the tunnel that stands is used')
  t.match((await cli.run('tunnel', 'status')).stdout, /takes connections/)

  const second = await spawnBin(t, cli.home, ['tunnel', 'run'], { PATH: sshd.path }).done
  t.equal(second.code, 1)
  t.match(second.stderr, new RegExp(`Port ${localPort} of this machine is taken`))

  await sshd.stop()
  await run.says('Next try in')
  await sshd.start()
  await until(async () => (await cli.run('health')).code === 0)
  run.kill('SIGTERM')
  t.equal((await run.done).code, 143)
  t.notOk(await accepts(localPort))
  t.match(JSON.parse((await cli.run('tunnel', 'status', '--json')).stdout), { listening: false })
})

t.test('the service: dry run, install, status, restart, uninstall', { skip }, async (t) => {
  const { sshd, gateway } = await otherMachine(t)
  const localPort = await freePort()
  const host = bench(t)
  // The stand-in for systemctl and the ssh of this test, both before the real ones.
  const path = `${join(host.home, 'bin')}:${sshd.path}`
  const env = { PATH: path, XDG_CONFIG_HOME: join(host.home, 'config') }
  const run = async (...argv: string[]) => spawnBin(t, host.home, ['--profile', 'away', 'tunnel', ...argv], env).done
  host.config('away', remoteConfig(localPort, managed(sshd, gateway.port)))
  const unit = join(host.home, 'config', 'systemd', 'user', 'openclaw-ssh-tunnel-away.service')

  const dry = await run('install', '--dry-run')
  t.equal(dry.code, 0, dry.stderr)
  t.match(dry.stdout, 'Nothing was written')
  t.throws(() => readFileSync(unit))

  writeFileSync(sshd.knownHosts.replace('known_hosts', 'kept'), readFileSync(sshd.knownHosts))
  const known = readFileSync(sshd.knownHosts, 'utf8')
  writeFileSync(sshd.knownHosts, '')
  const refused = await run('install')
  t.equal(refused.code, 1)
  t.match(refused.stderr, /host key/)
  t.throws(() => readFileSync(unit), 'nothing was written')
  writeFileSync(sshd.knownHosts, known)

  const installed = await run('install', '--json')
  t.equal(installed.code, 0, installed.stderr)
  t.match(JSON.parse(installed.stdout), { result: 'installed', name: 'openclaw-ssh-tunnel-away.service' })
  const text = readFileSync(unit, 'utf8')
  t.match(text, 'Restart=always')
  t.match(text, 'StartLimitIntervalSec=0')
  t.notMatch(text, /MemoryMax|node/)
  t.notMatch(text, token)
  await until(() => accepts(localPort))
  t.match(JSON.parse((await run('status', '--json')).stdout), {
    ok: true,
    service: { manager: 'systemd', installed: 'own', state: { active: 'running' } },
    gateway: { ready: true },
  })
  t.match(JSON.parse((await run('install', '--json')).stdout), { result: 'already-installed' })
  t.match(JSON.parse((await run('restart', '--json')).stdout), { result: 'restarted' })
  await until(() => accepts(localPort))
  t.match(JSON.parse((await run('uninstall', '--json')).stdout), { removed: true })
  t.throws(() => readFileSync(unit))
  t.notOk(await accepts(localPort))
  t.match(JSON.parse((await run('uninstall', '--json')).stdout), { removed: false })
  t.equal((await run('restart')).code, 1)
})

t.test('without a tunnel in the config, and with one that cannot be', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'remote', remote: { url: 'wss://gateway.example.com', token } } })
  const none = await cli.run('tunnel', 'status')
  t.equal(none.code, 1)
  t.match(none.stderr, /gateway\.remote\.sshTarget/)
  const elsewhere = { url: 'wss://gateway.example.com', token, sshTarget: 'me@server' }
  cli.writeConfig({ gateway: { mode: 'remote', remote: elsewhere } })
  t.match((await cli.run('tunnel', 'run')).stderr, /not the local end of a tunnel/)
  cli.writeConfig({ gateway: { mode: 'remote', remote: { ...elsewhere, transport: 'direct' } } })
  t.match((await cli.run('tunnel', 'run')).stderr, /"direct"/)
  for (const target of ['-oProxyCommand=evil', 'a b', 'me@host;id', 'me@host:0', 'me@-x', '$(id)@host']) {
    const bad = await cli.run('tunnel', 'run', `--ssh=${target}`)
    t.equal(bad.code, 2, target)
    t.match(bad.stderr, '--ssh must be user@host', target)
  }
})
