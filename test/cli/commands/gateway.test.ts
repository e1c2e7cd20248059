import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort, startGateway, startOther } from '../gateways.js'
import { cliFor } from '../harness.js'

const token = 'test-token-0123456789'
const config = (more: object = {}) => ({ gateway: { mode: 'local', auth: { token }, ...more } })

t.test('a gateway that runs: health, status, and their JSON', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  const gateway = await startGateway(t, cli.home)
  const url = `ws://127.0.0.1:${gateway.port}`

  const health = await cli.run('health')
  t.match(health, {
    code: 0,
    stderr: '',
    stdout: new RegExp(`^OK \\(\\d+ ms\\)\\n[\\s\\S]*${url}[\\s\\S]*Profile +default`),
  })
  const healthJson = JSON.parse((await cli.run('gateway', 'health', '--json')).stdout)
  t.match(healthJson, {
    ok: true,
    url,
    urlSource: 'local',
    ready: true,
    identity: 'verified',
    profile: 'default',
    version: String,
    config: { valid: true },
  })
  t.match(health.stdout, /Agents +main\*\n +Sessions +0/)
  t.match(healthJson, { ts: Number, durationMs: Number, defaultAgentId: 'main', agents: [{ agentId: 'main' }] })

  const status = await cli.run('gateway', 'status')
  t.match(status, { code: 0, stderr: '' })
  t.match(status.stdout, new RegExp(`Runtime: running \\(pid ${process.pid}\\)`), 'the words of the seeds')
  t.match(status.stdout, /RPC probe: ok .*\nCapability: admin-capable/)
  t.match(status.stdout, new RegExp(`port=${gateway.port} \\(live\\)`), 'the port that is used, not the configured one')
  const statusJson = JSON.parse((await cli.run('gateway', 'status', '--json')).stdout)
  t.match(statusJson, {
    ok: true,
    runtime: { status: 'running', pid: process.pid },
    rpc: { ok: true, url, capability: 'admin-capable', auth: { role: 'operator', method: 'token' } },
    gateway: { port: gateway.port },
  })

  const overview = await cli.run('status')
  t.match(overview, { code: 0, stderr: '', stdout: /Gateway +ws:\/\/127\.0\.0\.1:\d+ · running/ })
  t.match(overview.stdout, /Access +operator\.admin\nSessions +0/)
  t.match(JSON.parse((await cli.run('status', '--json')).stdout), {
    ok: true,
    profile: 'default',
    config: { valid: true, exists: true },
    port: gateway.port,
    gateway: { reachable: true, pid: process.pid },
    auth: { role: 'operator', scopes: ['operator.admin'] },
    sessions: { count: 0 },
    model: 'builtin/echo',
    agents: { defaultId: 'main', ids: ['main'] },
    next: [],
  })
})

t.test('a gateway that runs and a token that is wrong: every look says so', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  await startGateway(t, cli.home)
  const wrong = ['--token', 'wrong']
  t.match(await cli.run('health', ...wrong), { code: 1, stdout: '', stderr: /did not accept the credential/ })
  t.match(await cli.run('status', ...wrong), { code: 1, stdout: /· running[\s\S]*did not accept/ })
  const status = await cli.run('gateway', 'status', ...wrong)
  t.match(status, { code: 1, stdout: /Runtime: running[\s\S]*RPC probe: failed[\s\S]*did not accept/ })
  const { rpc } = JSON.parse((await cli.run('gateway', 'status', '--json', ...wrong)).stdout)
  t.match(rpc, { ok: false, capability: 'unknown', kind: 'unauthorized' })
})

t.test('a gateway without auth wants no credential from this machine', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', auth: { mode: 'none' } } })
  await startGateway(t, cli.home)
  t.match(await cli.run('health'), { code: 0, stdout: /Sessions +0/ })
  t.match(await cli.run('gateway', 'status'), { code: 0, stdout: /Capability: admin-capable/ })
  t.match(await cli.run('gateway', 'call', 'health'), { code: 0 })
})

