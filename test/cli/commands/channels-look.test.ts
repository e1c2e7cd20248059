import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Body, stageOf } from '../../channels/_stage.js'
import { DiscordServer, roomId } from '../../channels/discord/server.js'
import { SlackServer } from '../../channels/slack/server.js'
import { until } from '../../helper/calls.js'
import { token } from '../../helper/gateway.js'
import { cliFor } from '../harness.js'

async function stage(t: Test, channel: string, keys: Body) {
  const all = await stageOf(t, { channel, keys, more: { logging: { file: join(t.testdir(), 'my.log') } } })
  await until(async () => (await all.state()).connected === true)
  const cli = cliFor(t, { home: all.instance.paths.home })
  const where = ['--url', all.gateway.url.replace('http', 'ws'), '--token', token]
  return { ...all, cli, run: (...argv: string[]) => cli.run('channels', ...argv, ...where) }
}

async function slack(t: Test, more: Body = {}) {
  const api = await new SlackServer().start(t)
  const keys = { botToken: api.botToken, appToken: api.appToken, apiRoot: `${api.root}/api`, ...more }
  return { api, ...(await stage(t, 'slack', keys)) }
}

t.test('resolve: names become targets; what is unknown ends with 1', async (t) => {
  const { api, run } = await slack(t)
  const found = await run('resolve', '--channel', 'slack', '#General', '@ada', 'Bob', 'UADA00001')
  t.equal(found.code, 0)
  t.match(found.stdout, /#General +channel:C00000001 +#general\n@ada +user:UADA00001 +Ada\nBob +user:UBOB00001 +Bob\n/)
  t.match(await run('resolve', '#general', '#nowhere'), { code: 1, stdout: /#nowhere +unknown/ })
  t.match(await run('resolve', '@general'), { code: 1 }, 'a mark says what is meant')
  t.match(await run('resolve', 'general', '--kind', 'user'), { code: 1, stdout: /unknown/ })
  t.match(JSON.parse((await run('resolve', 'nobody', '#general', '--json')).stdout), {
    results: [
      { input: 'nobody', resolved: false },
      { input: '#general', resolved: true, id: 'C00000001', target: 'channel:C00000001' },
    ],
  })
  api.fails('users.list', { body: { ok: false, error: 'missing_scope', needed: 'users:read' } })
  t.match(await run('resolve', '@ada'), { code: 1, stdout: /! users\.list: missing_scope/ })
  t.match(await run('resolve'), { code: 2, stderr: /entry/ })
})

t.test('resolve: a room of a server, with and without its server; a name of several is none', async (t) => {
  const api = await new DiscordServer().start(t)
  const { run } = await stage(t, 'discord', { token: api.token, apiRoot: `${api.root}/api` })
  for (const name of ['G/#general', '#general', 'g/general']) {
    t.match(await run('resolve', name), { code: 0, stdout: new RegExp(`channel:${roomId}`) }, name)
  }
  api.saysIn(roomId, 'hello')
  const { stdout } = await run('resolve', roomId, '--json')
  t.match(JSON.parse(stdout).results, [{ resolved: true, name: 'G/#general' }])
})

t.test('logs: the lines of chat channels and no others, also of a gateway that is down', async (t) => {
  const { api, run, cli, gateway } = await slack(t, { dmPolicy: 'pairing', allowFrom: [] })
  api.says('let me in')
  await api.called('chat.postMessage')
  await until(async () => /pairing request/.test((await run('logs')).stdout))
  const { channel, lines } = JSON.parse((await run('logs', '--json')).stdout)
  t.equal(channel, 'all')
  for (const { raw } of lines) t.equal(JSON.parse(raw).channel, 'slack')
  t.match(await run('logs', '--channel', 'slak'), { code: 1, stderr: /no channel "slak"/ })
  t.match(await run('logs', '--channel', 'telegram'), { code: 0, stdout: /^No line about chat channels/ })
  t.equal((await run('logs', '--channel', 'slack', '--lines', '1')).stdout.trim().split('\n').length, 1)
  await gateway.close()
  t.match(await cli.run('channels', 'logs'), { code: 0, stdout: /pairing request/, stderr: /not running/ })
})

t.test('capabilities: of each channel, without a gateway', async (t) => {
  const cli = cliFor(t)
  const { code, stdout } = await cli.run('channels', 'capabilities')
  t.equal(code, 0)
  t.match(stdout, /telegram +4000 +react, edit, delete, poll, media, pin, unpin, pins, threads, typing\n/)
  t.match(stdout, /slack +3900 +react, edit, delete, media, pin, unpin, pins, read, members, threads\n/)
  const one = JSON.parse((await cli.run('channels', 'capabilities', '--channel', 'discord', '--json')).stdout)
  t.match(one, { channels: [{ id: 'discord', label: 'Discord', polls: { options: 10 } }] })
  t.match(await cli.run('channels', 'capabilities', '--channel', 'fax'), { code: 1, stderr: /no channel "fax"/ })
})
