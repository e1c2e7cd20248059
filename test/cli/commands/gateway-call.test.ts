import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { freePort, startGateway, startOther } from '../gateways.js'
import { cliFor } from '../harness.js'

const token = 'test-token-0123456789'
const config = (more: object = {}) => ({ gateway: { mode: 'local', auth: { token }, ...more } })

async function running(t: Test) {
  const cli = cliFor(t)
  cli.writeConfig(config())
  const gateway = await startGateway(t, cli.home)
  return { cli, gateway, url: `ws://127.0.0.1:${gateway.port}` }
}

t.test('a call: the result for people and for programs', async (t) => {
  const { cli } = await running(t)
  const human = await cli.run('gateway', 'call', 'health')
  t.match(human, { code: 0, stderr: '', stdout: /^Gateway call: health\n\{\n {2}"ok": true,/ })
  const { code, stdout } = await cli.run('gateway', 'call', 'health', '--json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { ok: true, defaultAgentId: 'main' }, 'the bare result')
})

t.test('a mistake in the section of a remote profile sends no command to whoever has the port here', async (t) => {
  const { gateway, url } = await running(t)
  const broken = [
    { gateway: { mode: 'remote', port: gateway.port, prot: 1, remote: { url: 'wss://far.example.org' } } },
    `{ gateway: { mode: "remote", port: ${gateway.port}, `,
  ]
  for (const content of broken) {
    const env = { OPENCLAW_GATEWAY_TOKEN: token, OPENCLAW_GATEWAY_PORT: String(gateway.port) }
    const near = cliFor(t, { env })
    near.writeConfig(content)
    for (const argv of [
      ['gateway', 'call', 'health'],
      ['cron', 'list'],
    ]) {
      const refused = await near.run(...argv)
      t.match(refused, { code: 78, stderr: /not certain which gateway[\s\S]*Try: openclaw config validate/ })
    }
    t.equal(
      (await near.run('gateway', 'call', 'health', '--url', url, '--token', token)).code,
      0,
      'an address is certain',
    )
  }
})

t.test('params on the command line and on standard input', async (t) => {
  const { cli } = await running(t)
  const lookup = ['gateway', 'call', 'config.schema.lookup', '--json', '--params']
  const { stdout } = await cli.run(...lookup, '{"path":"gateway.port"}')
  t.match(JSON.parse(stdout), { path: 'gateway.port' })
  t.match(JSON.parse((await cli.feed('{"path":"gateway.mode"}', ...lookup, '-')).stdout), { path: 'gateway.mode' })
  t.match(await cli.run('gateway', 'call', 'health', '--params', '{bad'), {
    code: 2,
    stderr: /--params must be valid JSON\.[\s\S]*Try: openclaw gateway call --help/,
  })
  t.match(await cli.run('gateway', 'call'), { code: 2, stderr: /<method> is missing/ })
})

t.test('who can read the state directory needs no secret', async (t) => {
  const { cli } = await running(t)
  const other = cliFor(t, { home: cli.home, env: { OPENCLAW_GATEWAY_TOKEN: 'not-the-one-it-was-started-with' } })
  t.match(await other.run('gateway', 'call', 'config.get'), { code: 0 }, 'signed with the key of the directory')
  t.match(await other.run('gateway', 'call', 'config.get', '--token', 'wrong'), { code: 1 })
  cli.writeConfig({ gateway: { mode: 'local', port: 1 } })
  t.match(await cli.run('gateway', 'call', 'health'), { code: 0 })
})

t.test('what the gateway refuses, in its own words', async (t) => {
  const { cli } = await running(t)
  t.match(await cli.run('gateway', 'call', 'helth'), {
    code: 1,
    stdout: '',
    stderr: '[openclaw] unknown method: helth Did you mean "health"?\n',
  })
  const { code, stdout } = await cli.run('gateway', 'call', 'health', '--params', '{"probe":1}', '--json')
  t.equal(code, 1)
  t.match(JSON.parse(stdout), {
    ok: false,
    error: {
      type: 'cli_error',
      code: 'call_refused',
      message: 'invalid health params: at /probe: must be boolean',
      gateway: { code: 'INVALID_REQUEST' },
    },
  })
})

t.test('a gateway that is down, a wrong token, a stranger, and something that hangs', async (t) => {
  const { cli, url } = await running(t)
  t.match(await cli.run('gateway', 'call', 'health', '--token', 'wrong'), {
    code: 1,
    stderr: /did not accept the credential/,
  })
  t.match(await cli.run('gateway', 'call', 'health', '--url', url), {
    code: 1,
    stderr: /requires explicit credentials/,
  })
  t.match(await cli.run('gateway', 'call', 'health', '--url', url, '--token', token), { code: 0 })

  const other = cliFor(t)
  const port = await freePort()
  other.writeConfig(config({ port }))
  t.match(await other.run('gateway', 'call', 'health'), {
    code: 1,
    stdout: '',
    stderr: `[openclaw] Nothing listens at ws://127.0.0.1:${port}: the gateway is not running.\nTry: openclaw gateway run\n`,
  })
  const down = await other.run('gateway', 'call', 'health', '--json')
  t.match(JSON.parse(down.stdout), { ok: false, error: { type: 'gateway_transport_error', kind: 'refused' } })
  const stranger = await startOther(t, (_request, response) => response.end('<html>'))
  t.match(await other.run('gateway', 'call', 'health', '--port', String(stranger)), {
    code: 1,
    stderr: /not an openclaw gateway \(HTTP 200 on \/rpc\)/,
  })
  const hanging = await startOther(t, () => {})
  t.match(await other.run('gateway', 'call', 'health', '--port', String(hanging), '--timeout', '60'), {
    code: 1,
    stderr: /did not answer within 60 ms/,
  })
})

/** A proxy that passes requests on and knows nothing of upgrades. */
async function plainProxy(t: Test, target: number): Promise<number> {
  const server = createServer((request, response) => {
    const { url, method, headers } = request
    const { connection: _dropped, upgrade: _also, ...kept } = headers
    const onward = httpRequest({ host: '127.0.0.1', port: target, path: url, method, headers: kept }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  // Without a listener node would cut the connection instead of handing the request to the handler.
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

t.test('behind a proxy that does not upgrade, calls go over plain HTTP', async (t) => {
  const { cli, gateway } = await running(t)
  const url = `http://127.0.0.1:${await plainProxy(t, gateway.port)}`
  const call = (...argv: string[]) => cli.run('gateway', 'call', ...argv, '--url', url)
  t.match(JSON.parse((await call('health', '--json', '--token', token)).stdout), { ok: true, defaultAgentId: 'main' })
  t.match(await call('health', '--token', 'wrong'), { code: 1, stderr: /did not accept the credential/ })
  t.match(await call('helth', '--token', token), { code: 1, stderr: /unknown method: helth Did you mean "health"/ })
})
