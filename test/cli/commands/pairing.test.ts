import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { openChatPairingStore } from '../../../src/storage/chat-pairing.js'
import { testConfig, token } from '../../helper/gateway.js'
import { freePort, startGateway } from '../gateways.js'
import { type Cli, cliFor } from '../harness.js'

const channels = { telegram: { enabled: false, botToken: '1:secret' } }

/** Somebody writes to a bot of the profile: what the channel then does to the database. */
async function ask(
  cli: Cli,
  sender: string,
  code: string,
  { profile = '', account = 'default', channel = 'telegram' } = {},
) {
  const { store, close } = await openChatPairingStore(join(dirname(cli.configPath(profile)), 'openclaw.db'))
  const rules = { codes: [code], since: 0, cap: 3 }
  await store.request({ channel, account, sender, name: 'Ann', at: Date.now() }, rules)
  await close()
}

async function allowed(cli: Cli, account = 'default', profile = ''): Promise<string[]> {
  const { store, close } = await openChatPairingStore(join(dirname(cli.configPath(profile)), 'openclaw.db'))
  const found = await store.allowed({ channel: 'telegram', account })
  await close()
  return found
}

const down = async () => ({ gateway: { mode: 'local', port: await freePort(), auth: { token } }, channels })

t.test('at a gateway that runs: listed, approved, the first one an owner, dismissed, taken back', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(testConfig({ channels }))
  await startGateway(t, cli.home)
  t.match(await cli.run('pairing', 'list'), { code: 0, stdout: 'No pending pairing requests.\n', stderr: '' })
  t.match(await cli.run('pairing', 'list', 'telegram'), { code: 0, stdout: 'No pending telegram pairing requests.\n' })
  await ask(cli, '7', 'K7QXR2MB')
  await ask(cli, '8', 'K7QXR2MC')
  t.match(await cli.run('pairing', 'list'), {
    code: 0,
    stdout: /^CODE +CHANNEL[\s\S]*K7QXR2MB +Telegram +default +7 +Ann[\s\S]*openclaw pairing approve K7QXR2MB/,
  })
  t.match(await cli.run('pairing', 'approve', 'telegram', 'k7qx-r2mb'), {
    code: 0,
    stdout:
      /^Ann \(7\) may now write to the bot on Telegram, account default\.\nThe first one: also an owner now, as telegram:7/,
    stderr: '',
  })
  t.match(JSON.parse(readFileSync(cli.configPath(), 'utf8')).commands, { ownerAllowFrom: ['telegram:7'] })
  t.strictSame(await allowed(cli), ['7'])
  t.match(await cli.run('pairing', 'dismiss', 'K7QXR2MC'), { code: 0, stdout: 'Dismissed the request of Ann.\n' })
  const list = JSON.parse((await cli.run('pairing', 'list', '--channel', 'telegram', '--json')).stdout)
  t.match(list, { profile: 'default', requests: [], allowed: [{ senderId: '7' }], commandOwnerConfigured: true })
  t.match(await cli.run('pairing', 'remove', 'telegram', '7'), { code: 0, stdout: /^7 is no longer let in/ })
  t.match(await cli.run('pairing', 'remove', 'telegram', '7'), { code: 1, stderr: /Nobody called "7"/ })
  t.strictSame(await allowed(cli), [])
})

t.test('while the gateway is down: the same, on the database of the profile', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(await down())
  t.match(await cli.run('pairing', 'list'), { code: 0, stdout: 'No pending pairing requests.\n' })
  t.notOk(existsSync(join(dirname(cli.configPath()), 'openclaw.db')), 'looking makes no database')
  await ask(cli, '7', 'K7QXR2MB')
  await ask(cli, '8', 'K7QXR2MC')
  t.match(JSON.parse((await cli.run('pairing', 'list', '--json')).stdout).requests, [
    { code: 'K7QXR2MB' },
    { code: 'K7QXR2MC' },
  ])
  const approved = await cli.run('pairing', 'approve', 'K7QXR2MB', '--notify')
  t.match(approved, { code: 0, stdout: /may now write[\s\S]*also an owner now[\s\S]*could not tell them/ })
  t.match(JSON.parse(readFileSync(cli.configPath(), 'utf8')).commands, { ownerAllowFrom: ['telegram:7'] })
  t.match(JSON.parse((await cli.run('pairing', 'approve', 'K7QXR2MC', '--json')).stdout), {
    ...{ ok: true, profile: 'default', channel: 'telegram', accountId: 'default', senderId: '8' },
    ...{ via: 'store', commandOwnerBootstrap: 'not-requested' },
  })
  t.strictSame((await allowed(cli)).sort(), ['7', '8'])
  t.match(await cli.run('pairing', 'remove', 'telegram', '8'), { code: 0 })
  await ask(cli, '9', 'K7QXR2MD')
  t.match(await cli.run('pairing', 'dismiss', 'telegram', 'K7QXR2MD'), { code: 0 })
  t.strictSame(await allowed(cli), ['7'])
})

t.test('a wrong code: the profile is named, and where it would be right', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(await down())
  cli.writeConfig(await down(), 'rescue')
  const wrong = await cli.run('pairing', 'approve', 'AAAAAAAA')
  t.match(wrong, { code: 1, stdout: '', stderr: /"AAAAAAAA" in the profile "default"\. .*there are also: rescue/ })
  t.match(wrong.stderr, /Try: openclaw pairing list/)
  await ask(cli, '7', 'K7QXR2MB', { profile: 'rescue', account: 'work' })
  const other = await cli.run('pairing', 'approve', 'K7QXR2MB')
  t.match(other, {
    code: 1,
    stderr: /profile "rescue": openclaw --profile rescue pairing approve telegram K7QXR2MB --account work/,
  })
  t.match(await cli.run('--profile', 'rescue', 'pairing', 'approve', 'K7QXR2MB'), { code: 0 })
  t.strictSame(await allowed(cli, 'work', 'rescue'), ['7'])
  await ask(cli, '8', 'K7QXR2MC')
  t.match(await cli.run('pairing', 'approve', 'discord', 'K7QXR2MC'), {
    code: 1,
    stderr: /is one of telegram, default/,
  })
  t.match(await cli.run('pairing', 'approve', 'K7QXR2MC', '--account', 'work'), {
    code: 1,
    stderr: /is one of telegram, default/,
  })
})

t.test('what is no channel, and none at all', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(await down())
  t.match(await cli.run('pairing', 'list', 'pigeon'), { code: 1, stderr: /no channel "pigeon"\. Known: telegram/ })
  t.match(await cli.run('pairing', 'list', 'telegram', '--channel', 'discord'), { code: 2 })
  t.match(await cli.run('pairing', 'list', 'discord'), { code: 1, stderr: /no such account/ })
  t.match(await cli.run('pairing', 'list', '--account', 'work'), { code: 1, stderr: /no such account/ })
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort(), auth: { token } } })
  t.match(await cli.run('pairing', 'list'), {
    code: 1,
    stderr: /No chat channel is configured in the profile "default"/,
  })
})

t.test('another gateway that is down is not answered from here', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(await down())
  await ask(cli, '7', 'K7QXR2MB')
  const ran = await cli.run('pairing', 'approve', 'K7QXR2MB', '--port', String(await freePort()))
  t.match(ran, { code: 1, stderr: /not running|not reachable|refused/i })
  t.strictSame(await allowed(cli), [])
})