t.test('pain-4: each profile finds its own gateway by its run-file', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  cli.writeConfig(config(), 'rescue')
  const [main, rescue] = [await startGateway(t, cli.home), await startGateway(t, cli.home, 'rescue')]
  const urlOf = async (...argv: string[]) => JSON.parse((await cli.run(...argv, 'health', '--json')).stdout).url
  t.equal(await urlOf(), `ws://127.0.0.1:${main.port}`)
  t.equal(await urlOf('--profile', 'rescue'), `ws://127.0.0.1:${rescue.port}`)
  const { profiles } = JSON.parse((await cli.run('profiles', 'list', '--json')).stdout)
  t.match(profiles, [
    { profile: 'default', running: 'running', pid: process.pid, port: main.port, current: true },
    { profile: 'rescue', running: 'running', pid: process.pid, port: rescue.port, version: String, current: false },
  ])
  const deep = await cli.run('--profile', 'rescue', 'gateway', 'status', '--deep')
  t.match(deep, { code: 0, stdout: /default +\d+ .*running[\s\S]*rescue\* +\d+ .*running/ })
})

t.test('a gateway that is down: why, and what to run next, with the profile', async (t) => {
  const cli = cliFor(t)
  const port = await freePort()
  cli.writeConfig(config({ port }), 'rescue')
  const argv = ['--profile', 'rescue']
  const health = await cli.run(...argv, 'health')
  t.match(health, { code: 1, stdout: '' })
  t.equal(
    health.stderr,
    `[openclaw] Nothing listens at ws://127.0.0.1:${port}: the gateway is not running.\nTry: openclaw --profile rescue gateway run\n`,
  )
  const json = await cli.run(...argv, 'health', '--json')
  t.match(JSON.parse(json.stdout), { ok: false, error: { type: 'gateway_transport_error', kind: 'refused' } })
  t.match(await cli.run(...argv, 'gateway', 'status'), {
    code: 1,
    stdout: /Runtime: stopped\nRPC probe: failed[\s\S]*Try: openclaw --profile rescue gateway run/,
  })
  t.match(await cli.run(...argv, 'gateway', 'status', '--no-probe'), { code: 0 })
  t.match(await cli.run(...argv, 'gateway', 'status', '--no-probe', '--require-rpc'), { code: 1 })
  t.match(await cli.run(...argv, 'status'), {
    code: 1,
    stdout: /not reachable[\s\S]*Next steps\n {2}openclaw --profile rescue gateway run/,
  })
})

t.test('nothing set up at all: status says what to do first', async (t) => {
  const cli = cliFor(t, { env: { OPENCLAW_GATEWAY_PORT: String(await freePort()) } })
  const { code, stdout } = await cli.run('status', '--json')
  t.equal(code, 1)
  t.match(JSON.parse(stdout), {
    config: { exists: false },
    portSource: 'env',
    next: ['openclaw setup', 'openclaw gateway run'],
  })
})

t.test('a broken config: status shows it and still looks for the gateway', async (t) => {
  const cli = cliFor(t)
  const port = await freePort()
  cli.writeConfig({ gateway: { port, prot: 1 } })
  const { code, stdout } = await cli.run('status')
  t.equal(code, 1)
  t.match(stdout, /not valid, 1 to correct/)
  t.match(stdout, new RegExp(`ws://127\\.0\\.0\\.1:${port} · not reachable`))
  t.match(stdout, /openclaw config validate/)
})

t.test('an edit to a bad file under a running gateway shows in status', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config())
  await startGateway(t, cli.home)
  writeFileSync(path, '{ gateway: { prot: 1 } }')
  t.match(await cli.run('status'), { code: 1, stdout: /not valid[\s\S]*· running/ })
})

t.test('a gateway that was killed leaves a run-file; nobody is fooled', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  const gateway = await startGateway(t, cli.home)
  const runFile = join(cli.home, '.openclaw', 'run', 'gateway.json')
  const left = readFileSync(runFile)
  await gateway.close()
  t.notOk(existsSync(runFile), 'an orderly end removes it')
  writeFileSync(runFile, left)
  t.match(await cli.run('health'), { code: 1, stderr: /is not running/ })
  t.match(await cli.run('profiles', 'list'), { code: 0, stdout: /stopped \(crashed\)/ })
  t.match(await cli.run('gateway', 'stop'), { code: 0, stdout: /is not running/ })
})

