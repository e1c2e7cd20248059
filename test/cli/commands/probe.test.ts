import { readFileSync } from 'node:fs'
import t from 'tap'
import { startSshd, withoutSshd } from '../../helper/sshd.js'
import { freePort, startGateway, startOther } from '../gateways.js'
import { cliFor } from '../harness.js'

const token = (name: string) => `${name}-token-0123456789abcdef`
const local = (name: string) => ({ gateway: { mode: 'local', auth: { mode: 'token', token: token(name) } } })

interface Target {
  readonly id: string
  readonly url: string
  readonly connect: { readonly ok: boolean; readonly error: { kind: string } | null }
  readonly auth: { readonly capability: string }
}

const byId = (stdout: string) => new Map((JSON.parse(stdout).targets as Target[]).map((one) => [one.id, one]))

t.test('every profile of this machine, each with its own secret', async (t) => {
  const cli = cliFor(t)
  for (const name of ['main', 'rescue']) cli.writeConfig(local(name), name === 'main' ? undefined : name)
  await startGateway(t, cli.home)
  await startGateway(t, cli.home, 'rescue')
  const { code, stdout, stderr } = await cli.run('gateway', 'probe', '--json')
  t.equal(code, 0, stderr)
  const report = JSON.parse(stdout)
  t.match(report, {
    ok: true,
    degraded: false,
    capability: 'admin-capable',
    primaryTargetId: 'localLoopback',
    warnings: [],
  })
  t.equal(report.gateways.length, 2)
  for (const id of ['localLoopback', 'profile:rescue']) {
    t.match(byId(stdout).get(id), { connect: { ok: true, rpcOk: true }, auth: { capability: 'admin-capable' } }, id)
  }
  t.notMatch(stdout, /-token-0123/, 'no secret in it')
  const human = await cli.run('gateway', 'probe')
  t.match(human.stdout, /localLoopback\*.*ready/)
  t.match(human.stdout, /profile:rescue/)
})

t.test('nothing answers: exit code 1, and why', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort() } })
  const { code, stdout } = await cli.run('gateway', 'probe', '--json')
  t.equal(code, 1)
  t.match(JSON.parse(stdout), {
    ok: false,
    primaryTargetId: null,
    targets: [{ id: 'localLoopback', connect: { ok: false, error: { kind: 'refused' } } }],
  })
})

t.test('pain-9: one gateway over tunnel and address is one gateway', { skip: withoutSshd() }, async (t) => {
  const sshd = await startSshd(t)
  const cli = cliFor(t, { env: { PATH: sshd.path } })
  cli.writeConfig(local('main'))
  const gateway = await startGateway(t, cli.home)
  const localPort = await freePort()
  const remote = {
    url: `ws://127.0.0.1:${localPort}`,
    token: token('main'),
    sshTarget: sshd.target,
    sshIdentity: sshd.identity,
    remotePort: gateway.port,
  }
  cli.writeConfig({ gateway: { ...local('main').gateway, mode: 'remote', remote } })
  const { code, stdout, stderr } = await cli.run('gateway', 'probe', '--json')
  t.equal(code, 0, stderr)
  const report = JSON.parse(stdout)
  t.match(report, {
    primaryTargetId: 'sshTunnel',
    warnings: [],
    gateways: [{ targetIds: ['sshTunnel', 'localLoopback'] }],
  })
  t.equal(report.gateways.length, 1)
  t.match((await cli.run('gateway', 'probe')).stdout, /the same as sshTunnel/)
  t.notMatch(readFileSync(sshd.calls, 'utf8'), token('main'))

  // --ssh looks at that machine whatever has the port here.
  cli.writeConfig({
    gateway: {
      ...local('main').gateway,
      mode: 'remote',
      remote: { token: token('main'), sshIdentity: sshd.identity, remotePort: gateway.port },
    },
  })
  const asked = await cli.run('gateway', 'probe', '--ssh', sshd.target, '--json')
  t.match(byId(asked.stdout).get('sshTunnel'), { connect: { ok: true, rpcOk: true } }, asked.stderr)
  const wrong = await cli.run('gateway', 'probe', '--ssh', '127.0.0.1:1', '--json')
  t.match(JSON.parse(wrong.stdout), {
    ok: true,
    degraded: true,
    warnings: [{ code: 'ssh_tunnel_failed', targetIds: ['sshTunnel'] }],
  })
  t.equal((await cli.run('gateway', 'probe', '--ssh=-oProxyCommand=x')).code, 2)
})

t.test('two different gateways are named, and no secret goes to the other one', async (t) => {
  const seen: string[] = []
  const other = await startOther(t, (request, response) => {
    if (request.headers.authorization) seen.push(request.headers.authorization)
    response.setHeader('x-openclaw-instance', 'another-one')
    response.end('{"ready":true}')
  })
  const cli = cliFor(t)
  cli.writeConfig(local('main'))
  await startGateway(t, cli.home)
  const { stdout } = await cli.run('gateway', 'probe', '--url', `ws://127.0.0.1:${other}`, '--json')
  t.match(JSON.parse(stdout), {
    primaryTargetId: 'explicit',
    warnings: [{ code: 'multiple_gateways', targetIds: ['explicit', 'localLoopback'] }],
  })
  t.same(seen, [], 'the secret of this profile stays here')
  t.equal(byId(stdout).get('explicit')?.auth.capability, 'unknown')
  const given = await cli.run('gateway', 'probe', '--url', `ws://127.0.0.1:${other}`, '--token', 'abc', '--json')
  t.match(
    byId(given.stdout).get('localLoopback'),
    { auth: { capability: 'admin-capable' } },
    'the token of the flag is not tried here',
  )
  t.ok(seen.every((header) => header === 'Bearer abc'))
})

t.test('pain-27: connect doctor says where the way ends', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { ...local('main').gateway, port: await freePort() } })
  const down = await cli.run('connect', 'doctor')
  t.equal(down.code, 1)
  t.match(down.stdout, /✗ tcp .*Nothing listens on port/)
  t.match(down.stdout, /→ Start it: openclaw gateway run/)
  t.match(down.stdout, /TCP_REFUSED_HERE/)
  const gateway = await startGateway(t, cli.home)
  const well = await cli.run('connect', 'doctor', '--json')
  t.equal(well.code, 0, well.stderr)
  t.match(JSON.parse(well.stdout), { ok: true, code: 'OK', url: `ws://127.0.0.1:${gateway.port}` })
  t.match((await cli.run('connect', 'doctor')).stdout, 'All is well.')
  const wrong = await cli.run('connect', 'doctor', '--url', `ws://127.0.0.1:${gateway.port}`, '--token', 'wrong')
  t.equal(wrong.code, 1)
  t.match(wrong.stdout, 'AUTH_WRONG')
  // From another home: the key of this one opens its own gateway without any secret.
  const stranger = await cliFor(t).run('connect', 'doctor', '--url', `ws://127.0.0.1:${gateway.port}`, '--json')
  t.equal(stranger.code, 1)
  t.match(JSON.parse(stranger.stdout).code, /^AUTH_/)
  const clear = await cli.run('connect', 'doctor', '--url', 'ws://example.com', '--token', 'x', '--json')
  t.match(JSON.parse(clear.stdout), { ok: false, code: 'TLS_PLAINTEXT_REFUSED' })
  const chinese = cliFor(t, { home: cli.home, env: { LANG: 'zh_CN.UTF-8' } })
  t.match((await chinese.run('connect', 'doctor', '--no-login')).stdout, '接受连接')
})
