import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { standIn } from '../../helper/program.js'
import { cliFor } from '../harness.js'

const config = {
  gateway: { mode: 'local' },
  models: { providers: { lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', models: [{ id: 'mini', name: 'Mini' }] } } },
  agents: { defaults: { model: { primary: 'lmstudio/mini', fallbacks: ['openrouter/auto'] } } },
}

const written = (path: string) => JSON.parse(readFileSync(path, 'utf8')).agents.defaults

t.test('without a config the embedded model answers', async (t) => {
  const cli = cliFor(t)
  const { code, stdout } = await cli.run('models', 'status', '--json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), {
    ok: true,
    models: [{ agent: 'main', model: 'builtin/echo', role: 'primary', usable: true, state: 'ready' }],
  })
  t.equal((await cli.run('models', 'status', '--plain')).stdout, 'builtin/echo\n')
})

t.test('what cannot be used is told with the reason, a secret never', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(config)
  const status = await cli.run('models', 'status')
  t.match(status, {
    code: 0,
    stdout: /lmstudio\/mini +primary +ready[\s\S]*openrouter\/auto +fallback +not usable: .*OPENROUTER_API_KEY/,
  })
  t.equal((await cli.run('models', 'status', '--check')).code, 1)
  const withKey = cliFor(t, { home: cli.home, env: { OPENROUTER_API_KEY: 'sk-or-secret' } })
  const good = await withKey.run('models', 'status', '--check', '--json')
  t.match(good, { code: 0 })
  t.notMatch(good.stdout, /sk-or-secret/)
  t.match((await withKey.run('models', 'status')).stdout, /openrouter\/auto +fallback +ready/)
  const chinese = cliFor(t, { home: cli.home, env: { OPENROUTER_API_KEY: 'sk-or-secret', LANG: 'zh_CN.UTF-8' } })
  t.match((await chinese.run('models', 'status')).stdout, /openrouter\/auto +备用 +可用/)
})

t.test('accounts of an agent count, and an end that is near is told', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ ...config, agents: { defaults: { model: 'openrouter/auto' }, entries: { main: {}, other: {} } } })
  const folder = join(cli.configPath(), '..', 'agents', 'main', 'agent')
  mkdirSync(folder, { recursive: true })
  const account = (expires?: number) => {
    const profile = { type: 'token', provider: 'openrouter', token: 'token-secret-1', ...(expires && { expires }) }
    writeFileSync(join(folder, 'auth-profiles.json'), JSON.stringify({ profiles: { 'openrouter:me': profile } }))
  }
  const status = (...more: string[]) => cli.run('models', 'status', '--agent', 'main', '--check', ...more)
  account()
  const { code, stdout } = await status('--json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout).models, [{ accounts: ['openrouter:me'], state: 'ready' }])
  t.notMatch(stdout, /token-secret/)
  account(Date.now() + 3_600_000)
  t.match(await status(), { code: 2, stdout: /ready, its account ends at \d{4}-/ })
  account(Date.now() - 1)
  t.match(await status(), { code: 1, stdout: /its account has ended at/ })
  t.equal((await cli.run('models', 'status', '--check')).code, 1, 'the other agent has no key')
  t.match(await cli.run('models', 'status', '--agent', 'nobody'), { code: 2, stderr: /nobody/ })
})

t.test('a program that is not installed', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ ...config, agents: { defaults: { model: 'claude-cli/opus-4.6' } } })
  t.match(await cli.run('models', 'status', '--check'), { code: 1, stdout: /command "claude" of claude-cli is not/ })
  const claude = standIn(t, 'claude', '')
  const there = cliFor(t, { home: cli.home, env: { PATH: claude.folder } })
  t.match(await there.run('models', 'status', '--check'), { code: 0, stdout: /claude-cli\/opus-4\.6 +primary +ready/ })
  t.same(claude.calls, [], 'only looked for')
})

