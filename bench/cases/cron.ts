import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import WebSocket from 'ws'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { CronJobRow } from '../../src/storage/types.js'
import { freePort, profile, startServer, token } from '../lib/processes.js'
import { type BenchCase, median } from '../lib/types.js'

const many = 10_000
const few = 10
const pages = 200

/** Ten thousand jobs: a page of them and the start of the gateway cost what they do with ten. */
const bench: BenchCase = async (context) => {
  const measured = []
  for (const jobs of [few, many]) {
    const port = await freePort()
    const env = profile(context, `cron-${jobs}`, port, { agents: { defaults: { model: 'builtin/echo' } } })
    await fill(join(env.HOME ?? '', '.openclaw', 'openclaw.db'), jobs)
    context.log(`${jobs} jobs stand in the store`)
    const bin = [join(context.dist, 'src/bin.js'), 'gateway', 'run']
    const starts: number[] = []
    for (let n = 0; n < (context.thorough ? 9 : 5); n += 1) {
      const begun = performance.now()
      const server = await startServer(bin, port, env)
      starts.push(performance.now() - begun)
      await server.stop()
    }
    const server = await startServer(bin, port, env)
    try {
      measured.push({ start: median(starts), page: await pageMs(port, jobs) })
    } finally {
      await server.stop()
    }
  }
  const [small, large] = measured
  if (!small || !large) throw new Error('nothing was measured')
  const what = `${many} jobs beside ${few}`
  return [
    {
      what: `a page of jobs, ${what}`,
      unit: 'ms',
      ours: large.page,
      baseline: small.page,
      value: large.page - small.page,
      limit: { atMost: 5 },
    },
    {
      what: `start, ${what}`,
      unit: 'ms',
      ours: large.start,
      baseline: small.start,
      value: large.start / small.start,
      limit: { atMost: 1.2 },
    },
  ]
}

/** Jobs of every sort, none of them due while this measures. */
async function fill(path: string, jobs: number): Promise<void> {
  const store = await openSqliteStore(path)
  const now = Date.now()
  const row = (n: number): CronJobRow => ({
    ...{ id: randomUUID(), agent: 'main', enabled: n % 10 !== 0, createdAt: now, updatedAt: now - n, revision: 1 },
    ...{ nextAt: now + 86_400_000 + n * 1_000, runningAt: undefined, state: {}, owner: true },
    job: {
      name: `job ${n}`,
      schedule: { kind: 'every', everyMs: 3_600_000 },
      sessionTarget: 'isolated',
      wakeMode: 'now',
      payload: { kind: 'agentTurn', message: 'x' },
    },
  })
  try {
    for (let from = 0; from < jobs; from += 1_000) {
      const part = Array.from({ length: Math.min(1_000, jobs - from) }, (_, n) => store.cron.add(row(from + n)))
      await Promise.all(part)
    }
  } finally {
    await store.close()
  }
}

/** Median time of one page, somewhere in the list, in milliseconds. */
async function pageMs(port: number, jobs: number): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  const waiting = new Map<string, (payload: unknown) => void>()
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data))
    if (frame.type === 'res') waiting.get(frame.id)?.(frame.ok ? frame.payload : frame.error)
  })
  await new Promise((resolve) => socket.once('message', resolve))
  const call = (id: string, method: string, params: object) =>
    new Promise((resolve) => {
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ type: 'req', id, method, params }))
    })
  const client = { id: 'gateway-client', version: '1', platform: 'linux', mode: 'backend' }
  const about = { minProtocol: 3, maxProtocol: 4, role: 'operator', scopes: ['operator.read'] }
  await call('hello', 'connect', { ...about, client, auth: { token } })
  const times: number[] = []
  for (let n = 0; n < pages; n += 1) {
    const begun = performance.now()
    const page = (await call(`p${n}`, 'cron.list', { limit: 50, offset: (n * 37) % Math.max(jobs - 50, 1) })) as {
      readonly jobs?: readonly unknown[]
    }
    times.push(performance.now() - begun)
    if (!page.jobs?.length) throw new Error(`no page: ${JSON.stringify(page).slice(0, 300)}`)
  }
  socket.close()
  return median(times)
}

export default bench
