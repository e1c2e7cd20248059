import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t, { type Test } from 'tap'
import { loadLibsql } from '../../../src/kernel/libsql.js'
import type { RunningGateway } from '../../../src/main.js'
import { bearer, testConfig } from '../../helper/gateway.js'
import { startGateway } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'

async function running(t: Test): Promise<{ cli: Cli; gateway: RunningGateway }> {
  const cli = cliFor(t)
  cli.writeConfig(testConfig({ agents: { defaults: { model: 'builtin/echo' } } }))
  await cli.run('setup')
  return { cli, gateway: await startGateway(t, cli.home) }
}

/** One real turn over HTTP in a session of its own. */
async function say({ url }: RunningGateway, session: string, text: string): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json', 'x-openclaw-session-key': session },
    body: JSON.stringify({ model: 'openclaw:main', messages: [{ role: 'user', content: text }] }),
  })
  if (!response.ok) throw new Error(await response.text())
  await response.arrayBuffer()
}

const json = async (cli: Cli, ...argv: string[]) => {
  const { stdout, stderr } = await cli.run(...argv, '--json')
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

t.test('under load: backed up while it runs, destroyed, restored; sessions and config are there again', async (t) => {
  const { cli, gateway } = await running(t)
  for (let number = 0; number < 20; number++) await say(gateway, `before-${number}`, `question ${number}`)
  const config = readFileSync(cli.configPath(), 'utf8')
  writeFileSync(join(cli.home, '.openclaw', 'workspace', 'MEMORY.md'), 'The user likes tea.')
  let busy = true
  let during = 0
  const load = Array.from({ length: 4 }, async (_, worker) => {
    while (busy) await say(gateway, `load-${worker}`, `more ${during++}`)
  })
  const made = await json(cli, 'backup', 'create', '--output', 'safe', '--verify')
  busy = false
  await Promise.all(load)
  t.match(made, { ok: true, verified: true, manifest: { profile: 'default', scope: 'full', skipped: [] } })
  t.ok(during > 0, 'turns went on meanwhile')
  t.equal(statSync(made.archive).mode & 0o777, 0o600)
  t.strictSame(readdirSync(join(cli.home, 'safe')), [made.archive.split('/').at(-1)], 'nothing else is left there')

  t.match(await cli.run('backup', 'restore', made.archive, '--yes'), { code: 78, stderr: /openclaw gateway stop/ })
  await gateway.close()
  rmSync(join(cli.home, '.openclaw'), { recursive: true })
  const restored = await cli.run('backup', 'restore', made.archive, '--yes')
  t.match(restored, { code: 0, stderr: '', stdout: /is as in the archive/ })
  t.equal(readFileSync(cli.configPath(), 'utf8'), config, 'byte for byte')
  t.equal(statSync(cli.configPath()).mode & 0o777, 0o600)
  t.equal(readFileSync(join(cli.home, '.openclaw', 'workspace', 'MEMORY.md'), 'utf8'), 'The user likes tea.')
  t.strictSame(
    readdirSync(join(cli.home, '.openclaw')).filter((name) => name.startsWith('.restore')),
    [],
  )

  const again = await startGateway(t, cli.home)
  const list = await json(cli, 'sessions', '--limit', 'all')
  const keys = list.sessions.map(({ key }: { key: string }) => key)
  for (let number = 0; number < 20; number++) t.ok(keys.includes(`agent:main:before-${number}`), `session ${number}`)
  t.match(await cli.run('sessions', 'preview', 'before-7'), { stdout: /^user: question 7\nassistant: / })
  await say(again, 'before-7', 'and on')
})

t.test('restore replaces what is there now, and nothing of it is left', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '20500')
  const state = join(cli.home, '.openclaw')
  writeFileSync(join(state, 'credentials', 'old.json'), 'old')
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  await cli.run('config', 'set', 'gateway.port', '20900')
  writeFileSync(join(state, 'credentials', 'new.json'), 'made later')
  mkdirSync(join(state, 'agents', 'late', 'agent'), { recursive: true })
  mkdirSync(join(state, 'logs'))
  writeFileSync(join(state, 'logs', 'today.log'), 'kept')
  rmSync(join(state, 'workspace', 'SOUL.md'))
  const dry = await json(cli, 'backup', 'restore', archive, '--dry-run')
  t.match(dry, {
    ok: true,
    dryRun: true,
    places: [{ target: cli.configPath() }, { target: state }, { name: 'workspaces/0' }],
  })
  t.match(await cli.run('backup', 'restore', archive), { code: 2, stderr: /Give --yes/ })
  t.ok(existsSync(join(state, 'credentials', 'new.json')), 'nothing was changed so far')
  t.equal((await cli.run('backup', 'restore', archive, '--yes')).code, 0)
  t.equal(JSON5.parse(readFileSync(cli.configPath(), 'utf8')).gateway.port, 20_500)
  t.strictSame(readdirSync(join(state, 'credentials')), ['old.json'])
  t.notOk(existsSync(join(state, 'agents', 'late', 'agent')))
  t.ok(existsSync(join(state, 'workspace', 'SOUL.md')))
  t.equal(readFileSync(join(state, 'logs', 'today.log'), 'utf8'), 'kept')
})

