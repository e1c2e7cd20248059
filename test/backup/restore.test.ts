import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { acquireLocks } from '../../src/instance/lock.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import { recoverSwaps, stagingBeside, stagingIn } from '../../src/instance/swap.js'
import { type Cli, cliFor } from '../cli/harness.js'

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

async function json(cli: Cli, ...argv: string[]) {
  const { stdout, stderr } = await cli.run(...argv, '--json')
  const value = stdout === '' ? {} : JSON.parse(stdout)
  if (value.ok !== true) throw new Error(stdout + stderr)
  return value
}

/** A profile with a workspace deep in its state directory, its backup, and changes since. */
async function deepWorkspace(t: Test, place: string, ...options: string[]) {
  const cli = cliFor(t)
  const state = join(cli.home, '.openclaw')
  const workspace = join(state, ...place.split('/'))
  await cli.run('setup', '--port', '21340', '--workspace', workspace)
  write(join(workspace, 'notes.md'), 'saved')
  write(join(dirname(workspace), 'beside.txt'), 'saved')
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz', ...options)
  write(join(workspace, 'notes.md'), 'later')
  write(join(dirname(workspace), 'beside.txt'), 'later')
  write(join(dirname(workspace), 'new.txt'), 'later')
  return { cli, state, workspace, archive }
}

for (const place of ['workspaces/main', 'agents/work/files/ws', 'a/b/c/d']) {
  t.test(`a workspace in ${place} comes back, and so does what is beside it`, async (t) => {
    const { cli, state, workspace, archive } = await deepWorkspace(t, place)
    await json(cli, 'backup', 'restore', archive, '--yes')
    t.equal(read(join(workspace, 'notes.md')), 'saved')
    t.equal(read(join(dirname(workspace), 'beside.txt')), 'saved')
    t.notOk(existsSync(join(dirname(workspace), 'new.txt')), 'what is not in the archive goes')
    rmSync(state, { recursive: true })
    await json(cli, 'backup', 'restore', archive, '--yes')
    t.equal(read(join(workspace, 'notes.md')), 'saved', 'on a fresh machine too')
  })
}

t.test('an archive without workspaces leaves those of now alone', async (t) => {
  const { cli, workspace, archive } = await deepWorkspace(t, 'workspaces/main', '--no-include-workspace')
  await json(cli, 'backup', 'restore', archive, '--yes')
  t.equal(read(join(workspace, 'notes.md')), 'later')
  t.equal(read(join(dirname(workspace), 'beside.txt')), 'saved')
  rmSync(cli.configPath())
  await json(cli, 'backup', 'restore', archive, '--yes')
  t.equal(read(join(workspace, 'notes.md')), 'later', 'also when only the archived config knows of it')
})

t.test('a config deeper in the state directory comes back, and its lock stays where it is held', async (t) => {
  const home = cliFor(t).home
  const config = join(home, '.openclaw', 'conf', 'openclaw.json')
  const cli = cliFor(t, { home, env: { OPENCLAW_CONFIG_PATH: config } })
  await cli.run('setup', '--port', '21340')
  const saved = read(config)
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  const instance = await resolveInstance({ flags: {}, env: { HOME: home, OPENCLAW_CONFIG_PATH: config }, cwd: home })
  ;(await acquireLocks(instance)).release()
  write(config, '{ gateway: { port: 4000 } }')
  await json(cli, 'backup', 'restore', archive, '--yes')
  t.equal(read(config), saved)
  t.ok(existsSync(join(dirname(config), '.openclaw.json.lock')))
})

t.test('a workspace around the state directory is left alone', async (t) => {
  const home = cliFor(t).home
  const cli = cliFor(t, { home, env: { OPENCLAW_WORKSPACE_DIR: home } })
  await cli.run('setup', '--port', '21340')
  write(join(home, 'thesis.txt'), 'mine')
  const other = join(cliFor(t).home, 'b.tar.gz')
  await json(cli, 'backup', 'create', '--output', other)
  write(join(home, 'thesis.txt'), 'later')
  const { left } = await json(cli, 'backup', 'restore', other, '--yes')
  t.strictSame(left, [home])
  t.equal(read(join(home, 'thesis.txt')), 'later')
})

t.test('the restore of a named profile is not ended by a start of the default one, whose folder it uses', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '21340')
  await cli.run('--profile', 'rescue', 'setup', '--port', '21360')
  const workspace = join(cli.home, '.openclaw', 'workspace-rescue')
  write(join(workspace, 'notes.md'), 'old')
  const env = { HOME: cli.home }
  const main = await resolveInstance({ flags: {}, env, cwd: cli.home })
  const rescue = await resolveInstance({ flags: { profile: 'rescue' }, env, cwd: cli.home })
  // A crash in the middle of the exchange, as it leaves the disk.
  const staging = await stagingIn(rescue.paths.state, '0123456789ab')
  const beside = await stagingBeside(staging, dirname(workspace))
  const unit = { target: workspace, staged: undefined, old: join(beside, 'old', '0') }
  writeFileSync(join(staging, 'journal.json'), JSON.stringify([unit]))
  renameSync(workspace, unit.old)
  ;(await acquireLocks(main)).release()
  t.ok(existsSync(unit.old), 'nothing of it is touched by the other profile')
  const { sources } = await json(cli, 'backup', 'create', '--output', 'm.tar.gz', '--dry-run')
  t.notOk(
    sources.some((path: string) => path.startsWith(beside)),
    'nor is it in its backup',
  )
  t.strictSame((await acquireLocks(rescue)).recovered, [staging])
  t.equal(read(join(workspace, 'notes.md')), 'old')
  t.notOk(existsSync(beside))
})

t.test(
  'staging folders outside of the state directory are named so that no other profile takes them for its own',
  async (t) => {
    const cli = cliFor(t)
    const state = join(cli.home, '.openclaw-rescue')
    const staging = await stagingIn(state, '0123456789ab')
    const beside = await stagingBeside(staging, cli.home)
    t.strictSame(await recoverSwaps(cli.home), [])
    t.ok(existsSync(beside))
    t.strictSame(await recoverSwaps(state), [staging], 'a crash before the journal leaves nothing either')
    t.notOk(existsSync(beside))
  },
)
