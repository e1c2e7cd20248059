import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { type BenchCase, median } from '../lib/types.js'

/** One page of the session list over few and over many sessions. */
const bench: BenchCase = async (context) => {
  const few = await pageTime(join(context.scratch, 'few.db'), 1_000)
  const many = await pageTime(join(context.scratch, 'many.db'), 100_000)
  return [
    {
      what: 'session page, 100,000 beside 1,000',
      unit: 'ms',
      ours: many,
      baseline: few,
      value: many / few,
      limit: { atMost: 2 },
    },
  ]
}

async function pageTime(path: string, sessions: number): Promise<number> {
  const store = await openSqliteStore(path)
  try {
    const body = { kind: 'message', message: { role: 'user', content: [{ type: 'text', text: 'hi' }] } } as const
    for (let first = 0; first < sessions; first += 10_000) {
      const batch = Array.from({ length: Math.min(10_000, sessions - first) }, (_, n) => first + n)
      await Promise.all(
        batch.map((n) =>
          store.transcripts.append({ sessionKey: `agent:main:${n}`, agent: 'main', runId: 'r', at: n, bodies: [body] }),
        ),
      )
    }
    const times: number[] = []
    for (let round = 0; round < 200; round += 1) {
      const begun = performance.now()
      await Promise.all([store.sessions.list({ limit: 50 }), store.sessions.count()])
      times.push(performance.now() - begun)
    }
    return median(times)
  } finally {
    await store.close()
  }
}

export default bench
