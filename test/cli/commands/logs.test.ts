import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { testFolder } from '../../helper/folder.js'
import { startGateway as startProcess } from '../../helper/process.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor, spawnBin } from '../harness.js'

const token = 'test-token-0123456789'
const config = (more: object = {}) => ({ gateway: { mode: 'local', auth: { token }, ...more } })
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

t.test('the end of the log of a running gateway', async (t) => {
  const home = testFolder(t)
  const cli = cliFor(t, { home, env: { OPENCLAW_HOME: home } })
  cli.writeConfig(config())
  await startGateway(t, cli.home)
  const { code, stdout, stderr } = await cli.run('logs')
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /^Log file: .*openclaw-\d{4}-\d\d-\d\d\.log\n/)
  t.match(stdout, /\n\d\d:\d\d:\d\d listening on/, 'lines for people')
  t.match(await cli.run('logs', '--utc'), { stdout: /\n\d\d:\d\d:\d\dZ listening on/ })
  const [meta, ...lines] = jsonLines((await cli.run('logs', '--json', '--limit', '2')).stdout)
  t.match(meta, { type: 'meta', sourceKind: 'gateway', cursor: meta.size, file: /\.log$/ })
  t.ok(lines.length > 0 && lines.length <= 2)
  t.match(lines[0], { type: 'log', time: /Z$/, level: String, message: String, raw: /^\{/ })
  t.match(await cli.run('logs', '--token', 'wrong'), { code: 1, stderr: /did not accept/ })
  t.match(await cli.run('logs', '--limit', '0'), { code: 2, stderr: /from 1 to 5000/ })
})

t.test('a gateway that is down: its file, why, and what to run', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ ...config({ port: await freePort() }), logging: { file: join(cli.home, 'my.log') } })
  const none = await cli.run('logs')
  t.match(none, { code: 0, stdout: `Log file: ${join(cli.home, 'my.log')}\n` })
  t.match(none.stderr, /is not running\. This is the end of its log file:\n.*Try: openclaw gateway run/)
  writeFileSync(join(cli.home, 'my.log'), '{"level":50,"time":0,"msg":"it broke","code":"E"}\nno json\n')
  t.match(await cli.run('logs', '--follow', '--utc'), {
    code: 0,
    stdout: /\n00:00:00Z error it broke code=E\nno json\n$/,
  })
  const lines = jsonLines((await cli.run('logs', '--json')).stdout)
  t.match(lines, [
    { type: 'notice', message: /is not running/ },
    { type: 'meta', sourceKind: 'file' },
    { type: 'log', level: 'error', message: 'it broke', time: '1970-01-01T00:00:00.000Z' },
    { type: 'log', message: 'no json', raw: 'no json' },
    { type: 'notice', message: /gateway run/ },
  ])
  t.match(await cli.run('logs', '--url', 'ws://127.0.0.1:1', '--token', 'x'), { code: 1, stderr: /is not running/ })
})

t.test('the newest daily file, of this profile alone', async (t) => {
  const home = testFolder(t)
  const cli = cliFor(t, { home, env: { OPENCLAW_HOME: home } })
  cli.writeConfig(config({ port: await freePort() }))
  const file = /Log file: (.*)\n/.exec((await cli.run('logs')).stdout)?.[1] ?? ''
  const folder = join(file, '..')
  mkdirSync(folder, { recursive: true })
  for (const day of ['2025-01-01', '2025-01-02']) writeFileSync(join(folder, `openclaw-${day}.log`), `${day}\n`)
  writeFileSync(join(folder, 'openclaw-rescue-2025-01-03.log'), 'rescue\n')
  t.match(await cli.run('logs'), { stdout: `Log file: ${join(folder, 'openclaw-2025-01-02.log')}\n2025-01-02\n` })
})

async function profile(t: Test): Promise<{ home: string; port: number; file: string }> {
  const home = testFolder(t)
  const file = join(home, 'my.log')
  cliFor(t, { home }).writeConfig({ ...config(), logging: { file, level: 'debug' } })
  return { home, file, port: await freePort() }
}

/** A line of another hand, and one of the gateway itself, at which it looks. */
async function log(file: string, port: number, msg: string): Promise<void> {
  appendFileSync(file, `${JSON.stringify({ level: 30, time: 0, msg })}\n`)
  await fetch(`http://127.0.0.1:${port}/healthz`)
}

t.test('--follow: lines as they come, over a restart, until Ctrl-C', async (t) => {
  const { home, port, file } = await profile(t)
  let gateway = await startProcess(home, port)
  t.teardown(() => gateway.kill())
  const cli = spawnBin(t, home, ['logs', '-f', '--port', String(port)])
  await cli.says('listening on')
  await log(file, port, 'the first sign')
  await cli.says('the first sign')
  await gateway.kill()
  gateway = await startProcess(home, port)
  await log(file, port, 'after the restart')
  await cli.says('after the restart')
  cli.kill('SIGINT')
  const { code, stdout, stderr } = await cli.done
  t.equal(code, 130)
  t.match(stderr, /Waiting for the gateway to come back\.\n[\s\S]*The gateway is back\./)
  const count = stdout.split('the first sign').length - 1
  t.equal(count, 1, 'no line twice')
})

t.test('channels logs --follow: the lines about a channel as they come, and no others', async (t) => {
  const { home, port, file } = await profile(t)
  const gateway = await startProcess(home, port)
  t.teardown(() => gateway.kill())
  const cli = spawnBin(t, home, ['channels', 'logs', '-f', '--channel', 'slack', '--port', String(port)])
  await cli.says('Log file:')
  const about = (channel: string, msg: string) =>
    appendFileSync(file, `${JSON.stringify({ level: 30, time: 0, channel, msg })}\n`)
  about('telegram', 'of another channel')
  about('slack', 'a message of slack')
  await log(file, port, 'of no channel')
  await cli.says('a message of slack')
  cli.kill('SIGINT')
  const { code, stdout } = await cli.done
  t.equal(code, 130)
  t.notMatch(stdout, /of another channel|of no channel/)
})

t.test('--follow ends when nobody reads any more', async (t) => {
  const { home, port } = await profile(t)
  const gateway = await startProcess(home, port)
  t.teardown(() => gateway.kill())
  const { execFile } = await import('node:child_process')
  const { binFile } = await import('../harness.js')
  const command = `"${process.execPath}" "${binFile}" logs --follow --port ${port} --json | head -n 1; echo "exit \${PIPESTATUS[0]}"`
  const ended = new Promise<string>((settle, reject) => {
    const env = { HOME: home, PATH: process.env.PATH, TMPDIR: join(home, 'tmp') }
    execFile('bash', ['-c', command], { env }, (error, out) => (error ? reject(error) : settle(out)))
  })
  // A line that comes is what shows that nobody reads.
  let over = false
  void ended.finally(() => {
    over = true
  })
  while (!over) {
    await fetch(`http://127.0.0.1:${port}/healthz`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.match(await ended, /"type":"meta"[\s\S]*exit 0/)
})
