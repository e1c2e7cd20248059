import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { TelegramServer } from '../channels/telegram/server.js'
import { freePort } from '../cli/gateways.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { type GatewayProcess, openclaw, startGateway } from '../helper/process.js'
import { type Reply, type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const lastOf = ({ body }: Seen) => ((body.messages ?? []) as Body[]).at(-1)
const textOf = (seen: Seen) => String(lastOf(seen)?.content)

/** A bot whose gateway is a process of its own, which can be killed. */
async function stage(t: Test, script: (seen: Seen) => Reply | string, telegram: Body = {}) {
  const api = await new TelegramServer().start(t)
  const upstream = await startUpstream(t, script)
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const workspace = join(home, 'w')
  mkdirSync(workspace)
  mkdirSync(state, { mode: 0o700 })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const keys = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], ...telegram }
  const config = testConfig({
    models,
    agents: { defaults: { ...agents.defaults, workspace } },
    channels: { telegram: keys },
    commands: { ownerAllowFrom: ['telegram:42'] },
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
  return { api, upstream, home, workspace, start, gateway: await start() }
}

t.test('kill -9 before the model has answered: the message is answered once, by one more turn', async (t) => {
  let hung = true
  const { api, upstream, gateway, start } = await stage(t, () =>
    hung ? { text: 'never', hangAfter: 0 } : 'late, but here',
  )
  api.says('are you there?')
  await until(() => upstream.requests.length === 1)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['late, but here'])
  const last = upstream.requests.at(-1) as Seen
  t.match(textOf(last), /are you there\?|The gateway went down/)
  t.equal(upstream.requests.length, 2)
})

t.test('kill -9 after a tool has run: it is not run again, the model is told', async (t) => {
  let hung = true
  const { api, upstream, workspace, gateway, start } = await stage(t, (seen) => {
    const last = lastOf(seen)
    if (textOf(seen).includes('The gateway went down')) return 'It was done before.'
    if (last?.role === 'tool') return hung ? { text: 'never', hangAfter: 0 } : 'twice?'
    return {
      toolCalls: [{ id: 'c1', name: 'write', arguments: JSON.stringify({ path: `made-${Date.now()}`, content: 'x' }) }],
    }
  })
  api.says('make it')
  await until(() => upstream.requests.length === 2)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['It was done before.'])
  t.equal(readdirSync(workspace).filter((name) => name.startsWith('made-')).length, 1)
})

t.test('a message that no start can answer is put aside after three, and said so', async (t) => {
  const { api, upstream, home, start, gateway } = await stage(t, () => ({ text: 'never', hangAfter: 0 }))
  api.says('poison')
  let running = gateway
  for (let count = 1; count <= 3; count += 1) {
    await until(() => upstream.requests.length === count)
    await running.kill()
    running = await start()
  }
  await until(async () => /not answered/.test((await openclaw(home, ['channels', 'dead-letters'])).stdout))
  t.equal(upstream.requests.length, 3)
  t.strictSame(api.sent, [])
})

t.test('/restart in a chat: the chat hears when the gateway is back', async (t) => {
  const { api, gateway } = await stage(t, () => 'hello')
  api.says('hi')
  await api.called('sendMessage')
  api.says('/restart new keys')
  await until(() => api.sent.some((text) => text.includes('The gateway has restarted (new keys)')))
  t.equal(api.sent.length, 3, 'hello, that it restarts, that it has')
  t.equal(await gateway.stop(), 0)
})
