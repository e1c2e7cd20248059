import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { binFile } from '../cli/harness.js'
import { cleanEnv } from '../helper/process.js'
import { startUpstream } from '../helper/upstream.js'
import { type Broken, config, home, main, playAll, rescued, running, template, write } from './_broken-main.js'

const cases: readonly Broken[] = [
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

playAll(cases)

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
