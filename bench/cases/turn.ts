import { join } from 'node:path'
import autocannon from 'autocannon'
import { freePort, profile, startServer, token } from '../lib/processes.js'
import type { BenchCase, BenchContext } from '../lib/types.js'

/** Stateless chat turns beside a bare relay to the same instant model. */
const bench: BenchCase = async (context) => {
  const [upstreamPort, gatewayPort, relayPort] = [await freePort(), await freePort(), await freePort()]
  const baseUrl = `http://127.0.0.1:${upstreamPort}/v1`
  const env = profile(context, 'turn', gatewayPort, {
    models: { providers: { bench: { baseUrl, apiKey: 'bench-key', models: [{ id: 'one', name: 'One' }] } } },
    agents: { defaults: { model: 'bench/one' } },
  })
  const file = (name: string) => join(context.dist, name)
  const servers = await Promise.all([
    startServer([file('bench/baselines/upstream.js'), String(upstreamPort)], upstreamPort, {}),
    startServer([file('src/bin.js'), 'gateway', 'run'], gatewayPort, env),
    startServer([file('bench/baselines/relay.js'), String(relayPort), baseUrl], relayPort, {}),
  ])
  try {
    const figures = []
    for (const stream of [false, true]) {
      const kind = stream ? 'streamed' : 'whole'
      const ours = await load(context, gatewayPort, 32, stream)
      const relay = await load(context, relayPort, 32, stream)
      figures.push({
        what: `stateless chat turn, 32 clients, ${kind}`,
        unit: 'turns/s',
        ours: ours.requests.average,
        baseline: relay.requests.average,
        value: ours.requests.average / relay.requests.average,
        limit: { atLeast: 0.5 },
      })
    }
    const ours = await load(context, gatewayPort, 1, false)
    const relay = await load(context, relayPort, 1, false)
    const perTurn = (result: autocannon.Result) => (1000 * result.duration) / result.requests.total
    figures.push({
      what: 'chat turn, 1 client, added mean',
      unit: 'ms',
      ours: perTurn(ours),
      baseline: perTurn(relay),
      value: perTurn(ours) - perTurn(relay),
      limit: { atMost: 0.5 },
    })
    return figures
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function load(
  context: BenchContext,
  port: number,
  connections: number,
  stream: boolean,
): Promise<autocannon.Result> {
  const options = {
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    method: 'POST' as const,
    connections,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openclaw',
      messages: [{ role: 'user', content: 'hi' }],
      ...(stream ? { stream } : {}),
    }),
  }
  await autocannon({ ...options, duration: 2 })
  const result = await autocannon({ ...options, duration: context.thorough ? 10 : 4 })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`port ${port}: ${result.non2xx} refused, ${result.errors} failed`)
  return result
}

export default bench
