import { join } from 'node:path'
import { LiveRuns } from '../../src/agents/live-runs.js'
import { agentRoster } from '../../src/agents/select.js'
import { systemClock } from '../../src/kernel/clock.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { Stop } from '../../src/kernel/stop.js'
import { openCatalog } from '../../src/models/open-catalog.js'
import { SessionsContext } from '../../src/sessions/context.js'
import { listSessions } from '../../src/sessions/list.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { Store } from '../../src/storage/types.js'
import { type BenchCase, median } from '../lib/types.js'

/** One page of `sessions.list`, with its total, over few and over many sessions. */
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
    const context = contextOf(store)
    const times: number[] = []
    for (let round = 0; round < 200; round += 1) {
      const begun = performance.now()
      const { totalCount } = await listSessions(context, { limit: 50, titles: true, previews: true })
      if (totalCount !== sessions) throw new Error(`the list counts ${totalCount} of ${sessions} sessions`)
      times.push(performance.now() - begun)
    }
    return median(times)
  } finally {
    await store.close()
  }
}

/** What `sessions.list` reads besides the store. Nothing of it runs a turn. */
function contextOf(store: Store): SessionsContext {
  const nothing = () => {
    throw new Error('a list runs no turns')
  }
  return new SessionsContext({
    store,
    clock: systemClock,
    log: silentLogger,
    bus: new EventBus(),
    agents: {
      roster: () => agentRoster({}),
      live: new LiveRuns(),
      full: () => false,
      alone: nothing,
      compact: nothing,
      run: nothing,
    },
    config: () => ({}),
    catalog: () => openCatalog({ config: {}, env: {} }),
    stopping: new Stop(),
  })
}

export default bench
