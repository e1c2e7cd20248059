import { writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { testConfig, token, upstreamConfig } from '../../helper/gateway.js'
import { startGateway as startProcess } from '../../helper/process.js'
import { type Script, startUpstream } from '../../helper/upstream.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor, spawnBin } from '../harness.js'

async function running(t: Test, script: Script) {
  const upstream = await startUpstream(t, script)
  const cli = cliFor(t)
  cli.writeConfig(testConfig(upstreamConfig(upstream.baseUrl)))
  const gateway = await startGateway(t, cli.home)
  return { cli, upstream, gateway }
}

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

t.test('a turn: its text for people, its result for programs', async (t) => {
  const { cli, upstream } = await running(t, ['Hello!', 'Again.', { text: '' }])
  t.strictSame(await cli.run('agent', '--message', 'hi'), { code: 0, stdout: 'Hello!\n', stderr: '' })
  const argv = ['agent', '-m', 'and now?', '--session-key', 'main', '--thinking', 'low', '--timeout', '60', '--json']
  const { code, stdout } = await cli.run(...argv)
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { runId: String, status: 'ok', result: { payloads: [{ text: 'Again.' }] } })
  t.match(JSON.stringify(upstream.requests[1]?.body.messages), /Hello!/, 'both were said in one session')
  t.match(await cli.run('agent', '-m', 'hm', '--session-id', 'S-1'), { code: 0, stdout: '', stderr: /said nothing/ })
})

t.test('messages from a file and from standard input', async (t) => {
  const { cli, upstream } = await running(t, 'ok')
  writeFileSync(join(cli.home, 'message.txt'), 'from a file\n')
  t.match(await cli.run('agent', '--message-file', 'message.txt'), { code: 0 })
  t.match(await cli.feed('from a pipe', 'agent', '--message-file', '-'), { code: 0 })
  const said = upstream.requests.map(({ body }) => JSON.stringify(body.messages))
  t.match(said, [/from a file/, /from a pipe/])
})

t.test('--stream: the answer while it is made, each word once', async (t) => {
  const text = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ')
  const { cli } = await running(t, { text, delayMs: 10 })
  const { code, stdout } = await cli.run('agent', '-m', 'speak', '--stream')
  t.equal(code, 0)
  t.equal(stdout, `${text}\n`)
  const lines = jsonLines((await cli.run('agent', '-m', 'speak', '--stream', '--json')).stdout)
  t.match(lines[0], { type: 'event', stream: 'lifecycle', data: { phase: 'start' } })
  t.ok(lines.some(({ stream }) => stream === 'assistant'))
  t.match(lines.at(-1), { type: 'result', status: 'ok', result: { payloads: [{ text }] } })
})

t.test('what is refused, and what fails', async (t) => {
  const { cli, upstream } = await running(t, { status: 401, body: { error: { message: 'no' } } })
  const bad: [string[], RegExp][] = [
    [[], /--message or with --message-file/],
    [['-m', 'x', '--message-file', 'y'], /--message or with --message-file/],
    [['-m', '  '], /message is empty/],
    [['--message-file', 'nowhere'], /Cannot read .*nowhere \(ENOENT\)/],
    [['-m', 'x', '--thinking', 'hard'], /Use one of: off/],
    [['-m', 'x', '--deliver'], /--deliver is not available/],
  ]
  for (const [argv, stderr] of bad) t.match(await cli.run('agent', ...argv), { code: 2, stdout: '', stderr })
  t.equal(upstream.requests.length, 0)
  t.match(await cli.run('agent', '-m', 'x', '--agent', 'nobody'), { code: 1, stderr: /nobody/ })
  t.match(await cli.run('agent', '-m', 'x'), { code: 1, stdout: '', stderr: /refused its key/ })
  t.match(await cli.run('agent', '-m', 'x', '--token', 'wrong'), { code: 1, stderr: /did not accept the credential/ })
  const { stdout } = await cli.run('agent', '-m', 'x', '--json')
  t.match(JSON.parse(stdout), { ok: false, error: { code: 'call_refused', gateway: { code: 'UNAVAILABLE' } } })
})

t.test('a gateway that is down', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort(), auth: { token } } })
  t.match(await cli.run('agent', '-m', 'x'), { code: 1, stderr: /is not running\.\nTry: openclaw gateway run/ })
})

t.test('Ctrl-C ends the turn on the gateway too', async (t) => {
  const { cli, upstream } = await running(t, { text: 'half of it', hangAfter: 3 })
  const child = spawnBin(t, cli.home, ['agent', '-m', 'x', '--stream'])
  await child.says('half')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await child.done
  t.equal(code, 130)
  t.match(stdout, /^half/)
  t.match(stderr, /The turn was stopped/)
  await until(() => upstream.requests[0]?.aborted === true)
})

/** A way to the port that the test can cut. */
async function cuttable(t: Test, target: number): Promise<{ port: number; cut(): void }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => {}).on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return { port: (server.address() as net.AddressInfo).port, cut }
}

t.test('a connection that breaks off: the same turn is joined, and its answer arrives', async (t) => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const { cli, upstream, gateway } = await running(t, async () => opened.then(() => 'worth the wait'))
  const wire = await cuttable(t, gateway.port)
  const child = spawnBin(t, cli.home, ['agent', '-m', 'x', '--port', String(wire.port)])
  await until(() => upstream.requests.length === 1)
  wire.cut()
  await child.says('the turn goes on', 'stderr')
  open()
  t.match(await child.done, { code: 0, stdout: 'worth the wait\n' })
  t.equal(upstream.requests.length, 1)
})

t.test('a gateway that dies under a turn: said in words, nothing runs twice', async (t) => {
  const upstream = await startUpstream(t, { hangAfter: 0 })
  const cli = cliFor(t)
  cli.writeConfig(testConfig(upstreamConfig(upstream.baseUrl)))
  const port = await freePort()
  const first = await startProcess(cli.home, port)
  t.teardown(() => first.kill())
  const child = spawnBin(t, cli.home, ['agent', '-m', 'x', '--port', String(port)])
  await until(() => upstream.requests.length === 1)
  await first.kill()
  const second = await startProcess(cli.home, port)
  t.teardown(() => second.kill())
  t.match(await child.done, { code: 1, stderr: /went down before the turn was complete/ })
  t.equal(upstream.requests.length, 1)
})
