import { mkdirSync } from 'node:fs'
import { platform } from 'node:process'
import t from 'tap'
import { openRuntime } from '../src/runtime.js'
import { postChat } from './helper/calls.js'
import { bearer, build, testConfig, testInstance } from './helper/gateway.js'
import { startGateway } from './helper/running.js'
import { watchedFolders } from './helper/watches.js'

t.test('a runtime that cannot open its store closes what it had opened', { skip: platform !== 'linux' }, async (t) => {
  const instance = await testInstance(t, testConfig())
  mkdirSync(instance.paths.database, { recursive: true })
  const before = watchedFolders()
  await t.rejects(openRuntime(instance), { code: 'state_unusable' })
  t.equal(watchedFolders(), before)
})

t.test('closing it twice is closing it once', async (t) => {
  const runtime = await openRuntime(await testInstance(t, testConfig()))
  await runtime.close()
  await runtime.close()
  t.equal(runtime.stopping.aborted, true)
})

t.test('an app that is closed leaves no handle of its own', async (t) => {
  const before = process.getActiveResourcesInfo().length
  const gateway = await startGateway(t)
  await (await postChat(gateway, { stream: true, user: 'me' })).text()
  await fetch(`${gateway.url}/docs/json`)
  await gateway.close()
  const left = process.getActiveResourcesInfo().filter((name) => !/TCPSocketWrap|Immediate|FSReqPromise/.test(name))
  t.ok(left.length <= before, left.join(', '))
})

t.test('an agent called default is listed once', async (t) => {
  const app = await build(t, testConfig({ agents: { entries: { default: {}, main: {} } } }))
  const { data } = (await app.inject({ url: '/v1/models', headers: bearer })).json()
  t.strictSame(
    data.map(({ id }: { id: string }) => id),
    ['openclaw', 'openclaw/default', 'openclaw/main'],
  )
})
