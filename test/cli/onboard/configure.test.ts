import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import t from 'tap'
import { testFolder } from '../../helper/folder.js'
import { startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'
import { enter, leave, type Reply, ScriptedUser } from './user.js'

const answering = (home: string, replies: readonly Reply[]) => {
  const user = new ScriptedUser(replies)
  return { user, cli: cliFor(t, { home, prompter: user }) }
}
const written = (path: string) => JSON5.parse(readFileSync(path, 'utf8'))

t.test('sections by name, each written when it is done', async (t) => {
  const home = testFolder(t)
  await cliFor(t, { home }).run('setup')
  const { user, cli } = answering(home, [
    [/Which model/, 'builtin'],
    [/Folder in which/, join(home, 'notes')],
  ])
  t.equal((await cli.run('configure', '--section', 'model', '--section', 'workspace')).code, 0)
  t.match(user.words, /done: Changed: agents\.defaults\.model/)
  t.match(written(cli.configPath()).agents.defaults, { model: 'builtin/echo', workspace: join(home, 'notes') })
})

t.test('leaving keeps the finished sections', async (t) => {
  const home = testFolder(t)
  const { cli } = answering(home, [
    [/Which model/, 'builtin'],
    [/Folder in which/, leave],
  ])
  t.equal((await cli.run('configure', '--section', 'model,workspace')).code, 1)
  t.equal(written(cli.configPath()).agents.defaults.model, 'builtin/echo')
})

t.test('config without a word: sections until the user is done; a new token only when asked for', async (t) => {
  const home = testFolder(t)
  await cliFor(t, { home }).run('setup')
  const path = join(home, '.openclaw', 'openclaw.json')
  const { token } = written(path).gateway.auth
  const gateway = (auth: string): Reply[] => [
    [/Where does the gateway/, enter],
    [/Base port/, '20500'],
    [/listen/, enter],
    [/prove/, auth],
    [/Tailscale/, enter],
    [/OpenAI-compatible/, false],
  ]
  const kept = answering(home, [[/What do you want/, 'gateway'], ...gateway('keep'), [/Anything else/, 'done']])
  t.equal((await kept.cli.run('config')).code, 0)
  t.match(written(path).gateway, { port: 20_500, auth: { token } })
  const fresh = answering(home, gateway('generate'))
  t.equal((await fresh.cli.run('configure', '--section', 'gateway')).code, 0)
  t.not(written(path).gateway.auth.token, token)
  t.match(written(path).gateway.auth.token, /^[0-9a-f]{48}$/)
})

t.test('health asks the running gateway', async (t) => {
  const home = testFolder(t)
  const down = answering(home, [])
  await down.cli.run('configure', '--section', 'health')
  t.match(down.user.words, /warning: No gateway of this profile answers\. Start it: openclaw gateway/)
  await startGateway(t, home)
  const up = answering(home, [])
  await up.cli.run('configure', '--section', 'health')
  t.match(up.user.words, /done: The gateway answers at http:\/\/127\.0\.0\.1:\d+/)
})
