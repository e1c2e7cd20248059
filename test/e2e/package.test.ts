import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { freePort } from '../cli/gateways.js'
import { testFolder } from '../helper/folder.js'
import { cleanEnv, startGateway } from '../helper/process.js'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const token = 'package-token-0123456789'
/** npm may have to fetch every dependency. */
const installLimitMs = 180_000

t.test(
  'packed and installed into an empty folder, the command works',
  { timeout: installLimitMs + 60_000 },
  async (t) => {
    const home = testFolder(t)
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], { cwd: root })
    const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    for (const wanted of [
      'dist/src/bin.js',
      'dist/routes/v1/models.js',
      'README.md',
      'LICENSE',
      'dist/THIRD-PARTY-LICENSES.txt',
      'openapi/openapi.json',
    ]) {
      t.ok(paths.includes(wanted), `${wanted} is in the package`)
    }
    t.notOk(
      paths.find((path) => /^(src|test|bench|node_modules)\//.test(path)),
      'no sources, no tests',
    )

    const folder = join(home, 'app')
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', join(home, filename)]
    await run('npm', install, { cwd: folder, timeout: installLimitMs })
    const openclaw = (args: string[]) =>
      run(join(folder, 'node_modules', '.bin', 'openclaw'), args, { cwd: folder, env: cleanEnv(home) })
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    t.match((await openclaw(['--version'])).stdout, `OpenClaw ${version}`)
    t.match((await openclaw(['--help'])).stdout, /gateway run/)
    const setup = JSON.parse((await openclaw(['setup', '--embedded', '--token', token, '--json'])).stdout) as {
      port: number
    }
    t.equal(setup.port, 18789)
    t.match((await openclaw(['config', 'validate'])).stdout, /valid/i)

    const bin = join(folder, 'node_modules', 'openclaw', 'dist', 'src', 'bin.js')
    const gateway = await startGateway(home, await freePort(), [], bin)
    t.teardown(() => gateway.kill())
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }] }),
    })
    t.equal(answer.status, 200, await answer.text())
    t.equal(await gateway.stop(), 0)
  },
)
