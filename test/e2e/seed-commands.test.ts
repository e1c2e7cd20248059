import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../cli/gateways.js'
import { spawnBin } from '../cli/harness.js'
import { testFolder } from '../helper/folder.js'
import { openclaw, startGateway } from '../helper/process.js'

/**
 * Every command line of the design documents, as written there but for ports that this machine may have given away.
 * `down`: nothing runs. `up`: default and rescue run. What is refused says why and what to do.
 */
interface Line {
  readonly line: string
  readonly code: number
  readonly says: RegExp
  /** Its stdout is JSON. */
  readonly json?: true
}

const home = testFolder(t)
const port = await freePort()
const rescuePort = port > 40_000 ? port - 5_000 : port + 5_000
const token = 'seed-token-of-this-test-0123456789'

const beforeAnything: readonly Line[] = [
  { line: 'setup', code: 0, says: /openclaw\.json/ },
  { line: '--profile ops setup', code: 0, says: /openclaw-ops/ },
  { line: '--profile main setup', code: 0, says: /openclaw-main/ },
  { line: '--profile rescue setup', code: 0, says: /openclaw-rescue/ },
  { line: '--dev setup', code: 0, says: /openclaw-dev/ },
  // A wizard needs somebody who answers.
  { line: 'onboard', code: 2, says: /terminal|--non-interactive/i },
  { line: '--profile rescue onboard', code: 2, says: /terminal|--non-interactive/i },
  { line: 'secrets configure', code: 2, says: /terminal|--plan-out|interactive/i },
]

const down: readonly Line[] = [
  { line: 'status', code: 1, says: /not running/ },
  { line: '--profile main status', code: 1, says: /not running/ },
  { line: 'status --deep', code: 1, says: /not running/ },
  { line: 'health', code: 1, says: /not running/ },
  { line: 'health --json', code: 1, says: /not running/, json: true },
  { line: 'gateway status', code: 1, says: /RPC probe: failed/ },
  { line: 'gateway status --deep', code: 1, says: /RPC probe: failed/ },
  { line: '--profile rescue gateway probe', code: 1, says: /rescue|not running/ },
  { line: 'gateway stop', code: 0, says: /not running|nothing|stopped/i },
  { line: 'doctor', code: 0, says: /✔ Config/ },
  { line: 'doctor --fix', code: 0, says: /✔ Config/ },
  { line: 'doctor --deep', code: 0, says: /✔ Every page of the database/ },
  { line: 'models status', code: 0, says: /builtin\/echo|openai|anthropic/ },
  { line: 'config get gateway.mode', code: 0, says: /^local/ },
  { line: 'config get gateway.auth.mode', code: 0, says: /token/ },
  { line: 'config set gateway.remote.token <your-token>', code: 0, says: /gateway\.remote\.token/ },
  { line: 'config unset gateway.remote.token', code: 0, says: /gateway\.remote\.token/ },
  { line: 'sandbox explain', code: 0, says: /sandbox|mode/i },
]

const up: readonly Line[] = [
  { line: 'status', code: 0, says: /reachable|running/i },
  { line: '--profile rescue status', code: 0, says: /reachable|running/i },
  { line: 'status --deep', code: 0, says: /reachable|running/i },
  { line: 'health', code: 0, says: /ok|ready/i },
  { line: 'health --json', code: 0, says: /"ok"|"ready"/, json: true },
  { line: 'gateway status', code: 0, says: /Runtime: running[\s\S]*RPC probe: ok/ },
  { line: 'gateway status --deep', code: 0, says: /default\*[\s\S]*rescue/ },
  { line: '--profile rescue gateway status --deep', code: 0, says: /RPC probe: ok/ },
  { line: '--profile rescue gateway probe', code: 0, says: /rescue/ },
  { line: `logs --url ws://127.0.0.1:${port} --token ${token}`, code: 0, says: /listening/ },
  { line: 'logs --limit 100', code: 0, says: /listening/ },
  { line: 'logs --limit 100 --json', code: 0, says: /listening/ },
  { line: 'system event --text 检查紧急跟进事项 --mode now', code: 0, says: /./ },
  { line: 'system heartbeat last', code: 0, says: /null|"status"/ },
  { line: 'cron list', code: 0, says: /no scheduled jobs/ },
  { line: 'cron runs --id job --limit 20', code: 0, says: /Nothing has run yet/ },
  { line: 'devices list', code: 0, says: /./ },
  { line: 'channels status --probe', code: 0, says: /channels add telegram/ },
  { line: 'pairing list --channel telegram', code: 1, says: /No chat channel is configured/ },
  { line: 'pairing list', code: 1, says: /No chat channel is configured/ },
  { line: 'secrets audit --check', code: 1, says: /PLAINTEXT_FOUND|plain/i },
  { line: 'secrets reload', code: 0, says: /reloaded|Secrets/i },
  { line: 'dashboard', code: 0, says: new RegExp(`http://127\\.0\\.0\\.1:${port}`) },
  { line: 'agent --message hi --model claude-cli/opus-4.6', code: 1, says: /claude/ },
  { line: 'agent --message hi --model codex-cli/gpt-5.4', code: 1, says: /codex/ },
  { line: `gateway --port ${port}`, code: 78, says: /already (?:running|listening)/ },
  { line: `--profile ops gateway --port ${port}`, code: 78, says: /already listening/ },
  { line: 'gateway install --dry-run', code: 0, says: /Would write .*openclaw-gateway\.service/ },
]

/** Subjects that this version does not have yet; they are refused in words. When one comes, its lines move up. */
const later = [
  'browser status',
  '--profile rescue browser status',
  'browser start --browser-profile openclaw',
  'browser profiles',
  'dns setup --apply',
]

async function check(t: Test, { line, code, says, json }: Line): Promise<void> {
  const ran = await openclaw(home, line.split(' '))
  const all = `${ran.stdout}\n${ran.stderr}`
  t.equal(ran.code, code, `${line}: ${all.slice(0, 600)}`)
  t.match(all, says, line)
  t.notMatch(all, /unexpectedly|TypeError/, line)
  if (json) t.doesNotThrow(() => JSON.parse(ran.stdout), line)
}

t.test('setting up', async (t) => {
  for (const one of beforeAnything) await check(t, one)
})

t.test('nothing runs', async (t) => {
  for (const [profile, base] of [
    ['', port],
    ['-rescue', rescuePort],
  ] as const) {
    const state = join(home, `.openclaw${profile}`)
    mkdirSync(state, { recursive: true, mode: 0o700 })
    const gateway = {
      mode: 'local',
      port: base,
      bind: 'loopback',
      auth: { mode: 'token', token: `${token}${profile}` },
    }
    const config = { gateway, agents: { defaults: { model: 'builtin/echo' } } }
    writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  }
  for (const one of down) await check(t, one)
})

t.test('main and rescue run', async (t) => {
  const gateways = [await startGateway(home, port), await startGateway(home, rescuePort, ['--profile', 'rescue'])]
  try {
    for (const one of up) await check(t, one)
  } finally {
    for (const gateway of gateways) t.equal(await gateway.stop(), 0)
  }
})

t.test('gateway --tailscale serve runs on loopback, and says what Tailscale still needs', async (t) => {
  const gateway = spawnBin(t, home, ['gateway', '--tailscale', 'serve'])
  await gateway.says('tailscale serve')
  gateway.kill('SIGTERM')
  t.match(await gateway.done, { code: 0 })
})

t.test('what is to come is refused in words', async (t) => {
  for (const line of later) {
    const ran = await openclaw(home, line.split(' '))
    t.match(ran, { code: 2, stderr: /does not know/ }, line)
  }
})
