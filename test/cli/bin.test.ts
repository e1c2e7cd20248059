import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { testFolder } from '../helper/folder.js'
import { freePort, startGateway } from './gateways.js'
import { binFile, cliFor, spawnBin } from './harness.js'

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'))

t.test('the program is executable and says its version', async (t) => {
  t.ok(statSync(binFile).mode & 0o100)
  t.match(readFileSync(binFile, 'utf8'), /^#!\/usr\/bin\/env node\n/)
  const home = testFolder(t)
  t.strictSame(await spawnBin(t, home, ['--version']).done, { code: 0, stdout: `OpenClaw ${version}\n`, stderr: '' })
})

t.test('help comes from the index of the build, in the language of the user', async (t) => {
  const home = testFolder(t)
  const [en, zh] = await Promise.all([
    spawnBin(t, home, ['--help'], { LANG: 'C' }).done,
    spawnBin(t, home, ['gateway', 'run', '--help'], { LANG: 'zh_CN.UTF-8' }).done,
  ])
  t.match(en, { code: 0, stderr: '', stdout: /config validate +Check the config/ })
  t.match(zh, { code: 0, stderr: '', stdout: /在前台运行网关/ })
})

/** Files that a command line loads, by node's own account. */
async function loadedBy(t: Test, home: string, argv: string[]): Promise<string[]> {
  const folder = join(testFolder(t), 'coverage')
  await spawnBin(t, home, argv, { NODE_V8_COVERAGE: folder }).done
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  return reports.flatMap(({ result }: { result: { url: string }[] }) => result.map(({ url }) => url))
}

t.test('what does not need the WebSocket client does not load it', async (t) => {
  const home = testFolder(t)
  const cli = cliFor(t, { home })
  cli.writeConfig({ gateway: { mode: 'local', auth: { token: 'test-token-0123456789' } } })
  const gateway = await startGateway(t, home)
  const port = ['--port', String(gateway.port)]
  // The build joins each of them to one file.
  const heavy = async (...argv: string[]) =>
    (await loadedBy(t, home, argv)).flatMap((url) => /\/chunks\/(ws|fastify)-[^/]+$/.exec(url)?.[1] ?? [])
  for (const argv of [['--version'], ['--help'], ['agent', '--help'], ['config', 'file'], ['health', ...port]]) {
    t.strictSame(await heavy(...argv), [], argv.join(' '))
  }
  t.strictSame(await heavy('gateway', 'call', 'health', ...port), ['ws'], 'it would be seen')
})

t.test(
  '--help is printed as the build made it: no command line is loaded, and it is what the bare word shows',
  async (t) => {
    const home = testFolder(t)
    for (const LANG of ['C', 'zh_CN.UTF-8']) {
      const [baked, bare] = await Promise.all([
        spawnBin(t, home, ['--help'], { LANG }).done,
        spawnBin(t, home, [], { LANG }).done,
      ])
      t.equal(baked.code, 0)
      t.equal(baked.stdout, bare.stdout, LANG)
    }
    const own = (await loadedBy(t, home, ['--help'])).filter(
      (url) => /\/dist\/(?:src|chunks)\//.test(url) && !url.includes('node_modules'),
    )
    t.equal(own.length, 2, own.join(' '))
  },
)

t.test('errors: stderr, exit code, JSON on stdout', async (t) => {
  const home = testFolder(t)
  const { code, stdout, stderr } = await spawnBin(t, home, ['gatway', '--json']).done
  t.equal(code, 2)
  t.match(stderr, /does not know the command "gatway"\. Did you mean "gateway"\?\nTry: openclaw --help\n/)
  t.match(JSON.parse(stdout), { ok: false, error: { code: 'usage' } })
})

t.test('a reader that closes early is no error', async (t) => {
  const home = testFolder(t)
  const env = { HOME: home, PATH: process.env.PATH }
  const command = `"${process.execPath}" "${binFile}" config schema | head -c 10; echo "exit \${PIPESTATUS[0]}"`
  const stdout = await new Promise<string>((settle, reject) => {
    execFile('bash', ['-c', command], { env }, (error, out, err) => (error || err ? reject(error ?? err) : settle(out)))
  })
  t.match(stdout, /exit 0/)
})

t.test('the first minute of a new profile: setup, gateway, health, stop', async (t) => {
  const home = testFolder(t)
  const cli = cliFor(t, { home })
  const port = String(await freePort())
  const profile = ['--profile', 'rescue']
  const setup = await spawnBin(t, home, [...profile, 'setup', '--embedded', '--port', port, '--json']).done
  const { token } = JSON.parse(setup.stdout)
  const gateway = spawnBin(t, home, [...profile, 'gateway', '--bind', 'loopback'])
  await gateway.says(`listening on http://127.0.0.1:${port}`)
  t.match(await cli.run(...profile, 'health'), { code: 0, stdout: /Profile +rescue/ })
  const answer = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
  t.equal(answer.status, 200)
  const stop = await cli.run(...profile, 'gateway', 'stop', '--json')
  t.match(JSON.parse(stop.stdout), { ok: true, stopped: true, pid: gateway.pid, port: Number(port) })
  const ended = await gateway.done
  t.equal(ended.code, 0, ended.stderr)
  t.notMatch(ended.stdout + ended.stderr, token, 'a token that is known is not printed')
  t.match(await cli.run(...profile, 'health'), { code: 1 })
})

t.test('a first start without a config: the token is shown once; Ctrl-C ends it in order', async (t) => {
  const home = testFolder(t)
  const argv = ['gateway', 'run', '--embedded', '--port', '0', '--bind', 'loopback']
  const gateway = spawnBin(t, home, argv)
  await gateway.says('listening on')
  gateway.kill('SIGINT')
  const { code, stderr } = await gateway.done
  t.equal(code, 0)
  const [, token = ''] = /shown once\): ([0-9a-f]{48})/.exec(stderr) ?? []
  t.match(readFileSync(cliFor(t, { home }).configPath(), 'utf8'), token)
})

t.test('a gateway that is asked to end while it starts ends in order', async (t) => {
  const argv = ['gateway', 'run', '--embedded', '--port', '0', '--bind', 'loopback']
  const gateway = spawnBin(t, testFolder(t), argv)
  // Said before the port is opened.
  await gateway.says('shown once', 'stderr')
  gateway.kill('SIGTERM')
  t.equal((await gateway.done).code, 0)
})

t.test('seed 003: the development gateway sets itself up', async (t) => {
  const home = testFolder(t)
  const gateway = spawnBin(t, home, ['--dev', 'gateway', '--allow-unconfigured', '--port', '0', '--bind', 'loopback'])
  await gateway.says('listening on')
  const cli = cliFor(t, { home })
  t.match(await cli.run('--dev', 'status'), { code: 0, stdout: /Profile dev/ })
  t.match(await cli.run('--dev', 'config', 'get', 'gateway.port'), { stdout: '19001\n' })
  gateway.kill('SIGTERM')
  t.equal((await gateway.done).code, 0)
})

t.test('a refused start exits with 78 and says why', async (t) => {
  const home = testFolder(t)
  const { code, stdout, stderr } = await spawnBin(t, home, ['gateway']).done
  t.match({ code, stdout }, { code: 78, stdout: '' })
  t.match(stderr, /There is no config.*\nTry: openclaw setup\n/)
})
