import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startGateway } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'

/** Every file below a folder with its bytes, so that a change anywhere shows. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter((name) => statSync(join(folder, name)).isFile() && !name.includes('lock'))
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** Three profiles as setup makes them, each with something in every place. */
async function threeProfiles(t: Test): Promise<Cli> {
  const cli = cliFor(t)
  for (const [profile, port] of [
    ['default', '18789'],
    ['rescue', '19789'],
    ['ops', '20789'],
  ] as const) {
    t.equal((await cli.run('--profile', profile, 'setup', '--port', port)).code, 0)
    const state = join(cli.configPath(profile === 'default' ? undefined : profile), '..')
    for (const name of ['credentials/key.pem', 'openclaw.db', 'agents/main/agent/auth-profiles.json', '.env']) {
      mkdirSync(join(state, name, '..'), { recursive: true })
      writeFileSync(join(state, name), profile)
    }
  }
  return cli
}

const others = (cli: Cli) => ({
  rescue: snapshot(join(cli.home, '.openclaw-rescue')),
  rescueSpace: snapshot(join(cli.home, '.openclaw', 'workspace-rescue')),
  ops: snapshot(join(cli.home, '.openclaw-ops')),
  opsSpace: snapshot(join(cli.home, '.openclaw', 'workspace-ops')),
})

t.test('each scope removes what it lists, and nothing of the neighbours', async (t) => {
  const cli = await threeProfiles(t)
  const state = join(cli.home, '.openclaw')
  const before = others(cli)
  const listed = await cli.run('reset', '--scope', 'full', '--dry-run')
  t.match(listed, { code: 0, stdout: new RegExp(`\\[dry-run\\] remove ${state}/openclaw.json\\n`) })
  t.match(listed.stdout, `Kept ${state}/workspace-rescue: it belongs to another profile.`)
  t.ok(existsSync(cli.configPath()), 'a dry run removes nothing')

  const config = await cli.run('reset', '--scope', 'config', '--yes', '--non-interactive', '--json')
  t.match(JSON.parse(config.stdout), { ok: true, removed: [cli.configPath()], backup: `${cli.configPath()}.bak` })
  t.notOk(existsSync(cli.configPath()))
  t.ok(existsSync(join(state, 'openclaw.db')))

  await cli.run('setup')
  t.equal((await cli.run('reset', '--scope', 'config+creds+sessions', '--yes', '--non-interactive')).code, 0)
  t.notOk(existsSync(`${cli.configPath()}.bak`), 'old configs hold secrets too')
  for (const name of ['credentials', 'openclaw.db', 'agents/main/agent']) t.notOk(existsSync(join(state, name)), name)
  for (const name of ['workspace/SOUL.md', '.env']) t.ok(existsSync(join(state, name)), name)

  t.equal((await cli.run('reset', '--scope', 'full', '--yes')).code, 0)
  t.strictSame(
    readdirSync(state)
      .filter((name) => !/lock/.test(name))
      .sort(),
    ['workspace-ops', 'workspace-rescue'],
  )
  t.strictSame(others(cli), before, 'the neighbours are as they were, byte for byte')
  t.match(await cli.run('reset', '--scope', 'config', '--yes'), { code: 0, stdout: /nothing to remove/ })
})

t.test('a named profile goes with its workspace under ~/.openclaw; the default one stays', async (t) => {
  const cli = await threeProfiles(t)
  const main = snapshot(join(cli.home, '.openclaw'))
  const ops = snapshot(join(cli.home, '.openclaw-ops'))
  t.equal((await cli.run('--profile', 'rescue', 'uninstall', '--state', '--workspace', '--yes')).code, 0)
  t.notOk(existsSync(join(cli.home, '.openclaw-rescue')), 'the folder itself is gone')
  t.notOk(existsSync(join(cli.home, '.openclaw', 'workspace-rescue')))
  t.strictSame(snapshot(join(cli.home, '.openclaw-ops')), ops)
  const left = Object.entries(main).filter(([name]) => !name.startsWith('workspace-rescue'))
  t.strictSame(snapshot(join(cli.home, '.openclaw')), Object.fromEntries(left))
})

t.test('uninstall keeps the workspace unless it is asked for, and tells what is elsewhere', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup', '--workspace', 'notes')
  writeFileSync(join(cli.home, 'notes', 'diary.md'), 'mine')
  const all = await cli.run('uninstall', '--all', '--yes', '--non-interactive', '--json')
  t.match(JSON.parse(all.stdout), { ok: true, keep: [{ path: join(cli.home, 'notes'), why: 'outside' }] })
  t.equal(readFileSync(join(cli.home, 'notes', 'diary.md'), 'utf8'), 'mine')

  await cli.run('setup')
  const state = await cli.run('uninstall', '--state', '--yes', '--json')
  t.match(JSON.parse(state.stdout).keep, [])
  t.ok(existsSync(join(cli.home, '.openclaw')), 'the folder stays for the workspace')
})

