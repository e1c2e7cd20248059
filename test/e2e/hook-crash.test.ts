import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { TelegramServer } from '../channels/telegram/server.js'
import { freePort } from '../cli/gateways.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { type GatewayProcess, startGateway } from '../helper/process.js'
import { type Reply, type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const hookToken = 'hook-token-0123456789abcdef'
const lastOf = ({ body }: Seen) => ((body.messages ?? []) as Body[]).at(-1)
const textOf = (seen: Seen) => String(lastOf(seen)?.content)

/** A gateway with hooks that is a process of its own, which can be killed. */
async function stage(t: Test, script: (seen: Seen) => Reply | string) {
  const api = await new TelegramServer().start(t)
  const upstream = await startUpstream(t, script)
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const workspace = join(home, 'w')
  mkdirSync(workspace)
  mkdirSync(state, { mode: 0o700 })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const keys = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], streaming: 'off' }
  const config = testConfig({
    models,
    agents: { defaults: { ...agents.defaults, workspace } },
    channels: { telegram: keys },
    hooks: { enabled: true, token: hookToken },
  })
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = await freePort()
  const gateways: GatewayProcess[] = []
  const start = async () => {
    const gateway = await startGateway(home, port)
    gateways.push(gateway)
    return gateway
  }
  t.teardown(() => Promise.all(gateways.map((gateway) => gateway.kill())))
  const gateway = await start()
  const call = async (body: object) => {
    const response = await fetch(`${gateway.url}/hooks/agent`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hookToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'telegram', to: '42', ...body }),
    })
    return { status: response.status, ...((await response.json()) as Body) } as Body
  }
  return { api, upstream, workspace, gateway, start, call }
}

t.test('kill -9 right after the 200: the call is answered once after the restart; its key is known', async (t) => {
  let hung = true
  const { api, upstream, gateway, start, call } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'late, but here',
  )
  const first = await call({ message: 'are you there?', idempotencyKey: 'k' })
  t.equal(first.status, 200)
  await gateway.kill()
  hung = false
  const before = upstream.requests.length
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['late, but here'])
  t.equal(upstream.requests.length, before + 1, 'one more turn')
  t.match(textOf(upstream.requests.at(-1) as Seen), /are you there\?|The gateway went down/)
  const again = await call({ message: 'are you there?', idempotencyKey: 'k' })
  t.equal(again.runId, first.runId)
  t.equal(upstream.requests.length, before + 1)
})

t.test('kill -9 of many calls: each is answered once', async (t) => {
  let hung = true
  const { api, gateway, start, call } = await stage(t, (seen) => {
    const number = /call (\d+)/.exec(JSON.stringify(seen.body))?.[1]
    return hung && Number(number) > 3 ? { text: 'never', hangAfter: 0 } : `answer ${number}`
  })
  for (let n = 1; n <= 12; n += 1) t.equal((await call({ message: `call ${n}` })).status, 200)
  await until(() => api.sent.length === 3)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length >= 12, 20_000)
  const expected = Array.from({ length: 12 }, (_, index) => `answer ${index + 1}`)
  t.strictSame([...api.sent].sort(), expected.sort())
})

t.test('kill -9 after a tool has run: it is not run again, the model is told', async (t) => {
  let hung = true
  const { api, upstream, workspace, gateway, start, call } = await stage(t, (seen) => {
    if (textOf(seen).includes('The gateway went down')) return 'It was done before.'
    if (lastOf(seen)?.role === 'tool') return hung ? { text: 'never', hangAfter: 0 } : 'twice?'
    return {
      toolCalls: [{ id: 'c1', name: 'write', arguments: JSON.stringify({ path: `made-${Date.now()}`, content: 'x' }) }],
    }
  })
  await call({ message: 'make it' })
  await until(() => upstream.requests.length === 2)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['It was done before.'])
  t.equal(readdirSync(workspace).filter((name) => name.startsWith('made-')).length, 1)
})

t.test('an orderly end in the middle of a turn: the next start takes it up', async (t) => {
  let hung = true
  const { api, upstream, gateway, start, call } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'after the restart',
  )
  await call({ message: 'slowly' })
  await until(() => upstream.requests.length === 1)
  await gateway.stop()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['after the restart'])
})
