import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { TranscriptBody } from '../../src/storage/types.js'
import { freePort, profile, residentBytes, startServer, token } from '../lib/processes.js'
import { type BenchCase, type BenchContext, median } from '../lib/types.js'

const sessions = 1_000
const messages = 200

/** Turns in many long sessions: the thousandth costs what the first does, and nothing of them stays in memory. */
const bench: BenchCase = async (context) => {
  const [upstreamPort, port] = [await freePort(), await freePort()]
  const baseUrl = `http://127.0.0.1:${upstreamPort}/v1`
  const models = [{ id: 'one', name: 'One', contextWindow: 200_000 }]
  const env = profile(context, 'long-sessions', port, {
    models: { providers: { bench: { baseUrl, apiKey: 'bench-key', models } } },
    agents: { defaults: { model: 'bench/one' } },
  })
  await fill(join(env.HOME ?? '', '.openclaw', 'openclaw.db'), context)
  const file = (name: string) => join(context.dist, name)
  const servers = await Promise.all([
    startServer([file('bench/baselines/upstream.js'), String(upstreamPort)], upstreamPort, {}),
    startServer([file('src/bin.js'), 'gateway', 'run'], port, env),
  ])
  const [, gateway] = servers
  try {
    const times: number[] = []
    for (let n = 0; n < 50; n += 1) await turn(port, `warm-${n}`)
    const before = residentBytes(gateway.pid)
    for (let n = 0; n < sessions; n += 1) {
      const begun = performance.now()
      await turn(port, `agent:main:long-${n}`)
      times.push(performance.now() - begun)
    }
    const first = median(times.slice(0, 200))
    const last = median(times.slice(-200))
    const grown = (residentBytes(gateway.pid) - before) / 2 ** 20
    const what = `turns in ${sessions} sessions of ${messages} messages`
    return [
      {
        what: `${what}, last beside first`,
        unit: 'ms',
        ours: last,
        baseline: first,
        value: last / first,
        limit: { atMost: 1.5 },
      },
      { what: `${what}, growth of RSS`, unit: 'MiB', ours: grown, value: grown, limit: { atMost: 120 } },
    ]
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function fill(path: string, context: BenchContext): Promise<void> {
  const store = await openSqliteStore(path)
  const bodies = Array.from({ length: messages }, (_, n): TranscriptBody => {
    const content = [{ type: 'text' as const, text: `message ${n} ${'word '.repeat(40)}` }]
    return { kind: 'message', message: n % 2 === 0 ? { role: 'user', content } : { role: 'assistant', content } }
  })
  try {
    for (let n = 0; n < sessions; n += 1) {
      const sessionKey = `agent:main:long-${n}`
      await store.transcripts.append({ sessionKey, agent: 'main', runId: 'fill', at: Date.now(), bodies })
    }
    context.log(`${sessions} sessions of ${messages} messages stand in the store`)
  } finally {
    await store.close()
  }
}

async function turn(port: number, sessionKey: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-openclaw-session-key': sessionKey,
    },
    body: JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }] }),
  })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

export default bench
