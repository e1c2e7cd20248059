import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { startGateway } from '../gateways.js'
import { cliFor } from '../harness.js'

const token = 'cron-test-token-0123456789'

async function stage(t: Test) {
  const cli = cliFor(t)
  cli.writeConfig({
    gateway: { mode: 'local', auth: { mode: 'token', token } },
    agents: { defaults: { model: 'builtin/echo' } },
  })
  const { port } = await startGateway(t, cli.home)
  const run = (...argv: string[]) => cli.run('cron', ...argv, '--port', String(port), '--token', token)
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout)
  return { run, json }
}

t.test('a job from its making to its runs', async (t) => {
  const { run, json } = await stage(t)
  t.match(await run('list'), { code: 0, stdout: 'There are no scheduled jobs.\n' })
  const added = await json('add', '--name', 'news', '--every', '2h', '-m', 'What is new?', '--no-deliver')
  t.match(added, {
    name: 'news',
    schedule: { kind: 'every', everyMs: 7_200_000 },
    payload: { kind: 'agentTurn', message: 'What is new?' },
    delivery: { mode: 'none' },
  })
  const list = await run('list')
  t.match(list.stdout, /^ID +NAME +SCHEDULE +NEXT/)
  t.match(list.stdout, new RegExp(`${added.id} +news +every 2 h`))
  t.match((await json('list')).jobs, [{ id: added.id }])
  t.match(await run('status'), { code: 0, stdout: /Jobs run: 1\.\nNext: \d{4}-/ })
  t.match(await json('run', added.id), { ok: true, enqueued: true, runId: String })
  await until(async () => (await json('runs', '--id', added.id, '--limit', '20')).entries.length === 1)
  t.match((await run('runs')).stdout, /news +ok .*not-requested/)
  t.match(await json('edit', added.id, '--cron', '0 7 * * *', '--tz', 'Europe/Berlin'), {
    schedule: { kind: 'cron', expr: '0 7 * * *', tz: 'Europe/Berlin' },
    payload: { message: 'What is new?' },
  })
  t.match(JSON.parse((await run('get', added.id)).stdout), { id: added.id, name: 'news' })
})

t.test('run: waiting for its end, and when it is not due', async (t) => {
  const { run, json } = await stage(t)
  const { id } = await json('add', '--name', 'news', '--every', '2h', '-m', 'What is new?', '--no-deliver')
  t.match(await run('run', id, '--wait'), { code: 0, stdout: /^Ended: ok, after .*\nYou said: / })
  t.match(await run('run', id, '--due'), { code: 0, stdout: 'Not begun: not-due.\n' })
  t.match(await json('runs', '--offset', '1'), { entries: [], total: 1 })
  t.match(await json('list', '--offset', '1'), { jobs: [], total: 1 })
  const lost = await json('add', '--name', 'x', '--every', '2h', '-m', 'x', '--channel', 'telegram', '--to', '42')
  t.match(await run('run', lost.id, '--wait'), { code: 1, stdout: /^Ended: error/ })
})

t.test('on and off, and gone', async (t) => {
  const { run, json } = await stage(t)
  const { id } = await json('add', '--name', 'tea', '--at', '20m', '--system-event', 'The tea is ready.')
  t.match(await run('disable', id), { code: 0, stdout: 'Turned off: "tea".\n' })
  t.match(await run('list'), { stdout: /no scheduled jobs/ })
  t.match((await run('list', '--all')).stdout, /tea .*off/)
  t.match(await run('rm', id), { code: 0, stdout: `Removed the job ${id}.\n` })
})

t.test('issue: edit keeps of payload and delivery what is not named', async (t) => {
  const { json } = await stage(t)
  const chat = ['--channel', 'telegram', '--to', '42', '--thread-id', '7', '--account', 'main']
  const { id } = await json('add', '--name', 'x', '--every', '1h', '-m', 'old', '--thinking', 'low', ...chat)
  const edited = await json('edit', id, '-m', 'new', '--best-effort-deliver')
  t.same(edited.payload, { kind: 'agentTurn', message: 'new', thinking: 'low' })
  const whole = { mode: 'announce', channel: 'telegram', to: '42', threadId: '7', accountId: 'main', bestEffort: true }
  t.same(edited.delivery, whole)
  t.same((await json('edit', id, '--thread-id', '8')).delivery, { ...whole, threadId: '8' })
  const { threadId, ...place } = whole
  t.same((await json('edit', id, '--to', '43')).delivery, { ...place, to: '43' }, 'a thread is of one place')
})

t.test('issue: edit of a delivery: another channel, another way, and best effort of either', async (t) => {
  const { json } = await stage(t)
  const chat = ['--channel', 'telegram', '--to', '42', '--thread-id', '7', '--best-effort-deliver']
  const { id } = await json('add', '--name', 'x', '--every', '1h', '-m', 'old', ...chat)
  const moved = { mode: 'announce', channel: 'slack', to: 'channel:C1', bestEffort: true }
  t.same((await json('edit', id, '--channel', 'slack', '--to', 'channel:C1')).delivery, moved)
  const hook = { mode: 'webhook', to: 'https://example.org/x' }
  t.same((await json('edit', id, '--webhook', 'https://example.org/x')).delivery, hook)
  t.same((await json('edit', id, '--best-effort-deliver')).delivery, { ...hook, bestEffort: true })
})

t.test('what is wrong is said', async (t) => {
  const { run } = await stage(t)
  const wrong: readonly (readonly [string[], RegExp, number?])[] = [
    [['add', '--every', '1h', '-m', 'x'], /--name/],
    [['add', '--name', 'x', '-m', 'x'], /--at, --every, --cron/],
    [['add', '--name', 'x', '--every', '1h'], /--message, --system-event/],
    [['add', '--name', 'x', '--every', '1h', '--at', '5m', '-m', 'x'], /Only one of --at/],
    [['add', '--name', 'x', '--every', 'soon', '-m', 'x'], /no duration/],
    [['add', '--name', 'x', '--every', '1h', '--tz', 'UTC', '-m', 'x'], /--cron/],
    [['add', '--name', 'x', '--every', '1h', '-m', 'x', '--no-deliver', '--channel', 'telegram'], /Only one of a chat/],
    [['edit', 'some'], /Nothing to change/],
    [['get', 'no-such-job'], /Automation not found: no-such-job[\s\S]*cron list --all/, 1],
    [['rm', 'no-such-job'], /Automation not found: no-such-job[\s\S]*cron list --all/, 1],
  ]
  for (const [argv, words, code] of wrong) {
    const ran = await run(...argv)
    t.match(ran.stderr, words, argv.join(' '))
    if (code === undefined) t.not(ran.code, 0)
    else t.equal(ran.code, code)
  }
})