t.test('into another profile: paths and port fit, the neighbours are as they were', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '18789', '--embedded')
  await cli.run('--profile', 'rescue', 'setup', '--port', '19789')
  writeFileSync(join(cli.home, '.openclaw', 'workspace', 'MEMORY.md'), 'remember')
  const rescue = readFileSync(cli.configPath('rescue'), 'utf8')
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  const main = readFileSync(cli.configPath(), 'utf8')
  const outcome = await json(cli, 'backup', 'restore', archive, '--target', 'copy', '--yes')
  t.match(outcome, { ok: true, profile: 'copy', from: 'default', rewritten: /./ })
  const config = JSON5.parse(readFileSync(cli.configPath('copy'), 'utf8'))
  const workspace = join(cli.home, '.openclaw', 'workspace-copy')
  t.match(config, { agents: { defaults: { workspace, model: 'builtin/echo' } } })
  t.ok(Math.abs(config.gateway.port - 18_789) >= 120 && Math.abs(config.gateway.port - 19_789) >= 120)
  t.equal(readFileSync(join(workspace, 'MEMORY.md'), 'utf8'), 'remember')
  t.equal(readFileSync(cli.configPath(), 'utf8'), main)
  t.equal(readFileSync(cli.configPath('rescue'), 'utf8'), rescue)
  t.match(await cli.run('--profile', 'copy', 'config', 'validate'), { code: 0 })
  const text = await cli.run('backup', 'restore', archive, '--target', 'copy2', '--yes')
  t.match(text.stdout, /Two gateways with the same bot/)
})

t.test('--target goes to the other profile, wherever the variables of the caller put its own', async (t) => {
  const home = cliFor(t).home
  const own = { OPENCLAW_STATE_DIR: join(home, 'gw'), OPENCLAW_CONFIG_PATH: join(home, 'gw.json') }
  const cli = cliFor(t, { home, env: own })
  await cli.run('setup', '--port', '21340')
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  const before = readFileSync(own.OPENCLAW_CONFIG_PATH, 'utf8')
  writeFileSync(join(home, 'gw', 'later.txt'), 'x')
  const { places } = await json(cli, 'backup', 'restore', archive, '--target', 'copy', '--yes')
  t.match(places, [{ target: cli.configPath('copy') }])
  t.ok(existsSync(cli.configPath('copy')))
  t.ok(existsSync(join(home, 'gw', 'later.txt')))
  t.equal(readFileSync(own.OPENCLAW_CONFIG_PATH, 'utf8'), before)
  symlinkSync(join(home, 'gw'), join(home, '.openclaw-linked'))
  const refused = await cli.run('backup', 'restore', archive, '--target', 'linked', '--yes')
  t.match(refused, { code: 2, stderr: /has the same state directory/ })
})

t.test('a config with includes is made to fit as well', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '18789')
  const state = join(cli.home, '.openclaw')
  const config = JSON5.parse(readFileSync(cli.configPath(), 'utf8'))
  writeFileSync(join(state, 'gateway.json5'), JSON.stringify(config.gateway))
  cli.writeConfig({ ...config, gateway: { $include: './gateway.json5' } })
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  const { rewritten } = await json(cli, 'backup', 'restore', archive, '--target', 'copy', '--yes')
  t.ok(rewritten.includes('gateway.port'))
  const port = await json(cli, '--profile', 'copy', 'config', 'get', 'gateway.port')
  t.not(port.value ?? port, 18_789)
  t.equal(JSON5.parse(readFileSync(join(state, 'gateway.json5'), 'utf8')).port, 18_789)
})

