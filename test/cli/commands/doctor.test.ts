import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import database from '../../../src/doctor/checks/database.js'
import type { Instance } from '../../../src/instance/types.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import { testFolder } from '../../helper/folder.js'
import { cliFor } from '../harness.js'

const good = {
  gateway: { mode: 'local', port: 18789, auth: { mode: 'token', token: 'a-token-that-is-long-enough-0123456789' } },
  agents: { defaults: { model: 'builtin/echo' } },
}

function stage(t: Test, config: object | string = good) {
  const cli = cliFor(t)
  const state = join(cli.home, '.openclaw')
  mkdirSync(join(state, 'workspace'), { recursive: true, mode: 0o700 })
  const path = join(state, 'openclaw.json')
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config), { mode: 0o600 })
  const look = async (...more: string[]) => {
    const { code, stdout, stderr } = await cli.run('doctor', '--json', ...more)
    return { code, ...(stdout === '' ? { stderr } : JSON.parse(stdout)) }
  }
  return { cli, state, path, look }
}

const idsOf = ({ findings }: { findings: { checkId: string; severity: string }[] }, severity: string) =>
  findings.filter((one) => one.severity === severity).map(({ checkId }) => checkId)

t.test('a profile as setup makes it has nothing wrong', async (t) => {
  const { look, cli } = stage(t)
  const report = await look('--deep')
  t.equal(report.code, 0)
  t.strictSame(idsOf(report, 'error'), [])
  t.strictSame(idsOf(report, 'warning'), [])
  t.ok(report.checksRun >= 10)
  t.match((await cli.run('doctor')).stdout, /✔ Permissions/)
})

t.test('a config with mistakes: the line, and what is judged besides', async (t) => {
  const { look, path } = stage(t, '{\n  gateway: { port: "x" },\n}')
  const report = await look()
  t.equal(report.code, 1)
  const found = report.findings as { checkId: string }[]
  const config = found.find(({ checkId }) => checkId === 'config')
  const rest = found.filter(({ checkId }) => ['auth', 'models', 'workspaces'].includes(checkId))
  t.match(
    rest,
    ['auth', 'models', 'workspaces'].map((checkId) => ({ checkId, severity: 'info', message: /^Not judged/ })),
  )
  t.match(config, { checkId: 'config', severity: 'error', path: `${path}:2:20`, next: 'config validate' })
})

t.test('what others can read is closed again, and only with --fix', async (t) => {
  const { cli, state, path, look } = stage(t)
  mkdirSync(join(state, 'credentials'), { mode: 0o755 })
  writeFileSync(join(state, 'credentials', 'owner.key'), 'k', { mode: 0o644 })
  chmodSync(path, 0o644)
  chmodSync(state, 0o755)
  const mode = (file: string) => statSync(file).mode & 0o777
  t.strictSame(idsOf(await look(), 'error'), Array(4).fill('permissions'))
  const dry = await cli.run('doctor', '--fix', '--dry-run')
  t.match(dry, { code: 1, stdout: /can be mended: chmod 600/ })
  t.equal(mode(path), 0o644, 'a dry run changes nothing')
  const fixed = await look('--fix')
  t.match(fixed, { code: 0, fixed: Array(4).fill({ check: 'permissions' }) })
  t.strictSame(
    [state, path, join(state, 'credentials'), join(state, 'credentials', 'owner.key')].map(mode),
    [0o700, 0o600, 0o700, 0o600],
  )
})

t.test('a gateway that was killed left its run-file', async (t) => {
  const { state, look } = stage(t)
  const runFile = join(state, 'run', 'gateway.json')
  mkdirSync(join(state, 'run'))
  const record = { pid: 2 ** 22 - 1, port: 9, scheme: 'http', addresses: ['127.0.0.1'], profile: 'default' }
  const rest = { version: '1', instanceId: 'x', startedAt: '2026-01-01T00:00:00Z', configPath: 'c', stateDir: state }
  writeFileSync(runFile, JSON.stringify({ ...record, ...rest }), { mode: 0o600 })
  t.strictSame(idsOf(await look(), 'warning'), ['running'])
  t.match(await look('--repair'), { code: 0, fixed: [{ check: 'running' }] })
  t.notOk(existsSync(runFile))
})

