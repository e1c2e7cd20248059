import t from 'tap'
import { postChat, until } from '../helper/calls.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

t.test('waiting for its place costs a turn no time of its limit, which is the agent’s own', async (t) => {
  const upstream = await startUpstream(t, ({ body }) => {
    const { content } = (body.messages as Body[]).at(-1) as Body
    return content === 'first'
      ? { hangAfter: 0 }
      : { text: 'late but well', firstDelayMs: content === 'second' ? 2_000 : 0 }
  })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const limited = {
    ...agents,
    defaults: { ...agents.defaults, timeoutSeconds: 60 },
    entries: { main: { timeoutSeconds: 4 } },
  }
  const gateway = await startGateway(t, testConfig({ models, agents: limited }))
  const say = (content: string) => postChat(gateway, { user: 'me', messages: [{ role: 'user', content }] })
  // The first turn of all loads the tools.
  await say('warm up')
  const first = say('first')
  await until(() => upstream.active === 1)
  const second = await say('second')
  t.match(await (await first).json(), { error: { code: 'run_timeout' } })
  t.equal(second.status, 200)
  t.match(await second.json(), { choices: [{ message: { content: 'late but well' } }] })
})
