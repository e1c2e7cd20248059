import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readInstallation } from '../../../src/setup/installed.js'
import { testFolder } from '../../helper/folder.js'
import { cliFor } from '../harness.js'

const commit = '0123456789abcdef0123456789abcdef01234567'

t.test('update status says what is here, and that nobody was asked', async (t) => {
  const cli = cliFor(t)
  t.match(await cli.run('update', 'status'), {
    code: 0,
    stdout: /^Version +\d+\.\d+\.\d+.*[\s\S]*no registry was asked/,
  })
  const { stdout } = await cli.run('update', 'status', '--json')
  t.match(JSON.parse(stdout), {
    update: { installKind: /git|package|archive/, registry: { asked: false, latestVersion: null } },
    channel: { value: 'stable', source: 'default' },
  })
  cli.writeConfig({ update: { channel: 'beta' } })
  t.match(JSON.parse((await cli.run('update', 'status', '--json')).stdout).channel, { value: 'beta', source: 'config' })
})

t.test('a clone: branch and commit from loose and packed refs, a detached head, a linked work tree', async (t) => {
  const root = testFolder(t)
  const git = join(root, '.git')
  mkdirSync(join(git, 'refs', 'heads'), { recursive: true })
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n')
  t.match(await readInstallation(root), { kind: 'git', branch: 'main', commit: undefined })
  writeFileSync(join(git, 'packed-refs'), `# pack-refs\n${commit} refs/heads/main\n`)
  t.match(await readInstallation(root), { branch: 'main', commit })
  const newer = commit.replace(/^0/, 'f')
  writeFileSync(join(git, 'refs', 'heads', 'main'), `${newer}\n`)
  t.match(await readInstallation(root), { branch: 'main', commit: newer })
  const linked = testFolder(t)
  mkdirSync(join(git, 'worktrees', 'x'), { recursive: true })
  writeFileSync(join(linked, '.git'), `gitdir: ${join(git, 'worktrees', 'x')}\n`)
  writeFileSync(join(git, 'worktrees', 'x', 'commondir'), '../..\n')
  writeFileSync(join(git, 'worktrees', 'x', 'HEAD'), 'ref: refs/heads/main\n')
  t.match(await readInstallation(linked), { kind: 'git', branch: 'main', commit: newer })
  writeFileSync(join(git, 'HEAD'), `${commit}\n`)
  t.match(await readInstallation(root), { branch: undefined, commit })
})

t.test('a package, by whom, and an unpacked archive', async (t) => {
  const home = testFolder(t)
  const places: [string, object][] = [
    ['lib/node_modules/openclaw', { kind: 'package', packageManager: 'npm' }],
    ['x/.pnpm/openclaw@1/node_modules/openclaw', { kind: 'package', packageManager: 'pnpm' }],
    ['openclaw-1.0', { kind: 'archive', packageManager: undefined }],
  ]
  for (const [place, expected] of places) {
    mkdirSync(join(home, place), { recursive: true })
    t.match(await readInstallation(join(home, place)), expected, place)
  }
})
