import t from 'tap'
import { testFolder } from '../../helper/folder.js'
import { startSshd, withoutSshd } from '../../helper/sshd.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

const secrets = {
  token: 'status-token-0123456789',
  password: 'a-remote-password-77',
  apiKey: 'sk-status-key-abcdef123456',
  env: 'environment-token-998877',
}

t.test('status --all: a report that can be pasted', async (t) => {
  const home = testFolder(t)
  // With a home of its own the log is there too: the gateway's, and not that of the machine.
  const cli = cliFor(t, { home, env: { OPENCLAW_HOME: home, OPENAI_API_KEY: secrets.env } })
  cli.writeConfig({
    gateway: {
      mode: 'local',
      // Another test may have the usual one.
      port: await freePort(),
      auth: { mode: 'token', token: secrets.token },
      remote: { password: secrets.password },
    },
    models: {
      providers: {
        mine: { baseUrl: 'http://127.0.0.1:9/v1', apiKey: secrets.apiKey, models: [{ id: 'one', name: 'One' }] },
      },
    },
  })
  const gateway = await startGateway(t, cli.home)
  const human = await cli.run('status', '--all')
  t.equal(human.code, 0, human.stderr)
  for (const title of ['System', 'Service', 'Profiles', 'Findings', 'Log (']) t.match(human.stdout, title)
  t.match(human.stdout, String(gateway.port))
  t.match(human.stdout, 'listening on http')
  t.match(human.stdout, process.version)
  const { stdout } = await cli.run('status', '--all', '--json')
  t.match(JSON.parse(stdout), {
    ok: true,
    system: { node: process.version },
    service: {},
    findings: [],
    log: { file: String },
    profiles: [{ profile: 'default' }],
  })
  for (const secret of Object.values(secrets)) t.notMatch(human.stdout + stdout, secret)
})

t.test('status --all with a broken config shows no secret of it either', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({
    gateway: { mode: 'local', port: await freePort(), auth: { token: secrets.token, mode: secrets.password } },
    unknown: secrets.token,
  })
  const { code, stdout } = await cli.run('status', '--all')
  t.equal(code, 1)
  t.match(stdout, 'not valid')
  t.notMatch(stdout, secrets.token)
})

t.test('remote mode: status and gateway status show the other machine', { skip: withoutSshd() }, async (t) => {
  const sshd = await startSshd(t)
  const there = cliFor(t)
  there.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token: secrets.token } } })
  const gateway = await startGateway(t, there.home)
  const cli = cliFor(t, { env: { PATH: sshd.path } })
  const localPort = await freePort()
  const remote = {
    url: `ws://127.0.0.1:${localPort}`,
    token: secrets.token,
    sshTarget: sshd.target,
    sshIdentity: sshd.identity,
    remotePort: gateway.port,
  }
  cli.writeConfig({ gateway: { mode: 'remote', remote } })
  const json = JSON.parse((await cli.run('status', '--json')).stdout)
  t.match(json, {
    ok: true,
    mode: 'remote',
    remote: {
      transport: 'ssh',
      sshTarget: sshd.target,
      remotePort: gateway.port,
      pinned: false,
      credential: 'gateway.remote.token',
    },
  })
  const human = await cli.run('status')
  t.match(human.stdout, new RegExp(`Remote .*ssh ${sshd.target}, port ${gateway.port}`))
  t.notMatch(human.stdout, /^Port /m)
  const service = await cli.run('gateway', 'status')
  t.match(service.stdout, /^Remote: .*ssh /m)
  t.notMatch(human.stdout + service.stdout, secrets.token)
})

t.test('gateway status names the certificate to compare', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token: secrets.token }, tls: { enabled: true } } })
  await startGateway(t, cli.home)
  const status = await cli.run('gateway', 'status')
  t.equal(status.code, 0, status.stderr)
  t.match(status.stdout, /^TLS certificate: sha256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/m)
  t.match(JSON.parse((await cli.run('status', '--json')).stdout), { ok: true, tls: { fingerprint: /^[0-9A-F:]+$/ } })
  t.equal((await cli.run('health')).code, 0)
  t.equal((await cli.run('logs')).code, 0)
})
