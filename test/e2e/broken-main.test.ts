import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../cli/gateways.js'
import { binFile } from '../cli/harness.js'
import { testFolder } from '../helper/folder.js'
import { cleanEnv, type GatewayProcess, openclaw, startGateway } from '../helper/process.js'
import { startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

/** Main and rescue as the README sets them up; then main is broken, and its owner asks what is wrong. */
const home = testFolder(t)
const main = join(home, '.openclaw')
const rescue = join(home, '.openclaw-rescue')
const template = join(home, 'template')
const file = join(main, 'openclaw.json')
const port = await freePort()
const rescuePort = port > 40_000 ? port - 5_000 : port + 5_000

await openclaw(home, ['setup', '--embedded', '--port', String(port)])
await openclaw(home, ['--profile', 'rescue', 'setup', '--embedded', '--port', String(rescuePort)])
// What a gateway leaves behind that has run and ended well: a database, a last good config.
await (await startGateway(home, port)).stop()
cpSync(main, template, { recursive: true })
const rescued = readFileSync(join(rescue, 'openclaw.json'), 'utf8')
const theOther = await startGateway(home, rescuePort, ['--profile', 'rescue'])
t.teardown(() => theOther.stop())

interface Broken {
  readonly name: string
  /** Breaks it. Gives what mends it again besides putting the files back. */
  readonly how: () => Promise<unknown> | unknown
  readonly cause: RegExp
  /** What `doctor --fix` says that it did; then doctor has nothing more to say of it, and the gateway starts. */
  readonly mended?: RegExp
}

const config = () => JSON.parse(readFileSync(file, 'utf8')) as Body
const write = (change: (config: Body) => void, path = file) => {
  const tree = JSON.parse(readFileSync(path, 'utf8')) as Body
  change(tree)
  writeFileSync(path, JSON.stringify(tree, null, 2))
}
const running = async (then: (gateway: GatewayProcess) => unknown) => {
  const gateway = await startGateway(home, port)
  await then(gateway)
  return () => gateway.kill()
}

const cases: readonly Broken[] = [
  {
    name: 'a comma too many braces',
    how: () => writeFileSync(file, '{ "gateway": { "port": 1 }}}'),
    cause: /Expected the end of the file/,
    mended: /Mended: put back the config that the gateway last ran with/,
  },
  {
    name: 'an unknown key',
    how: () => write((tree) => Object.assign(tree.gateway, { prot: 1 })),
    cause: /gateway\.prot: .*Did you mean "port"/,
    mended: /put back the config/,
  },
  {
    name: 'an include that is not there',
    how: () => writeFileSync(file, '{ $include: "./nothere.json5" }'),
    cause: /included file \.\/nothere\.json5 does not exist/,
    mended: /put back the config/,
  },
  {
    name: 'a folder where the config should be',
    how: () => {
      rmSync(file)
      mkdirSync(file)
    },
    cause: /not a regular file/,
  },
  { name: 'the config is gone', how: () => rmSync(file), cause: /The config is gone/, mended: /put back the config/ },
  {
    name: 'a bad edit under the running gateway',
    how: () => running(() => write((tree) => Object.assign(tree, { bogus: 1 }))),
    cause: /bogus: Unknown key/,
  },
  {
    name: 'the state is deleted under the running gateway',
    how: () => running(() => rmSync(main, { recursive: true })),
    cause: /A gateway \(pid \d+\) runs on files of this profile that were deleted/,
  },
  {
    name: 'everybody may read it',
    how: () => {
      chmodSync(main, 0o755)
      chmodSync(file, 0o644)
    },
    cause: /Other users of this machine can get at it \(mode 644\)/,
    mended: /Mended: chmod 700[\s\S]*Mended: chmod 600/,
  },
  {
    name: 'the port is taken by a stranger',
    how: async () => {
      const server = createServer((socket) => socket.end('hello\r\n')).listen(port, '127.0.0.1')
      await once(server, 'listening')
      return () => server.close()
    },
    cause: new RegExp(`Port ${port} is used by another program \\(pid ${process.pid}`),
  },
  {
    name: 'the port is taken by the rescue gateway',
    how: () => write((tree) => Object.assign(tree.gateway, { port: rescuePort })),
    cause: new RegExp(`Port ${rescuePort} is used by the gateway of the profile "rescue" \\(pid ${theOther.pid}\\)`),
    mended: /Mended: set gateway\.port from \d+ to \d+/,
  },
  {
    name: 'it hangs',
    how: () => running(({ pid }) => process.kill(pid, 'SIGSTOP')),
    cause: /The gateway \(pid \d+\) does not answer on port \d+: it hangs/,
  },
  {
    name: 'it was killed',
    how: () => running((gateway) => gateway.kill()),
    cause: /ended without a goodbye and left its run-file/,
    mended: /Mended: remove .*gateway\.json/,
  },
  {
    name: 'it waits for a gateway elsewhere that has no address',
    how: () => write((tree) => Object.assign(tree.gateway, { mode: 'remote' })),
    cause: /Gateway start blocked: set gateway\.mode=local \(it is "remote"\)/,
  },
  {
    name: 'the network without auth',
    how: () => write((tree) => Object.assign(tree.gateway, { bind: 'lan', auth: { mode: 'none' } })),
    cause: /refusing to bind gateway to 0\.0\.0\.0 without auth/,
  },
  {
    name: 'a token in a variable that is not set',
    how: () =>
      write((tree) =>
        Object.assign(tree.gateway.auth, { token: { source: 'env', provider: 'default', id: 'NO_SUCH_TOKEN' } }),
      ),
    cause: /NO_SUCH_TOKEN/,
  },
  {
    name: 'the database is overwritten',
    how: () => {
      writeFileSync(join(main, 'openclaw.db'), 'no database, but long enough to have a first page')
      for (const end of ['-wal', '-shm']) rmSync(join(main, `openclaw.db${end}`), { force: true })
    },
    cause: /The database is damaged: it is no SQLite file/,
    mended: /Mended: move it aside to .*damaged-\d+/,
  },
  {
    name: 'the workspace is gone',
    how: () => rmSync(join(main, 'workspace'), { recursive: true }),
    cause: /The workspace of the agent "main" is not there/,
    mended: /Mended: make /,
  },
  {
    name: 'a model without a key',
    how: () => write((tree) => Object.assign(tree, { agents: { defaults: { model: 'openai/gpt-5' } } })),
    cause: /There is no key for "openai"\. Set OPENAI_API_KEY/,
  },
  {
    name: 'a key that the provider does not accept any more',
    how: async () => {
      const upstream = await startUpstream(t, { status: 401, body: { error: { message: 'expired' } } })
      write((tree) => {
        const provider = { baseUrl: upstream.baseUrl, apiKey: 'old-key-0123', api: 'openai-completions' }
        Object.assign(tree, {
          models: { providers: { upstream: { ...provider, models: [{ id: 'one', name: 'One' }] } } },
          agents: { defaults: { model: 'upstream/one' } },
        })
        Object.assign(tree.gateway, { http: { endpoints: { chatCompletions: { enabled: true } } } })
      })
      const { token } = config().gateway.auth
      return running(async ({ url }) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        const body = JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }] })
        await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
      })
    },
    cause: /upstream.* does not accept the key \(last at 20/,
  },
  {
    name: 'Tailscale is not installed',
    how: () => write((tree) => Object.assign(tree.gateway, { tailscale: { mode: 'serve' }, bind: 'loopback' })),
    cause: /The tailscale program was not found/,
  },
  {
    name: 'it has the token of the rescue gateway',
    how: () => write((tree) => Object.assign(tree.gateway.auth, JSON.parse(rescued).gateway.auth)),
    cause: /default and rescue share gateway-secret: gateway\.auth\.token/,
  },
]