t.test('models without a key, workspaces that are gone, weak secrets', async (t) => {
  const { cli, look } = stage(t, {
    ...good,
    gateway: { ...good.gateway, bind: 'lan', auth: { mode: 'token', token: 'short' } },
    agents: { defaults: { model: 'openrouter/auto', workspace: '~/elsewhere' } },
  })
  const report = await look()
  t.strictSame(idsOf(report, 'error'), ['models'])
  t.strictSame(idsOf(report, 'warning').sort(), ['auth', 'workspaces'])
  await look('--fix')
  t.ok(existsSync(join(cli.home, 'elsewhere', 'AGENTS.md')), 'a workspace is made')
  t.notOk(JSON.stringify(report).includes('"short"'), 'no secret is shown')
})

t.test('a profile too close to another one, and what they share', async (t) => {
  const { cli, look } = stage(t)
  const other = join(cli.home, '.openclaw-rescue')
  mkdirSync(other, { mode: 0o700 })
  const rescue = { ...good, gateway: { ...good.gateway, port: 18790 } }
  writeFileSync(join(other, 'openclaw.json'), JSON.stringify(rescue), { mode: 0o644 })
  t.strictSame(idsOf(await look(), 'error').sort(), ['isolation', 'ports'])
  const report = await look('--fix')
  t.match(report.fixed, [{ check: 'ports', summary: 'set gateway.port from 18789 to 19029' }])
  t.strictSame(idsOf(report, 'error'), ['isolation'], 'what is shared has to be parted by its owner')
  t.match(JSON.stringify(report.findings), /gateway-secret/)
  t.equal(statSync(join(other, 'openclaw.json')).mode & 0o777, 0o644, 'another profile is never touched')
})

t.test('the port of a gateway that runs is not moved for a copy of its profile', async (t) => {
  const { cli, look } = stage(t)
  const state = join(cli.home, '.openclaw')
  const record = { pid: process.pid, port: good.gateway.port, stateDir: state, configPath: cli.configPath() }
  mkdirSync(join(state, 'run'), { recursive: true })
  const more = {
    profile: 'default',
    version: '1',
    scheme: 'http',
    instanceId: 'x',
    startedAt: '2026-11-29T00:00:00.000Z',
    addresses: ['127.0.0.1'],
  }
  writeFileSync(join(state, 'run', 'gateway.json'), JSON.stringify({ ...record, ...more }))
  cpSync(state, join(cli.home, '.openclaw-old'), { recursive: true })
  const report = await look('--fix')
  t.strictSame(report.fixed ?? [], [])
  t.match(
    report.findings.filter(({ checkId }: { checkId: string }) => checkId === 'ports'),
    [{ next: /config set gateway\.port/ }],
  )
})

t.test('a file that is no database goes aside with every journal of it, and none meets the new one', async (t) => {
  const state = testFolder(t)
  const names = ['openclaw.db', 'openclaw.db-wal', 'openclaw.db-journal']
  for (const name of names) writeFileSync(join(state, name), `of ${name}`)
  const instance = { paths: { database: join(state, 'openclaw.db') } } as Instance
  const [finding] = await database.run({ instance, now: 7 } as Parameters<typeof database.run>[0])
  await finding?.fix?.apply()
  t.strictSame(
    readdirSync(state)
      .filter((name) => name.startsWith('openclaw'))
      .sort(),
    names.map((name) => name.replace('.db', '.db.damaged-7')).sort(),
  )
})

t.test('a damaged database is found with --deep', async (t) => {
  const { state, look } = stage(t)
  const path = join(state, 'openclaw.db')
  const store = await openSqliteStore(path)
  await store.close()
  const file = openSync(path, 'r+')
  for (let page = 2; page < 12; page += 1) writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096)
  const report = await look('--deep')
  t.match(
    report.findings.filter(({ checkId }: { checkId: string }) => checkId === 'database-pages'),
    [{ severity: 'error', path, next: 'backup restore <archive>' }],
  )
})
