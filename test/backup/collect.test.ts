import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Cli, cliFor } from '../cli/harness.js'

async function json(cli: Cli, ...argv: string[]) {
  const { stdout, stderr } = await cli.run(...argv, '--json')
  const value = stdout === '' ? {} : JSON.parse(stdout)
  if (value.ok !== true) throw new Error(stdout + stderr)
  return value
}

t.test('lock files of others are saved; those of the config and the state are not', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '21340')
  const state = join(cli.home, '.openclaw')
  const names = ['yarn.lock', 'Cargo.lock', '.restore-notes', '.0123456789ab.tmp', 'openclaw.json.lock']
  for (const name of names) writeFileSync(join(state, 'workspace', name), name)
  mkdirSync(join(state, 'skills', 'x'), { recursive: true })
  writeFileSync(join(state, 'skills', 'x', 'uv.lock'), 'kept')
  writeFileSync(join(state, 'openclaw.json.lock'), '')
  writeFileSync(join(state, '.openclaw.json.lock'), '')
  const { archive, manifest } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  const { sources } = await json(cli, 'backup', 'create', '--output', 'c.tar.gz', '--dry-run')
  for (const name of ['openclaw.json.lock', '.openclaw.json.lock']) t.notOk(sources.includes(join(state, name)), name)
  await json(cli, 'backup', 'restore', archive, '--yes')
  for (const name of names) t.ok(existsSync(join(state, 'workspace', name)), name)
  t.equal(readFileSync(join(state, 'skills', 'x', 'uv.lock'), 'utf8'), 'kept')
  t.strictSame(manifest.skipped, [])
})

t.test(
  'a config and a workspace that are links are saved as what they lead to, which a restore leaves alone',
  async (t) => {
    const cli = cliFor(t)
    await cli.run('--profile', 'rescue', 'setup', '--port', '21340')
    const config = cli.configPath('rescue')
    const workspace = join(cli.home, '.openclaw', 'workspace-rescue')
    const dotfiles = join(cli.home, 'dotfiles')
    mkdirSync(dotfiles)
    renameSync(config, join(dotfiles, 'openclaw.json'))
    renameSync(workspace, join(dotfiles, 'space'))
    symlinkSync(join(dotfiles, 'openclaw.json'), config)
    symlinkSync(join(dotfiles, 'space'), workspace)
    const saved = readFileSync(config, 'utf8')
    const { archive, manifest } = await json(cli, '--profile', 'rescue', 'backup', 'create', '--output', 'b.tar.gz')
    t.match(manifest, { workspaces: [workspace], skipped: [] })
    writeFileSync(config, '{ gateway: { port: 21380 } }')
    rmSync(join(dotfiles, 'space'), { recursive: true })
    await json(cli, '--profile', 'rescue', 'backup', 'restore', archive, '--yes')
    t.equal(readFileSync(config, 'utf8'), saved)
    t.ok(existsSync(join(workspace, 'SOUL.md')), 'in place of a link that led nowhere')
    t.match(readFileSync(join(dotfiles, 'openclaw.json'), 'utf8'), '21380')
  },
)

t.test('a workspace that is a link to something around the state directory is named, not saved', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '21340')
  const workspace = join(cli.home, '.openclaw', 'workspace')
  rmSync(workspace, { recursive: true })
  symlinkSync(cli.home, workspace)
  const { manifest } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  t.strictSame(manifest.skipped, [{ path: workspace, why: 'link' }])
  t.strictSame(manifest.workspaces, [])
})

t.test('empty folders come back: git takes a repository for one', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '21340')
  const repository = join(cli.home, '.openclaw', 'workspace', 'code')
  mkdirSync(repository)
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], {
      cwd: repository,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: cli.home, GIT_CEILING_DIRECTORIES: cli.home },
    })
  git('init', '-q')
  writeFileSync(join(repository, 'a.txt'), 'a')
  git('add', '.')
  git('commit', '-qm', 'first')
  git('gc', '-q')
  const { archive } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz', '--verify')
  rmSync(join(cli.home, '.openclaw'), { recursive: true })
  await json(cli, 'backup', 'restore', archive, '--yes')
  t.match(git('log', '--oneline'), /first/)
})

t.test('no file of a workspace keeps a backup from being made', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--port', '21340')
  const workspace = join(cli.home, '.openclaw', 'workspace')
  const damaged = 'SQLite format 3\0 and nothing else of a database'
  writeFileSync(join(workspace, 'damaged.db'), damaged)
  const locked = join(workspace, 'locked.txt')
  writeFileSync(locked, 'x')
  chmodSync(locked, 0)
  const { archive, manifest } = await json(cli, 'backup', 'create', '--output', 'b.tar.gz')
  // The administrator reads it all the same.
  if (process.getuid?.() !== 0) t.strictSame(manifest.skipped, [{ path: locked, why: 'unreadable' }])
  await json(cli, 'backup', 'restore', archive, '--yes')
  t.equal(readFileSync(join(workspace, 'damaged.db'), 'latin1'), damaged)
  writeFileSync(join(cli.home, '.openclaw', 'openclaw.db'), damaged)
  t.match(await cli.run('backup', 'create', '--output', 'c.tar.gz'), {
    code: 1,
    stderr: /openclaw\.db cannot be copied/,
  })
})
