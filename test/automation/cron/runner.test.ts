import t from 'tap'
import type { CronJob } from '../../../schemas/cron.js'
import type { Worked } from '../../../src/automation/cron/failures.js'
import { broken, minute, ok, stage, start, type Work } from './stage.js'

t.test('a job runs at each of its times, once, and its log says so', async (t) => {
  const { add, pass, runs, store, close } = await stage(t)
  const { id } = await add({})
  await pass(31 * minute)
  t.strictSame(runs, ['job 03-01T10:10', 'job 03-01T10:20', 'job 03-01T10:30'])
  const log = await store.cron.runs({ jobId: id, ascending: true, limit: 10, offset: 0 })
  t.equal(log.total, 3)
  t.match(log.rows[0], { status: 'ok', report: { nextRunAtMs: start + 20 * minute } })
  t.match(await store.cron.get(id), {
    nextAt: start + 40 * minute,
    state: { lastRunStatus: 'ok', consecutiveErrors: 0 },
  })
  await close()
})

t.test('once: it runs, and goes or is turned off', async (t) => {
  const { add, pass, runs, store, close } = await stage(t)
  const at = { kind: 'at', at: '2026-03-01T10:05:00Z' } as const
  const gone = await add({ name: 'gone', schedule: at })
  const kept = await add({ name: 'kept', schedule: at, deleteAfterRun: false })
  await pass(7 * minute)
  t.strictSame(runs.sort(), ['gone 03-01T10:05', 'kept 03-01T10:05'])
  t.equal(await store.cron.get(gone.id), undefined)
  t.match(await store.cron.get(kept.id), { enabled: false, nextAt: undefined })
  await close()
})

for (const [catchUp, cron, wanted] of [
  ['once', undefined, ['job 03-01T10:10', 'job 03-01T10:20', 'job 03-01T13:30']],
  [undefined, undefined, ['job 03-01T10:10', 'job 03-01T10:20', 'job 03-01T13:30']],
  ['skip', undefined, ['job 03-01T10:10', 'job 03-01T13:30']],
  [undefined, { skipMissedJobs: true }, ['job 03-01T10:10', 'job 03-01T13:30']],
] as const) {
  t.test(`a sleep of three hours, ${catchUp ?? JSON.stringify(cron ?? 'by default')}`, async (t) => {
    const { add, pass, clock, settled, runs, close } = await stage(t, { ...(cron && { cron }) })
    await add({ ...(catchUp && { catchUp }) })
    await pass(11 * minute)
    clock.advance(3 * 60 * minute + 10 * minute)
    await settled()
    await pass(10 * minute)
    t.strictSame(runs, wanted)
    await close()
  })
}

t.test('with catchUp all, every missed time gets its run, in order', async (t) => {
  const { add, clock, settled, runs, close } = await stage(t)
  await add({ catchUp: 'all' })
  clock.advance(45 * minute)
  await settled()
  t.strictSame(runs, ['job 03-01T10:10', 'job 03-01T10:20', 'job 03-01T10:30', 'job 03-01T10:40'])
  await close()
})

t.test('the clock goes back two hours: no time comes twice', async (t) => {
  const { add, pass, clock, runs, close } = await stage(t)
  await add({})
  await pass(21 * minute)
  clock.set(clock.now() - 120 * minute)
  await pass(150 * minute, 5 * minute)
  const times = ['10', '20', '30', '40', '50'].map((minutes) => `job 03-01T10:${minutes}`)
  t.strictSame(runs, times)
  await close()
})

t.test('a run that takes long holds up the next of its job, and no more run at once than may', async (t) => {
  let end = () => {}
  const work: Work = ({ job: { name } }) =>
    name === 'slow' ? new Promise((resolve) => (end = () => resolve(ok))) : Promise.resolve(ok)
  const { add, pass, runs, settled, close } = await stage(t, { work, cron: { maxConcurrentRuns: 2 } })
  await add({ name: 'slow' })
  await add({ name: 'quick', schedule: { kind: 'every', everyMs: 20 * minute, anchorMs: start } })
  await pass(41 * minute)
  t.strictSame(runs, ['slow 03-01T10:10', 'quick 03-01T10:20', 'quick 03-01T10:40'])
  end()
  await settled()
  await pass(10 * minute)
  t.ok(runs.includes('slow 03-01T10:50'), runs.join(', '))
  await close()
})

t.test('what is changed while a job runs stays, and the job runs on', async (t) => {
  let end = () => {}
  const work: Work = () =>
    new Promise((resolve) => {
      end = () => resolve(ok)
    })
  const { add, pass, runs, jobs, store, settled, close } = await stage(t, { work })
  const { id } = await add({})
  await pass(11 * minute)
  // Both read the job as it was, and write one after the other.
  const changes = [jobs.update(id, { job: { name: 'renamed' } }), jobs.update(id, { job: { description: 'why' } })]
  end()
  await Promise.all(changes)
  await settled()
  t.match(await store.cron.get(id), {
    runningAt: undefined,
    job: { name: 'renamed', description: 'why' },
    revision: 3,
    state: { lastRunStatus: 'ok' },
  })
  await pass(10 * minute)
  t.strictSame(runs, ['job 03-01T10:10', 'renamed 03-01T10:20'])
  end()
  await close()
})

t.test('turned off, nothing runs by itself, and all the same by hand', async (t) => {
  const { add, pass, runner, settled, runs, close } = await stage(t, { cron: { enabled: false } })
  const row = await add({})
  await pass(30 * minute)
  t.strictSame(runs, [])
  t.match(await runner.run(row, 'force'), { ran: true })
  await settled()
  t.equal(runs.length, 1)
  await close()
})

