import { readFileSync } from 'node:fs'
import t from 'tap'
import { cliFor } from '../harness.js'

const good = {
  gateway: { mode: 'local', port: 18789, auth: { mode: 'token', token: 'a-token-that-is-long-enough-0123' } },
}

t.test('channels add, list, remove', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(good)
  const config = () => JSON.parse(readFileSync(path, 'utf8')).channels
  t.match(await cli.run('channels', 'list'), { code: 0, stdout: /channels add telegram/ })
  t.match(await cli.run('channels', 'add', 'telegram', '--token-env', 'MY_BOT'), { code: 0 })
  t.match(config(), { telegram: { enabled: true, botToken: { source: 'env', provider: 'default', id: 'MY_BOT' } } })
  t.match(await cli.run('channels', 'add', 'telegram', '--account', 'work', '--token', '1:abcdef', '--name', 'Work'), {
    code: 0,
  })
  t.match(config().telegram.accounts.work, { enabled: true, botToken: '1:abcdef', name: 'Work' })
  t.match(await cli.run('channels', 'add', 'slack', '--token', 'xoxb-1', '--app-token', 'xapp-1'), { code: 0 })
  t.match(await cli.run('channels', 'list'), {
    code: 0,
    stdout: /telegram +default +configured[\s\S]*telegram +work +configured[\s\S]*slack/,
  })
  const { channels } = JSON.parse((await cli.run('channels', 'list', '--json')).stdout)
  t.match(channels, [{ id: 'telegram', needs: [['botToken'], ['tokenFile']] }, { id: 'slack' }])
  t.match(await cli.run('channels', 'remove', 'telegram', '--account', 'work'), { code: 0 })
  t.equal(config().telegram.accounts.work.enabled, false, 'its keys stay')
  t.match(await cli.run('channels', 'remove', 'slack', '--delete'), { code: 0 })
  t.equal(config().slack, undefined)
})

t.test('what is wrong is said', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(good)
  t.match(await cli.run('channels', 'add', 'pigeon'), { code: 2, stderr: /no channel "pigeon"\. Known: telegram/ })
  t.match(await cli.run('channels', 'add', 'telegram'), { code: 2, stderr: /needs a token/ })
  t.match(await cli.run('channels', 'add', 'telegram', '--token', 'a', '--token-env', 'B'), {
    code: 2,
    stderr: /one of/,
  })
  t.match(await cli.run('channels', 'add', 'feishu'), { code: 2, stderr: /appId \+ appSecret/ })
  t.match(await cli.run('channels', 'remove', 'telegram'), { code: 2, stderr: /has no account default of telegram/ })
})

t.test('status without a gateway shows the config, and says so', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ ...good, channels: { telegram: { botToken: '1:a' }, discord: {} } })
  const { code, stdout, stderr } = await cli.run('channels', 'status')
  t.equal(code, 1)
  t.match(stderr, /not running/)
  t.match(stdout, /telegram +default +configured[\s\S]*discord +default +incomplete +- +needs token/)
  t.match(JSON.parse((await cli.run('channels', 'status', '--json')).stdout), {
    ok: false,
    channels: [{ id: 'telegram' }, { id: 'discord' }],
  })
})