/** As its owner would: the status first, then doctor. */
async function ask() {
  const status = await openclaw(home, ['gateway', 'status', '--deep'])
  const doctor = await openclaw(home, ['doctor'])
  return { status, doctor }
}

t.test('nothing is wrong', async (t) => {
  const gateway = await startGateway(home, port)
  const { status, doctor } = await ask()
  t.match(status, { code: 0, stdout: /RPC probe: ok/ })
  t.match(doctor, { code: 0, stdout: /✔ Ports/ })
  t.notMatch(doctor.stdout, /^[✖!]/m)
  await gateway.stop()
})

for (const { name, how, cause, mended } of cases) {
  t.test(name, async (t) => {
    rmSync(main, { recursive: true, force: true })
    cpSync(template, main, { recursive: true })
    writeFileSync(join(rescue, 'openclaw.json'), rescued, { mode: 0o600 })
    const undo = await how()
    try {
      const { status, doctor } = await ask()
      t.match(status.stdout, cause, 'gateway status --deep names the cause')
      t.match(doctor.stdout, cause, 'doctor names the cause')
      if (mended) {
        const { stdout } = await openclaw(home, ['doctor', '--fix'])
        t.match(stdout, mended)
        t.notMatch((await openclaw(home, ['doctor'])).stdout, cause, 'it is mended')
        await (await startGateway(home, config().gateway.port)).stop()
      }
    } finally {
      if (typeof undo === 'function') await undo()
    }
    t.equal(readFileSync(join(rescue, 'openclaw.json'), 'utf8'), rescued, 'the other profile is as it was')
    t.ok((await fetch(`${theOther.url}/healthz`)).ok, 'and its gateway runs')
  })
}

t.test('a full disk', async (t) => {
  const size = 'mount -t tmpfs -o size=2m none "$1" && cp -a "$2/." "$1/" && head -c 3000000 /dev/zero > "$1/fill"; '
  const script = `${size} shift 2; exec "$@"`
  const run = (...argv: string[]) =>
    spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', main, template, process.execPath, binFile, ...argv], {
      env: cleanEnv(home),
      cwd: home,
      encoding: 'utf8',
    })
  if (spawnSync('unshare', ['-rm', 'true']).status !== 0) return t.comment('no user namespaces here: not tested')
  const cause = /Only 0 MB are free/
  t.match(run('gateway', 'status', '--deep').stdout, cause)
  t.match(run('doctor').stdout, cause)
  t.match(run('gateway', 'run'), { status: 78, stderr: /Cannot write to .*: the disk is full\. Make room \(ENOSPC\)/ })
})

t.test('nothing of this is left in the other profile', async (t) => {
  t.ok(existsSync(template))
  t.equal(statSync(join(rescue, 'openclaw.json')).mode & 0o077, 0)
  t.notMatch(execFileSync('ls', ['-a', rescue], { encoding: 'utf8' }), /damaged|rejected/)
})