t.test('a declaration that comes again changes its job', async (t) => {
  const { add, store, close } = await stage(t)
  const first = await add({ declarationKey: 'backup', name: 'one' })
  const second = await add({ declarationKey: 'backup', name: 'two' })
  t.equal(second.id, first.id)
  t.match(await store.cron.get(first.id), { job: { name: 'two' }, revision: 2 })
  t.strictSame(await store.cron.counts(), { jobs: 1, enabled: 1 })
  await close()
})

t.test('failures: pauses grow, people are told once, the tenth turns it off; a lasting one at once', async (t) => {
  let work: Worked = broken('passing')
  const { add, pass, runs, notices, store, jobs, close } = await stage(t, { work: async () => work })
  const { id } = await add({ schedule: { kind: 'every', everyMs: minute, anchorMs: start } })
  await pass(3 * minute)
  t.equal(runs.length, 3)
  t.strictSame(notices, ['failing'])
  work = ok
  await pass(4 * minute)
  t.equal(runs.length, 3, 'after the third in a row it waits five minutes')
  await pass(2 * minute)
  t.strictSame(notices, ['failing', 'recovered'])
  work = broken('passing')
  await pass(12 * 60 * minute, minute * 5)
  t.match(await store.cron.get(id), {
    enabled: false,
    nextAt: undefined,
    state: { consecutiveErrors: 10, autoDisabled: { reason: 'consecutive-failures', consecutiveErrors: 10 } },
  })
  t.equal(notices.at(-1), 'disabled')
  t.ok(notices.filter((one) => one === 'failing').length <= 12, 'at most one an hour')
  work = broken('lasting')
  await jobs.update(id, { enabled: true })
  const before = notices.length
  await pass(5 * minute)
  t.match(await store.cron.get(id), { enabled: false })
  t.strictSame(notices.slice(before), ['disabled'], 'one alert and silence')
  await close()
})

t.test('once and a failure: three more tries when it may pass, none when it will not', async (t) => {
  const { add, pass, runs, store, close } = await stage(t, {
    work: async ({ job: { name } }) => broken(name === 'may pass' ? 'passing' : 'lasting'),
    cron: { maxConcurrentRuns: 4 },
  })
  const at = { kind: 'at', at: '2026-03-01T10:01:00Z' } as const
  const first = await add({ name: 'may pass', schedule: at })
  await add({ name: 'will not', schedule: at })
  await pass(60 * minute)
  t.equal(runs.filter((run) => run.startsWith('may pass')).length, 4)
  t.equal(runs.filter((run) => run.startsWith('will not')).length, 1)
  t.match(await store.cron.get(first.id), { enabled: false })
  await close()
})

t.test('a run that an earlier start has left: its answer counts, else it was cut off', async (t) => {
  for (const resume of [ok, undefined]) {
    const first = await stage(t, { work: () => new Promise(() => {}) })
    const { id } = await first.add({})
    await first.pass(11 * minute)
    t.equal((await first.store.cron.running()).length, 1)
    await first.store.close()
    const second = await stage(t, { path: first.path, clock: first.clock, ...(resume && { resume }) })
    t.strictSame(await second.store.cron.running(), [])
    t.match(await second.store.cron.get(id), {
      runningAt: undefined,
      state: { lastRunStatus: resume ? 'ok' : 'error' },
    })
    await second.pass(10 * minute)
    t.strictSame(second.runs, ['job 03-01T10:20'], 'and it goes on')
    await second.close()
  }
})

t.test('by hand: forced, when due, when on; the schedule stays', async (t) => {
  const { add, runner, store, settled, jobs, close } = await stage(t)
  const row = await add({})
  t.match(await runner.run(row, 'due'), { ran: false, reason: 'not-due' })
  t.match(await runner.run(row, 'force'), { ran: true, runId: /^manual:/ })
  await settled()
  t.match(await store.cron.get(row.id), { nextAt: start + 10 * minute, state: { lastRunStatus: 'ok' } })
  const off = await jobs.update(row.id, { enabled: false })
  t.match(await runner.run(off, 'if-enabled'), { ran: false, reason: 'disabled' })
  t.match(await runner.run(off, 'force'), { ran: true })
  await settled()
  t.match(await store.cron.get(row.id), { enabled: false })
  await close()
})

t.test('what means nothing is refused', async (t) => {
  const { add, jobs, close } = await stage(t)
  const refused: readonly (readonly [Partial<CronJob>, RegExp])[] = [
    [{ sessionTarget: 'main' }, /systemEvent/],
    [{ payload: { kind: 'systemEvent', text: 'x' } }, /agentTurn/],
    [{ sessionTarget: 'current' }, /session target/],
    [{ sessionTarget: 'elsewhere' }, /session target/],
    [{ schedule: { kind: 'at', at: '2020-01-01' } }, /past/],
    [{ schedule: { kind: 'cron', expr: '0 0 30 2 *' } }, /never/],
    [{ delivery: { mode: 'webhook', to: 'ftp://x' } }, /webhook/],
    [{ delivery: { mode: 'announce', to: '42' } }, /channel/],
  ]
  for (const [job, message] of refused) await t.rejects(add(job), { code: 'invalid_params', message })
  await t.rejects(add({}, { agentId: 'nobody' }), { code: 'agent_not_found' })
  await t.rejects(jobs.update('nothing', {}), { code: 'not_found', message: /Automation not found: nothing/ })
  await close()
})
