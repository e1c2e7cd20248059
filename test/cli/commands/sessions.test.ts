import t, { type Test } from 'tap'
import { bearer, testConfig, token } from '../../helper/gateway.js'
import { freePort, startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

async function running(t: Test) {
  const cli = cliFor(t)
  cli.writeConfig(testConfig({ agents: { defaults: { model: 'builtin/echo' }, entries: { main: {}, other: {} } } }))
  const gateway = await startGateway(t, cli.home)
  const json = async (...argv: string[]) => JSON.parse((await cli.run(...argv, '--json')).stdout)
  const say = (text: string, ...argv: string[]) => cli.run('agent', '-m', text, ...argv)
  return { cli, json, say, gateway }
}

t.test('list, preview, reset, delete', async (t) => {
  const { cli, json, say } = await running(t)
  t.match(await cli.run('sessions'), { code: 0, stdout: 'There are no sessions.\n', stderr: '' })
  await say('the first question', '--session-key', 'main')
  await say('a scratch note', '--session-key', 'scratch')
  await say('elsewhere', '--agent', 'other')

  const list = await cli.run('sessions')
  t.match(list, { code: 0, stdout: /^KEY +AGE +MODEL +TITLE\n/ })
  t.match(list.stdout, /\nagent:main:main +\d+ \w+ +builtin\/echo +the first question\n/)
  t.match(await json('sessions', 'list'), { count: 3, totalCount: 3, hasMore: false, sessions: [{}, {}, {}] })
  t.match(await json('sessions', '--agent', 'other'), { count: 1, sessions: [{ key: 'agent:other:main' }] })
  t.match(await json('sessions', '--agent', 'other', '--all-agents'), { count: 3 })
  t.match(await json('sessions', '--search', 'scratch', '--active', '5'), { count: 1 })
  t.match(await cli.run('sessions', '--limit', '1'), { stdout: /1 of 3; --limit all shows every one/ })
  t.match(await json('sessions', '--limit', 'all'), { count: 3 })
  t.match(await cli.run('sessions', '--limit', 'some'), { code: 2, stderr: /a number from 1 on, or all/ })

  t.match(await cli.run('sessions', 'preview', 'main'), { code: 0, stdout: /^user: the first question\nassistant: / })
  t.match(await json('sessions', 'preview', 'main', '--limit', '1'), { previews: [{ status: 'ok', items: [{}] }] })
  t.match(await cli.run('sessions', 'preview', 'nowhere'), {
    code: 1,
    stderr: /no session "nowhere"[\s\S]*Try: openclaw sessions list/,
  })

  t.match(await cli.run('sessions', 'reset', 'main'), { code: 0, stdout: 'agent:main:main begins anew.\n' })
  t.match(await cli.run('sessions', 'preview', 'main'), { code: 0, stdout: 'Nothing was said yet.\n' })
  t.match(await cli.run('sessions', 'delete', 'scratch', '--keep-transcript'), {
    code: 0,
    stdout: /^Deleted agent:main:scratch\.\nWhat was said stays readable as .+\.\n$/,
  })
  t.match(await cli.run('sessions', 'delete', 'scratch'), { code: 1, stderr: /no session "scratch"/ })
  const { error } = await json('sessions', 'delete', 'main')
  t.match(error, { code: 'call_refused', gateway: { code: 'INVALID_REQUEST' } })
})

t.test('more sessions than one page holds', async (t) => {
  const { json, gateway } = await running(t)
  const headers = { ...bearer, 'content-type': 'application/json' }
  const create = (n: number) =>
    fetch(`${gateway.url}/rpc/sessions.create`, { method: 'POST', headers, body: JSON.stringify({ key: `s${n}` }) })
  for (let n = 0; n < 1_005; n += 15) await Promise.all(Array.from({ length: 15 }, (_, index) => create(n + index)))
  const all = await json('sessions', '--limit', 'all')
  t.match(all, { count: 1_005, totalCount: 1_005, hasMore: false })
  t.equal(new Set(all.sessions.map(({ key }: { key: string }) => key)).size, 1_005)
  t.match(await json('sessions', '--limit', '1002'), { count: 1_002, hasMore: true })
})

t.test('who is there, and telling an agent something', async (t) => {
  const { cli, json } = await running(t)
  t.match(await cli.run('system', 'presence'), {
    code: 0,
    stdout: /^HOST +MODE +Version +PLATFORM +LAST SEEN\n.* gateway /,
  })
  t.match(await json('system', 'presence'), [{ mode: 'gateway' }])
  t.match(await cli.run('system', 'event', '--text', 'the backup is done'), { code: 0, stdout: 'ok\n' })
  t.match(await json('status'), { queuedSystemEvents: [/the backup is done/] })
  t.match(await json('system', 'event', '--text', 'x', '--mode', 'now', '--session-key', 'main'), { ok: true })
  t.match(await cli.run('system', 'event'), { code: 2, stderr: /--text/ })
})

t.test('a gateway that is down', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ gateway: { mode: 'local', port: await freePort(), auth: { token } } })
  const commands = [
    ['sessions'],
    ['sessions', 'preview', 'main'],
    ['sessions', 'delete', 'main'],
    ['sessions', 'reset', 'main'],
    ['system', 'presence'],
    ['system', 'event', '--text', 'x'],
  ]
  for (const argv of commands) {
    t.match(await cli.run(...argv), { code: 1, stdout: '', stderr: /is not running\.\nTry: openclaw gateway run/ })
  }
})
