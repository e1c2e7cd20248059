import { join } from 'node:path'
import autocannon from 'autocannon'
import { freePort, profile, startServer, token } from '../lib/processes.js'
import { type BenchCase, type BenchContext, median } from '../lib/types.js'

/** Turns after which both run as compiled code, and how long they may take. */
const warmTurns = 20_000
const warmLimitMs = 15_000
const roundSeconds = 1

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
      const rounds = await sideBySide(context, gatewayPort, relayPort, { connections: 32, stream })
      figures.push({
        what: `stateless chat turn, 32 clients, ${kind}`,
        unit: 'turns/s',
        ours: median(rounds.map(({ ours }) => ours)),
        baseline: median(rounds.map(({ relay }) => relay)),
        value: median(rounds.map(({ ours, relay }) => ours / relay)),
        limit: { atLeast: 0.5 },
      })
    }
    const rounds = await sideBySide(context, gatewayPort, relayPort, { connections: 1, stream: false })
    figures.push({
      what: 'chat turn, 1 client, added mean',
      unit: 'ms',
      ours: median(rounds.map(({ ours }) => 1000 / ours)),
      baseline: median(rounds.map(({ relay }) => 1000 / relay)),
      value: median(rounds.map(({ ours, relay }) => 1000 / ours - 1000 / relay)),
      limit: { atMost: 0.5 },
    })
    return figures
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

interface Load {
  readonly connections: number
  readonly stream: boolean
}

/**
 * Turns per second of both, in short rounds one after the other, so that whatever else the machine does strikes both.
 * Before the first round each has answered enough turns to run as compiled code, however busy the machine is.
 */
async function sideBySide(context: BenchContext, gatewayPort: number, relayPort: number, load: Load) {
  for (const port of [gatewayPort, relayPort]) await warmUp(port, load)
  const rounds: { ours: number; relay: number }[] = []
  for (let round = 0; round < (context.thorough ? 9 : 5); round += 1) {
    const ours = await turnsPerSecond(gatewayPort, load, roundSeconds)
    rounds.push({ ours, relay: await turnsPerSecond(relayPort, load, roundSeconds) })
  }
  return rounds
}

async function warmUp(port: number, load: Load): Promise<void> {
  const begun = performance.now()
  for (let turns = 0; turns < warmTurns && performance.now() - begun < warmLimitMs; ) {
    turns += await turnsPerSecond(port, load, 1)
  }
}

async function turnsPerSecond(port: number, { connections, stream }: Load, duration: number): Promise<number> {
  const result = await autocannon({
    duration,
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    method: 'POST' as const,
    connections,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openclaw',
      messages: [{ role: 'user', content: 'hi' }],
      ...(stream ? { stream } : {}),
    }),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`port ${port}: ${result.non2xx} refused, ${result.errors} failed`)
  return result.requests.total / result.duration
}

export default bench