t.test('list, narrowed', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({
    ...config,
    agents: { defaults: { ...config.agents.defaults, models: { 'openrouter/auto': { alias: 'auto' } } } },
  })
  const { stdout } = await cli.run('models', 'list')
  t.match(stdout, /builtin\/echo[\s\S]*lmstudio\/mini +Mini +default\n[\s\S]*openrouter\/auto +auto +fallback#1 auto/)
  const plain = async (...more: string[]) => (await cli.run('models', 'list', '--plain', ...more)).stdout.split('\n')
  t.same(await plain('--local'), ['builtin/echo', 'lmstudio/mini', ''])
  t.same(await plain('--provider', 'openrouter'), ['openrouter/auto', ''])
  t.same(await plain('--all', '--provider', 'claude-cli'), ['claude-cli/default', ''])
  const { models } = JSON.parse((await cli.run('models', 'list', '--json')).stdout)
  t.match(models.at(-1), { ref: 'openrouter/auto', provider: 'openrouter', alias: 'auto', tags: ['fallback#1'] })
})

t.test('set and set-image', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  t.equal((await cli.run('models', 'set', 'builtin/echo')).code, 0)
  t.match(written(path).model, { primary: 'builtin/echo', fallbacks: ['openrouter/auto'] })
  t.match(await cli.run('models', 'set', 'nowhere/x'), { code: 1, stderr: /nowhere/ })
  t.match(await cli.run('models', 'set', 'openrouter/auto'), { code: 0, stderr: /OPENROUTER_API_KEY/ })
  t.equal((await cli.run('models', 'set-image', 'lmstudio/mini')).code, 0)
  t.equal(written(path).imageModel, 'lmstudio/mini')
})

t.test('stand-ins: add, list, remove, clear; of the image model too', async (t) => {
  for (const [word, key] of [
    ['fallbacks', 'model'],
    ['image-fallbacks', 'imageModel'],
  ] as const) {
    const cli = cliFor(t)
    const models = { 'lmstudio/mini': { alias: 'small' } }
    const path = cli.writeConfig({ ...config, agents: { defaults: { [key]: 'builtin/echo', models } } })
    const run = (...more: string[]) => cli.run('models', word, ...more)
    t.match(await run('list'), { code: 0, stdout: /No model stands in/ })
    t.match(await run('add', 'small', '--dry-run'), { code: 0 })
    t.equal(written(path)[key], 'builtin/echo')
    t.equal((await run('add', 'small')).code, 0)
    t.match(written(path)[key], { primary: 'builtin/echo', fallbacks: ['small'] })
    t.match(await run('add', 'lmstudio/mini'), { code: 0, stdout: /No change/ }, 'the same by another name')
    t.equal((await run('add', 'claude-cli/opus-4.6')).code, 0)
    t.match(await run('add', 'nowhere/x'), { code: 1, stderr: /nowhere/ })
    t.equal((await run('list', '--plain')).stdout, 'small\nclaude-cli/opus-4.6\n')
    t.match(JSON.parse((await run('list', '--json')).stdout), {
      ok: true,
      primary: 'builtin/echo',
      fallbacks: ['small', 'claude-cli/opus-4.6'],
    })
    t.match(await run('remove', 'builtin/echo'), { code: 2, stderr: /does not stand in/ })
    t.equal((await run('remove', 'lmstudio/mini')).code, 0)
    t.same(written(path)[key].fallbacks, ['claude-cli/opus-4.6'])
    t.equal((await run('clear')).code, 0)
    t.same(written(path)[key], { primary: 'builtin/echo', fallbacks: [] })
    t.equal((await run('clear')).code, 0)
  }
})

t.test('short names', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  const run = (...more: string[]) => cli.run('models', 'aliases', ...more)
  t.match(await run('list'), { code: 0, stdout: /No model has a short name/ })
  t.equal((await run('add', 'small', 'lmstudio/mini')).code, 0)
  t.same(written(path).models, { 'lmstudio/mini': { alias: 'small' } })
  t.equal((await run('add', 'smaller', 'small')).code, 0, 'by its old name')
  t.match(await run('add', 'Smaller', 'builtin/echo'), { code: 2, stderr: /smaller.*lmstudio\/mini/ })
  t.match(await run('add', 'a/b', 'builtin/echo'), { code: 2, stderr: /cannot be a short name/ })
  t.match(await run('add', 'x', 'nowhere/x'), { code: 1, stderr: /nowhere/ })
  t.equal((await run('list', '--plain')).stdout, 'smaller lmstudio/mini\n')
  t.same(JSON.parse((await run('list', '--json')).stdout), { ok: true, aliases: { smaller: 'lmstudio/mini' } })
  t.match(await run('remove', 'small'), { code: 2, stderr: /no short name "small"/ })
  t.equal((await run('remove', 'SMALLER')).code, 0)
  t.equal((await run('list', '--plain')).stdout, '')
})
