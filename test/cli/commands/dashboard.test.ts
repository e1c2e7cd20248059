import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileSays } from '../../helper/program.js'
import { freePort, startGateway, startOther } from '../gateways.js'
import { cliFor } from '../harness.js'

const token = 'dashboard-token-0123456789'

t.test('the address, and no secret in it', async (t) => {
  const cli = cliFor(t, { env: { USER: 'me', SSH_CONNECTION: '10.0.0.9 50000 10.0.0.5 2222' } })
  cli.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token } } })
  const gateway = await startGateway(t, cli.home)
  const { code, stdout } = await cli.run('dashboard', '--no-open', '--json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), {
    ok: true,
    url: `http://127.0.0.1:${gateway.port}/`,
    opened: false,
    tunnel: `ssh -N -L ${gateway.port}:127.0.0.1:${gateway.port} -p 2222 me@10.0.0.5`,
  })
  t.notMatch(stdout, token)
  const human = await cli.run('dashboard')
  t.match(human.stdout, `http://127.0.0.1:${gateway.port}/`)
  t.match(human.stdout, 'From another machine: ssh -N -L')
})

t.test('the gateway is down: the address all the same, and what to do', async (t) => {
  const cli = cliFor(t)
  const port = await freePort()
  cli.writeConfig({ gateway: { mode: 'local', port } })
  const { code, stdout } = await cli.run('dashboard')
  t.equal(code, 1)
  t.match(stdout, `http://127.0.0.1:${port}/`)
  t.match(stdout, 'Try: openclaw gateway run')
  cli.writeConfig({
    gateway: { mode: 'remote', remote: { url: `ws://127.0.0.1:${port}`, sshTarget: 'me@server', token } },
  })
  t.match((await cli.run('dashboard')).stdout, 'Try: openclaw tunnel run')
})

t.test('a page is opened with one argument, never by a shell', async (t) => {
  const port = await startOther(t, (request, response) => {
    if (request.url === '/readyz') response.setHeader('content-type', 'application/json')
    else response.setHeader('content-type', 'text/html')
    response.end(request.url === '/readyz' ? '{"ready":true}' : '<html>')
  })
  const cli = cliFor(t)
  const bin = join(cli.home, 'bin')
  mkdirSync(bin)
  const said = join(cli.home, 'opened')
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nfor one in "$@"; do echo "<$one>" >> '${said}'; done\n`)
  chmodSync(join(bin, 'xdg-open'), 0o755)
  const screen = cliFor(t, { home: cli.home, env: { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ':9' } })
  const there = await screen.run('dashboard', '--url', `ws://127.0.0.1:${port}`, '--json')
  t.match(JSON.parse(there.stdout), { ok: true, served: true, opened: true })
  t.match(await fileSays(said, '>'), `<http://127.0.0.1:${port}/>`)
  const noScreen = cliFor(t, { home: cli.home, env: { PATH: `${bin}:/usr/bin:/bin` } })
  t.match(JSON.parse((await noScreen.run('dashboard', '--url', `ws://127.0.0.1:${port}`, '--json')).stdout), {
    opened: false,
  })
  t.equal(readFileSync(said, 'utf8').trim().split('\n').length, 1)
})

t.test('switched off', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', auth: { mode: 'token', token }, controlUi: { enabled: false } } })
  await startGateway(t, cli.home)
  const { code, stdout } = await cli.run('dashboard', '--no-open')
  t.equal(code, 1)
  t.match(stdout, 'switched off')
})