t.test('a workspace around the state directory does not hold it twice', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--workspace', '~')
  const { sources } = await json(cli, 'backup', 'create', '--output', '/tmp/nowhere.tar.gz', '--dry-run')
  t.equal(sources.filter((path: string) => path === join(cli.home, '.openclaw', 'openclaw.json')).length, 1)
})

t.test('the backup of one profile holds nothing of another, and the restore of one changes no other', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  await cli.run('--profile', 'rescue', 'setup', '--port', '19789')
  const note = join(cli.home, '.openclaw', 'workspace-rescue', 'private.md')
  writeFileSync(note, 'of rescue')
  const { archive, sources } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz', '--dry-run')
  t.notOk(sources.some((path: string) => path.includes('rescue')))
  t.notOk(existsSync(archive))
  await cli.run('backup', 'create', '--output', 'b.tar.gz')
  const own = await json(cli, '--profile', 'rescue', 'backup', 'create', '--output', 'r.tar.gz', '--dry-run')
  t.ok(own.sources.includes(note), 'its own workspace, though it is inside of ~/.openclaw')
  t.equal((await cli.run('backup', 'restore', archive, '--yes')).code, 0)
  t.equal(readFileSync(note, 'utf8'), 'of rescue')
})

t.test('names of every kind come back; those that no restore would take are named and left out', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  const workspace = join(cli.home, '.openclaw', 'workspace')
  const names = ['@file', ' blank ', '笔记.md', '-dash', 'x'.repeat(250), 'new\nline', '%2e%2e', 'C:file', '.hidden']
  for (const name of names) writeFileSync(join(workspace, name), name)
  const deep = join(workspace, ...Array.from({ length: 20 }, (_, index) => `folder-${index}`))
  mkdirSync(deep, { recursive: true })
  writeFileSync(join(deep, 'leaf'), 'deep', { mode: 0o755 })
  const large = randomBytes(3_500_000)
  writeFileSync(join(deep, 'large'), large)
  writeFileSync(join(deep, 'empty'), '')
  writeFileSync(join(workspace, 'back\\slash'), 'x')
  const { archive, manifest } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz', '--verify')
  t.match(manifest.skipped, [{ path: join(workspace, 'back\\slash'), why: 'name' }])
  rmSync(join(cli.home, '.openclaw'), { recursive: true })
  t.equal((await cli.run('backup', 'restore', archive, '--yes')).code, 0)
  for (const name of names) t.equal(readFileSync(join(workspace, name), 'utf8'), name)
  t.equal(statSync(join(deep, 'leaf')).mode & 0o777, 0o755)
  t.ok(readFileSync(join(deep, 'large')).equals(large))
  t.equal(statSync(join(deep, 'empty')).size, 0)
})

t.test('only the config; without workspaces; a workspace elsewhere; links are left out and named', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--workspace', 'notes')
  const state = join(cli.home, '.openclaw')
  symlinkSync('/etc', join(state, 'skills'))
  const all = await json(cli, 'backup', 'create', '--output', 'all.tar.gz')
  t.match(all.manifest.skipped, [{ path: join(state, 'skills'), why: 'link' }])
  t.strictSame(all.manifest.workspaces, [join(cli.home, 'notes')])
  const few = await json(cli, 'backup', 'create', '--output', 'few.tar.gz', '--no-include-workspace')
  t.strictSame(few.manifest.workspaces, [])
  const config = await json(cli, 'backup', 'create', '--output', 'config.tar.gz', '--only-config')
  t.match(config.manifest, { scope: 'config', files: 1 })

  writeFileSync(join(cli.home, 'notes', 'mine.md'), 'written since')
  const restored = await json(cli, 'backup', 'restore', all.archive, '--yes')
  t.strictSame(restored.left, [join(cli.home, 'notes')], "what is there now is nobody's to replace")
  t.equal(readFileSync(join(cli.home, 'notes', 'mine.md'), 'utf8'), 'written since')
  rmSync(join(cli.home, 'notes'), { recursive: true })
  await json(cli, 'backup', 'restore', all.archive, '--yes')
  t.ok(existsSync(join(cli.home, 'notes', 'AGENTS.md')))
  rmSync(cli.configPath())
  await json(cli, 'backup', 'restore', config.archive, '--yes')
  t.ok(existsSync(cli.configPath()))
})