t.test('the port of another profile, of a stranger, and of something that hangs', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config(), 'rescue')
  const rescue = await startGateway(t, cli.home, 'rescue')
  cli.writeConfig(config({ port: rescue.port }))
  t.match(await cli.run('health'), {
    code: 1,
    stderr: /belongs to the profile "rescue"[\s\S]*Try: openclaw profiles list/,
  })

  const stranger = await startOther(t, (_request, response) => response.end('<html>'))
  cli.writeConfig(config({ port: stranger }))
  t.match(await cli.run('health'), { code: 1, stderr: /not an openclaw gateway \(HTTP 200 on \/readyz\)/ })

  const hanging = await startOther(t, () => {})
  cli.writeConfig(config({ port: hanging }))
  t.match(await cli.run('health', '--timeout', '60'), { code: 1, stderr: /did not answer within 60 ms/ })
})

t.test('--url needs a credential of its own, and never gets the configured one', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  const gateway = await startGateway(t, cli.home)
  const url = `ws://127.0.0.1:${gateway.port}`
  t.match(await cli.run('health', '--url', url), { code: 1, stderr: /requires explicit credentials/ })
  t.match(await cli.run('health', '--url', url, '--token', token), { code: 0 })
  t.match(await cli.run('health', '--url', url, '--token', 'wrong'), {
    code: 1,
    stderr: /did not accept the credential/,
  })
  t.match(await cli.run('gateway', 'status', '--url', url), { code: 0, stdout: /RPC probe: ok/ })
  t.match(await cli.run('health', '--url', 'ws://gateway.example.com'), { code: 1, stderr: /SECURITY ERROR/ })
  t.match(await cli.run('health', '--url', url, '--port', '1'), { code: 2, stderr: /exclude each other/ })
  t.match(await cli.run('health', '--port', String(gateway.port)), { code: 0 })

  let seen: (string | undefined)[] = []
  const spy = await startOther(t, (request, response) => {
    seen.push(request.headers.authorization)
    response.end('{}')
  })
  await cli.run('gateway', 'status', '--url', `ws://127.0.0.1:${spy}`)
  await cli.run('health', '--port', String(spy))
  t.ok(seen.length > 0 && seen.every((one) => one === undefined), 'no secret went to a stranger')
  seen = []
  const env = cliFor(t, { home: cli.home, env: { OPENCLAW_GATEWAY_URL: url } })
  t.match(await env.run('health'), { code: 1, stderr: /requires explicit credentials/ })
  const good = cliFor(t, { home: cli.home, env: { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_TOKEN: token } })
  t.match(await good.run('health', '--json'), { code: 0, stdout: /"urlSource": "env"/ })
})

t.test('remote mode: the gateway of the config, with its token', async (t) => {
  const far = cliFor(t)
  far.writeConfig(config())
  const gateway = await startGateway(t, far.home)
  const near = cliFor(t)
  const remote = (secret: string) => ({
    gateway: { mode: 'remote', remote: { url: `ws://127.0.0.1:${gateway.port}`, token: secret } },
  })
  near.writeConfig(remote(token))
  t.match(await near.run('health', '--json'), { code: 0, stdout: /"urlSource": "remote"/ })
  near.writeConfig(remote('wrong-token-123'))
  t.match(await near.run('health'), { code: 1, stderr: /did not accept/ })
  near.writeConfig({ gateway: { mode: 'remote', port: await freePort() } })
  t.match(await near.run('health'), { code: 1, stderr: /remote\.url is not set[\s\S]*not running/ })
})

t.test('an ssh tunnel: a remote gateway on the local port answers without a run-file here', async (t) => {
  const far = cliFor(t)
  far.writeConfig(config())
  const gateway = await startGateway(t, far.home)
  const near = cliFor(t)
  near.writeConfig(config({ port: gateway.port }))
  t.match(await near.run('health', '--json'), { code: 0, stdout: /"identity": "unverified"/ })
})