for (const place of ['workspaces/main', 'agents/work/files/ws', 'agents/main/space', 'workspace']) {
  t.test(`uninstall --state goes around a workspace in ${place}`, async (t) => {
    const cli = cliFor(t)
    const state = join(cli.home, '.openclaw')
    const workspace = join(state, ...place.split('/'))
    await cli.run('setup', '--workspace', workspace)
    writeFileSync(join(workspace, 'notes.md'), 'mine')
    writeFileSync(join(workspace, '..', 'beside.txt'), 'state')
    t.notMatch((await cli.run('uninstall', '--state', '--dry-run')).stdout, `${workspace}\n`)
    t.equal((await cli.run('uninstall', '--state', '--yes', '--non-interactive')).code, 0)
    t.equal(readFileSync(join(workspace, 'notes.md'), 'utf8'), 'mine')
    t.notOk(existsSync(join(workspace, '..', 'beside.txt')))

    await cli.run('setup', '--workspace', workspace)
    t.equal((await cli.run('uninstall', '--state', '--workspace', '--yes', '--non-interactive')).code, 0)
    t.notOk(existsSync(state), 'with it nothing is left, not even empty folders')
  })
}

t.test('a workspace that is a link stays too', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  const workspace = join(cli.home, '.openclaw', 'workspace')
  renameSync(workspace, join(cli.home, 'space'))
  symlinkSync(join(cli.home, 'space'), workspace)
  t.equal((await cli.run('uninstall', '--state', '--yes', '--non-interactive')).code, 0)
  t.ok(existsSync(join(workspace, 'SOUL.md')))
})

t.test('links are removed and never followed', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  mkdirSync(join(cli.home, 'precious'))
  writeFileSync(join(cli.home, 'precious', 'letter.txt'), 'dear')
  symlinkSync(join(cli.home, 'precious'), join(cli.home, '.openclaw', 'skills'))
  t.equal((await cli.run('reset', '--scope', 'full', '--yes')).code, 0)
  t.notOk(existsSync(join(cli.home, '.openclaw', 'skills')))
  t.equal(readFileSync(join(cli.home, 'precious', 'letter.txt'), 'utf8'), 'dear')
})

t.test('a folder that is no state directory is not emptied', async (t) => {
  const home = cliFor(t).home
  writeFileSync(join(home, 'thesis.txt'), 'years of work')
  for (const state of [home, join(home, '..'), '/']) {
    const cli = cliFor(t, { home, env: { OPENCLAW_STATE_DIR: state } })
    t.match(await cli.run('reset', '--scope', 'full', '--yes'), { code: 1, stderr: /is not removed: it is a home/ })
  }
  const work = join(home, 'work')
  mkdirSync(work)
  writeFileSync(join(work, 'chapter.txt'), '1')
  const cli = cliFor(t, { home, env: { OPENCLAW_STATE_DIR: work } })
  t.match(await cli.run('uninstall', '--all', '--yes'), { code: 1, stderr: /it holds nothing of a gateway/ })
  t.ok(existsSync(join(work, 'chapter.txt')))
  // Folders of usual names are no sign of a gateway, nor are the locks of a start that was refused there.
  for (const name of ['run', 'credentials', 'locks']) mkdirSync(join(work, name))
  writeFileSync(join(work, 'locks', 'state.lock'), '')
  t.match(await cli.run('uninstall', '--all', '--yes'), { code: 1, stderr: /it holds nothing of a gateway/ })
  t.ok(existsSync(join(work, 'chapter.txt')))
})

t.test('locks alone may go, and what is left of a reset in the usual place too', async (t) => {
  const home = cliFor(t).home
  mkdirSync(join(home, 'work', 'locks'), { recursive: true })
  const cli = cliFor(t, { home, env: { OPENCLAW_STATE_DIR: join(home, 'work') } })
  t.equal((await cli.run('uninstall', '--state', '--yes')).code, 0)
  const usual = cliFor(t)
  mkdirSync(join(usual.home, '.openclaw', 'agents', 'main'), { recursive: true })
  t.equal((await usual.run('uninstall', '--state', '--yes')).code, 0)
  t.notOk(existsSync(join(usual.home, '.openclaw')))
})

t.test('refused while the gateway runs, with the way to stop it', async (t) => {
  const cli = cliFor(t, { env: {} })
  await cli.run('setup')
  const gateway = await startGateway(t, cli.home)
  const before = readFileSync(cli.configPath(), 'utf8')
  for (const line of ['reset --scope config --yes', 'reset --scope full --yes', 'uninstall --state --yes']) {
    t.match(await cli.run(...line.split(' ')), { code: 78, stderr: /openclaw gateway stop/ }, line)
  }
  t.equal(readFileSync(cli.configPath(), 'utf8'), before)
  await gateway.close()
  t.equal((await cli.run('reset', '--scope', 'config', '--yes')).code, 0)
})

t.test('scripts have to say yes and what', async (t) => {
  const cli = cliFor(t)
  await cli.run('setup')
  t.match(await cli.run('reset', '--scope', 'config', '--non-interactive'), { code: 2, stderr: /Give --yes/ })
  t.match(await cli.run('reset', '--yes'), { code: 2, stderr: /--scope config/ })
  t.match(await cli.run('uninstall', '--yes'), { code: 2, stderr: /--service, --state/ })
  t.match(await cli.run('reset', '--scope', 'all'), { code: 2, stderr: /Use one of: config/ })
  t.ok(existsSync(cli.configPath()))
})