t.test(
  'the journal of a database goes with no copy of it, whatever its name; a file of that name alone does',
  async (t) => {
    const cli = cliFor(t)
    await cli.run('setup')
    const workspace = join(cli.home, '.openclaw', 'workspace')
    const path = join(workspace, 'Cookies')
    const Driver = loadLibsql()
    const database = new Driver(path)
    t.teardown(() => database.close())
    database.pragma('journal_mode = WAL')
    database.exec("CREATE TABLE kept (name TEXT); INSERT INTO kept VALUES ('in the journal only')")
    t.ok(statSync(`${path}-wal`).size > 0, 'the row is not in the database yet')
    writeFileSync(join(workspace, 'travel-journal'), 'Lisbon')
    const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
    await json(cli, 'backup', 'restore', archive, '--target', 'copy', '--yes')
    const copy = join(cli.home, '.openclaw', 'workspace-copy')
    t.notOk(existsSync(join(copy, 'Cookies-wal')))
    const restored = new Driver(join(copy, 'Cookies'))
    t.teardown(() => restored.close())
    t.match(restored.prepare('SELECT name FROM kept').all(), [{ name: 'in the journal only' }])
    t.equal(readFileSync(join(copy, 'travel-journal'), 'utf8'), 'Lisbon')
  },
)

t.test('never over another file, never inside of what it holds, nothing without a profile', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('backup', 'create'), { code: 1, stderr: /nothing to back up/ })
  await cli.run('setup')
  writeFileSync(join(cli.home, 'mine.tar.gz'), 'precious')
  t.match(await cli.run('backup', 'create', '--output', 'mine.tar.gz'), { code: 1, stderr: /never overwritten/ })
  t.equal(readFileSync(join(cli.home, 'mine.tar.gz'), 'utf8'), 'precious')
  for (const place of ['.openclaw', '.openclaw/workspace/b.tar.gz']) {
    t.match(await cli.run('backup', 'create', '--output', place), { code: 1, stderr: /inside of what is backed up/ })
  }
  t.match(await cli.run('backup', 'verify', 'mine.tar.gz'), { code: 1, stderr: /cannot be used/ })
  const before = readFileSync(cli.configPath(), 'utf8')
  t.match(await cli.run('backup', 'restore', 'mine.tar.gz', '--yes'), { code: 1, stderr: /Nothing was changed/ })
  t.equal(readFileSync(cli.configPath(), 'utf8'), before)
})

t.test('in Chinese', async (t) => {
  const cli = cliFor(t, { env: { LANG: 'zh_CN.UTF-8' } })
  await cli.run('setup')
  t.match((await cli.run('backup', 'create', '--output', 'b.tar.gz')).stdout, /已写入：[\s\S]*未加密/)
  t.match((await cli.run('backup', 'verify', 'b.tar.gz')).stdout, /归档完整/)
})

t.test('an interrupted restore is found by the doctor and taken back', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  const state = join(cli.home, '.openclaw')
  const staging = join(state, '.restore-0123456789ab')
  mkdirSync(join(staging, 'old'), { recursive: true })
  const before = readFileSync(cli.configPath(), 'utf8')
  const old = join(staging, 'old', '0')
  const unit = { target: cli.configPath(), staged: join(staging, 'new', 'openclaw.json'), old }
  writeFileSync(join(staging, 'journal.json'), JSON.stringify([unit]))
  writeFileSync(old, before)
  writeFileSync(cli.configPath(), '{ gateway: { mode: "local", port: 4000 } }')
  mkdirSync(join(staging, 'new'))
  const { findings } = await json(cli, 'doctor')
  t.match(
    findings.filter(({ checkId }: { checkId: string }) => checkId === 'restore'),
    [{ severity: 'error', path: staging, next: 'doctor --fix' }],
  )
  const refused = await cli.run('backup', 'create', '--output', 'b.tar.gz')
  t.match(
    refused,
    { code: 1, stderr: /did not come to its end[\s\S]*openclaw doctor --fix/ },
    'half of each is no backup',
  )
  await cli.run('doctor', '--fix', '--yes')
  t.equal(readFileSync(cli.configPath(), 'utf8'), before)
  t.notOk(existsSync(staging))
})

t.test('what a killed backup left is removed by the next one; that of a living one stays', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  const output = join(cli.home, 'safe')
  const dead = spawnSync('true').pid
  for (const pid of [dead, process.ppid])
    mkdirSync(join(output, `.openclaw-backup-${pid}-0123456789ab`), { recursive: true })
  await cli.run('backup', 'create', '--output', 'safe')
  const left = readdirSync(output).filter((name) => name.startsWith('.openclaw-backup'))
  t.strictSame(left, [`.openclaw-backup-${process.ppid}-0123456789ab`])
})
