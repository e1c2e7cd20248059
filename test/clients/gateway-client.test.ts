import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { clientNode } from '../helper/clients.js'
import { testFolder } from '../helper/folder.js'
import { token } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'

t.test('the official client library, with a device of its own', { timeout: 120_000 }, async (t) => {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const config = {
    gateway: { mode: 'local', bind: 'loopback', auth: { token } },
    agents: { defaults: { model: 'builtin/echo' } },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = 20_000 + (process.pid % 20_000)
  let gateway = await startGateway(home, port)
  t.teardown(() => gateway.kill())

  const child = spawn(await clientNode(), [join(import.meta.dirname, 'gateway-client.mjs')], {
    env: { PATH: process.env.PATH ?? '', GATEWAY_URL: `ws://127.0.0.1:${port}`, GATEWAY_TOKEN: token },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  // biome-ignore lint/suspicious/noExplicitAny: what each step prints is compared below
  const seen: Record<string, any> = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const { step, wants, ...outcome } = JSON.parse(line)
    if (wants === 'restart') {
      await gateway.stop()
      gateway = await startGateway(home, port)
      child.stdin.write('done\n')
    } else seen[step] = outcome
  }
  t.match(seen.pair, { ok: true, value: { method: 'token', token: 43, kept: true, via: 'silent', connected: true } })
  t.match(seen.chat, { ok: true, value: { runId: 'key-1', status: 'started', text: /say key-1/, listed: true } })
  t.strictSame(seen.cron, {
    ok: true,
    value: {
      listed: true,
      event: { same: true, status: 'ok' },
      run: { same: true, status: 'ok' },
      removed: true,
      left: 0,
      off: false,
      last: null,
    },
  })
  t.match(seen.restart, { ok: true, value: { hellos: 2, again: 'ok', before: 1, after: 1, gaps: 0 } })
  t.match(seen.deviceToken, {
    ok: true,
    value: {
      method: 'device-token',
      delivery: 'in-band',
      stale: 'AUTH_DEVICE_TOKEN_MISMATCH',
      fresh: 'device-token',
    },
  })
})
