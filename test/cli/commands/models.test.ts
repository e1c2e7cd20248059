import { readFileSync } from 'node:fs'
import t from 'tap'
import { cliFor } from '../harness.js'

const config = {
  gateway: { mode: 'local' },
  models: { providers: { lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', models: [{ id: 'mini', name: 'Mini' }] } } },
  agents: { defaults: { model: { primary: 'lmstudio/mini', fallbacks: ['openrouter/auto'] } } },
}

t.test('without a config the embedded model answers', async (t) => {
  const cli = cliFor(t)
  const { code, stdout } = await cli.run('models', 'status', '--json')
  t.equal(code, 0)
  t.strictSame(JSON.parse(stdout), {
    ok: true,
    models: [{ agent: 'main', model: 'builtin/echo', role: 'primary', usable: true }],
  })
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
  const words = (await withKey.run('models', 'status')).stdout
  t.match(words, /openrouter\/auto +fallback +not used yet in this version/)
  const chinese = cliFor(t, { home: cli.home, env: { OPENROUTER_API_KEY: 'sk-or-secret', LANG: 'zh_CN.UTF-8' } })
  t.match((await chinese.run('models', 'status')).stdout, /openrouter\/auto +备用 +此版本尚未使用/)
})

t.test('list and set', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  t.match(await cli.run('models', 'list'), { code: 0, stdout: /builtin\/echo[\s\S]*lmstudio\/mini +Mini/ })
  t.equal((await cli.run('models', 'set', 'builtin/echo')).code, 0)
  t.match(JSON.parse(readFileSync(path, 'utf8')).agents.defaults.model, {
    primary: 'builtin/echo',
    fallbacks: ['openrouter/auto'],
  })
  t.match(await cli.run('models', 'set', 'nowhere/x'), { code: 1, stderr: /nowhere/ })
  t.match(await cli.run('models', 'set', 'openrouter/auto'), { code: 0, stderr: /OPENROUTER_API_KEY/ })
})