const refusedRuns: [string, string[], object | undefined, number, RegExp][] = [
  ['no config', [], undefined, 78, /There is no config.*openclaw setup[\s\S]*Try: openclaw setup/],
  [
    'mode remote',
    [],
    { gateway: { mode: 'remote' } },
    78,
    /set gateway\.mode=local[\s\S]*Try: openclaw config set gateway\.mode local/,
  ],
  ['lan without auth', ['--bind', 'lan', '--auth', 'none'], config(), 78, /refusing to bind gateway/i],
  ['a bad config', [], { gateway: { prot: 1 } }, 78, /gateway\.prot[\s\S]*Try: openclaw config validate/],
  ['a bad port', ['--port', '70000'], config(), 2, /from 0 to 65535/],
  ['a bad bind', ['--bind', 'everywhere'], config(), 2, /Use one of: loopback, lan/],
  ['a flag that is documented but not there', ['--raw-stream'], config(), 2, /--raw-stream is not available/],
  ['an unknown flag', ['--verbos'], config(), 2, /Did you mean "--verbose"/],
  ['--reset without the dev profile', ['--reset'], config(), 2, /Use --reset with the dev profile/],
  ['a missing password file', ['--password-file', 'nowhere'], config(), 2, /Cannot read the password file/],
  [
    'an unknown word',
    ['statsu'],
    config(),
    2,
    /does not know the command "gateway statsu"\. Did you mean "gateway status"/,
  ],
]

for (const [name, argv, content, code, message] of refusedRuns) {
  t.test(`gateway run is refused: ${name}`, async (t) => {
    const cli = cliFor(t)
    if (content) cli.writeConfig(content)
    t.match(await cli.run('gateway', ...argv), { code, stdout: '', stderr: message })
  })
}

t.test('a refused gateway run shows what was ignored', async (t) => {
  const cli = cliFor(t, { env: { OPENCLAW_GATEWAY_PORT: 'nonsense' } })
  const { code, stderr } = await cli.run('gateway', 'run')
  t.equal(code, 78)
  t.match(stderr, /Ignored OPENCLAW_GATEWAY_PORT[\s\S]*There is no config/)
})

t.test('gateway run on a state that runs already names the holder', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config())
  const { port } = await startGateway(t, cli.home)
  const { code, stderr } = await cli.run('gateway', 'run', '--port', '0')
  t.equal(code, 78)
  t.match(stderr, `another gateway instance is already listening on ws://127.0.0.1:${port}`)
  t.match(stderr, `pid ${process.pid}`)
})

t.test('gateway run on a taken port is refused before the config is judged', async (t) => {
  const cli = cliFor(t)
  const other = await startOther(t, (_request, response) => response.end('hello'))
  cli.writeConfig(config())
  const { port } = await startGateway(t, cli.home)
  const bad = (gateway: object) => JSON.stringify({ gateway: { ...gateway, bogus: 1 } })
  const ours = new RegExp(`another gateway instance is already listening on ws://127.0.0.1:${port}.*profile "default"`)
  const table: [string, string, string[], RegExp][] = [
    ['a gateway of ours, by the flag', bad({}), ['--port', String(port)], ours],
    ['a gateway of ours, by the config', bad({ port }), [], ours],
    ['another program', bad({ port: other }), ['--bind', 'lan'], /is used by another program \(pid \d+/],
    ['only an address of its own', bad({ port: other, bind: 'custom', customBindHost: '127.0.0.2' }), [], /bogus/],
    ['a config with comments is read by the real reader', `// mine\n${bad({ port: other })}`, [], /bogus/],
    ['the port may come from an include', `{"$include":"x.json5","gateway":{"port":${other}}}`, [], /x\.json5/],
  ]
  for (const [name, content, flags, message] of table) {
    cli.writeConfig(content, 'second')
    const ran = await cli.run('--profile', 'second', 'gateway', 'run', ...flags)
    t.match(ran, { code: 78, stdout: '', stderr: message }, name)
  }
})
