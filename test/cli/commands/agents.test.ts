import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cliFor } from '../harness.js'

const config = { gateway: { mode: 'local' }, channels: {}, agents: { defaults: { model: 'builtin/echo' } } }

t.test('add, list, bind, unbind, identity, delete', async (t) => {
  const cli = cliFor(t)
  const path = cli.writeConfig(config)
  const read = () => JSON.parse(readFileSync(path, 'utf8'))
  const added = await cli.run(
    'agents',
    'add',
    'Work Bot',
    '--bind',
    'telegram:work,whatsapp',
    '--emoji',
    '🦊',
    '--json',
  )
  t.equal(added.code, 0, added.stderr)
  const { agentId, workspace } = JSON.parse(added.stdout)
  t.equal(agentId, 'work-bot')
  t.ok(existsSync(join(workspace, 'AGENTS.md')), 'its workspace is there')
  t.strictSame(read().bindings, [
    { agentId, match: { channel: 'telegram', accountId: 'work' } },
    { agentId, match: { channel: 'whatsapp' } },
  ])
  t.match(await cli.run('agents', 'add', 'other', '--model', 'nope/x'), { code: 1, stderr: /nope/ })
  t.strictSame(
    Object.keys(read().agents.entries),
    ['main', 'work-bot'],
    'nothing is made for a model that is not there',
  )
  t.match(await cli.run('agents', 'add', 'work bot'), { code: 1, stderr: /already exists/ })

  const rows = JSON.parse((await cli.run('agents', 'list', '--bindings', '--json')).stdout)
  t.match(rows, [
    { id: 'main', isDefault: true, model: 'builtin/echo', bindings: [] },
    { id: 'work-bot', name: 'Work Bot', emoji: '🦊', isDefault: false, bindings: ['telegram:work', 'whatsapp'] },
  ])
  t.match((await cli.run('agents')).stdout, /main \*[\s\S]*work-bot +🦊 Work Bot/)

  t.equal((await cli.run('agents', 'bind', agentId, 'whatsapp,signal')).code, 0)
  t.equal(read().bindings.length, 3, 'what is there is not doubled')
  t.match(await cli.run('agents', 'bindings', '--agent', agentId), { stdout: /signal +work-bot/ })
  t.match(await cli.run('agents', 'bind', 'ghost', 'signal'), { code: 1, stderr: /ghost/ })
  t.match(await cli.run('agents', 'bind', agentId, 'no channel!'), { code: 1, stderr: /is no binding/ })
  t.equal((await cli.run('agents', 'unbind', agentId, 'signal')).code, 0)
  t.match(await cli.run('agents', 'unbind', agentId, 'signal'), { code: 1, stderr: /no such binding/ })
  t.equal((await cli.run('agents', 'unbind', agentId)).code, 2)

  t.equal((await cli.run('agents', 'set-identity', '--agent', agentId, '--name', 'Ada', '--theme', 'a fox')).code, 0)
  t.match(read().agents.entries[agentId].identity, { name: 'Ada', theme: 'a fox', emoji: '🦊' })
  t.equal((await cli.run('agents', 'set-identity', '--agent', agentId)).code, 2)

  t.match(await cli.run('agents', 'delete', agentId), { code: 2, stderr: /--force/ })
  t.match(await cli.run('agents', 'delete', 'main', '--force'), { code: 1, stderr: /default/ })
  t.equal((await cli.run('agents', 'delete', agentId, '--force')).code, 0)
  t.notOk(existsSync(workspace), 'the workspace is in the trash')
  t.strictSame([read().agents.entries[agentId], read().bindings], [undefined, []])
})

t.test('texts in Chinese', async (t) => {
  const cli = cliFor(t, { env: { LANG: 'zh_CN.UTF-8' } })
  cli.writeConfig(config)
  t.match((await cli.run('agents', 'bindings')).stdout, /没有绑定/)
})
