import t from 'tap'
import { minute, stage, start } from './stage.js'

const half = 30 * minute

t.test('an alert comes once, to where the agent was spoken to last, and stands in the main session', async (t) => {
  const at = await stage(t, { script: 'The disk is full.', heartbeat: { every: '30m' } })
  const report = await at.after(half)
  t.match(report, {
    status: 'sent',
    agentId: 'main',
    channel: 'telegram',
    to: '42',
    preview: 'The disk is full.',
    indicatorType: 'alert',
  })
  await at.soon(() => at.said().length === 1)
  const asked = JSON.stringify(at.upstream.requests[0]?.body)
  t.match(asked, /the mail/, 'the checklist is in the prompt')
  t.match(asked, /answer HEARTBEAT_OK/)
  t.match(await at.after(half), { status: 'skipped', reason: 'duplicate' })
  t.strictSame(at.said(), ['The disk is full.'])
  const { entries } = await at.runtime.store.transcripts.page(await sessionId(at), { limit: 50, offset: 0 })
  t.strictSame(
    entries.map(({ body }) => body.kind),
    ['message', 'message', 'nothing', 'nothing'],
    'the repeated one is taken out',
  )
  at.clock.advance(24 * 60 * minute)
  await at.soon(() => at.said().length === 2)
})

t.test('an acknowledgement is dropped, leaves nothing behind and does not count as talk', async (t) => {
  const at = await stage(t, { heartbeat: { every: '30m' } })
  t.match(await at.after(half), { status: 'ok-token', indicatorType: 'ok' })
  const row = await at.runtime.store.sessions.get('agent:main:main')
  t.equal(row?.updatedAt, start + 10_000 + half, 'made by it, not touched since')
  await at.after(half)
  t.equal((await at.runtime.store.sessions.get('agent:main:main'))?.updatedAt, row?.updatedAt)
  t.equal(row?.title ?? null, null)
  const prompt = at.upstream.requests[1]?.body as { messages: unknown[] }
  t.equal(prompt.messages.length, 2, 'what was acknowledged is no part of later prompts')
  t.strictSame(at.said(), [])
})

t.test('what the flags of a channel show', async (t) => {
  const shown = { heartbeatVisibility: { showOk: true } }
  const at = await stage(t, { heartbeat: { every: '30m' }, channel: shown, script: 'HEARTBEAT_OK All is well.' })
  await at.after(half)
  await at.soon(() => at.said().length === 1)
  t.strictSame(at.said(), ['All is well.'])
  const none = { heartbeatVisibility: { showOk: false, showAlerts: false, useIndicator: false } }
  const quiet = await stage(t, { heartbeat: { every: '30m' }, channel: none, script: 'The disk is full.' })
  t.match(await quiet.after(half), { status: 'skipped', reason: 'alerts-disabled' })
  t.equal(quiet.upstream.requests.length, 0)
})

t.test('why the model is not asked', async (t) => {
  const cases: readonly [reason: string, wanted: Parameters<typeof stage>[1]][] = [
    ['quiet-hours', { heartbeat: { every: '30m', activeHours: { start: '12:00', end: '13:00', timezone: 'UTC' } } }],
    ['no-route', { heartbeat: { every: '30m' }, stranger: true }],
    ['dm-blocked', { heartbeat: { every: '30m', directPolicy: 'block' } }],
    ['empty-heartbeat-file', { heartbeat: { every: '30m' }, checklist: '# Heartbeat\n\n- [ ]\n' }],
    ['no-route', { heartbeat: { every: '30m', target: 'discord' } }],
  ]
  for (const [reason, wanted] of cases) {
    const at = await stage(t, { script: 'never', ...wanted })
    t.match(await at.after(half), { status: 'skipped', reason }, reason)
    t.equal(at.upstream.requests.length, 0)
    await at.runtime.close()
  }
})

t.test('targets: nowhere, a channel and its recipient, the owner', async (t) => {
  const script = 'Look at this.'
  const none = await stage(t, { script, heartbeat: { every: '30m', target: 'none' }, stranger: true })
  t.match(await none.after(half), { status: 'sent', reason: 'internal', preview: script })
  t.equal(none.upstream.requests.length, 1)
  for (const [target, more, to] of [
    ['telegram', { to: '-100:topic:7' }, '-100'],
    ['telegram', {}, '42'],
    ['owner', {}, '42'],
    ['owner', {}, '77'],
  ] as const) {
    const commands = to === '77' && { more: { commands: { ownerAllowFrom: ['slack:U1', 'telegram:77'] } } }
    const at = await stage(t, { script, heartbeat: { every: '30m', target, ...more }, stranger: true, ...commands })
    t.match(await at.after(half), { status: 'sent', channel: 'telegram', to })
    await at.soon(() => at.said().length === 1)
    await at.runtime.close()
  }
})

t.test('what happens wakes the agent, at any hour, and is told', async (t) => {
  const activeHours = { start: '12:00', end: '13:00', timezone: 'UTC' }
  const at = await stage(t, { script: 'Your tea is ready.', heartbeat: { every: '30m', activeHours }, checklist: '' })
  await at.runtime.systemEvents.queue({ text: 'the tea is ready', wake: 'now' })
  await at.runtime.systemEvents.queue({ text: 'the water is hot', wake: 'now' })
  t.match(await at.after(250), { status: 'sent', preview: 'Your tea is ready.' })
  t.equal(at.upstream.requests.length, 1, 'looked at together')
  const asked = JSON.stringify(at.upstream.requests[0]?.body)
  t.match(asked, /System: \[[^\]]+\] the tea is ready/)
  t.match(asked, /the water is hot/)
  await at.runtime.systemEvents.queue({ text: 'the tea is cold', wake: 'now' })
  await at.quietly(29_000)
  at.upstream.script = 'It is cold now.'
  t.match(await at.after(2_000), { status: 'sent' })
  await at.runtime.systemEvents.queue({ text: 'later', wake: 'next-heartbeat' })
  await at.quietly(5 * minute)
})

t.test('the end of a background command wakes the agent that began it', async (t) => {
  const at = await stage(t, { script: 'The tests pass.', checklist: '' })
  at.runtime.bus.emit('process.finished', { agent: 'main', sessionKey: 'agent:main:main', text: 'npm test ended: 0' })
  await at.soon(async () => (await at.runtime.systemEvents.texts()).length === 1)
  t.match(await at.after(250), { status: 'sent', preview: 'The tests pass.' })
  t.match(JSON.stringify(at.upstream.requests[0]?.body), /npm test ended: 0/)
})

t.test('what happened just before the end of the gateway wakes the agent of the next start', async (t) => {
  const at = await stage(t, { script: 'Your tea is ready.', heartbeat: { every: '24h' } })
  await at.runtime.systemEvents.queue({ text: 'the tea is ready', wake: 'now' })
  await at.restart()
  await at.soon(async () => {
    at.clock.advance(50)
    return (await at.last()) !== undefined
  })
  t.match(await at.last(), { status: 'sent', preview: 'Your tea is ready.' })
  t.equal(at.upstream.requests.length, 1)
})

t.test('a budget that is used up leaves what has happened where it waits', async (t) => {
  const at = await stage(t, {
    script: 'x',
    heartbeat: { every: '30m' },
    more: { budgets: { automation: { tokens: 0 } } },
  })
  await at.runtime.systemEvents.queue({ text: 'the tea is ready', wake: 'now' })
  t.match(await at.after(250), { status: 'skipped', reason: 'budget' })
  t.strictSame(await at.runtime.systemEvents.texts(), ['the tea is ready'])
  t.equal(await at.runtime.store.sessions.get('agent:main:main'), undefined, 'no prompt stands in the transcript')
})

t.test('an account that is gone: the model is not asked', async (t) => {
  const at = await stage(t, { script: 'x', heartbeat: { every: '30m' }, channel: { enabled: false } })
  t.match(await at.after(half), { status: 'skipped', reason: 'no-route' })
  t.equal(at.upstream.requests.length, 0)
})

t.test('the switch: off, nothing runs; on again, it goes on', async (t) => {
  const at = await stage(t, { heartbeat: { every: '30m' } })
  at.runtime.heartbeats.enabled = false
  await at.quietly(2 * half)
  await at.runtime.systemEvents.queue({ text: 'x', wake: 'now' })
  await at.quietly(minute)
  at.runtime.heartbeats.enabled = true
  await at.soon(() => at.upstream.requests.length === 1)
})

t.test('three hours of sleep bring one; the clock two hours back brings none twice', async (t) => {
  const at = await stage(t, { heartbeat: { every: '30m' } })
  await at.after(half)
  await at.after(3 * 60 * minute)
  await at.quietly(minute)
  at.clock.set(at.clock.now() - 2 * 60 * minute)
  await at.quietly(minute)
  await at.quietly(28 * minute)
  await at.after(2 * minute)
  t.equal(at.upstream.requests.length, 3)
})

t.test('a restart keeps the beat', async (t) => {
  const at = await stage(t, { heartbeat: { every: '30m' } })
  await at.after(half)
  at.clock.advance(20 * minute)
  await at.restart()
  t.match(await at.last(), { status: 'ok-token' }, 'the last one is known')
  await at.after(10 * minute)
  t.equal(at.upstream.requests.length, 2)
})

t.test('the gateway went down before people were told: they are told once', async (t) => {
  const at = await stage(t, { script: 'The disk is full.', heartbeat: { every: '30m' } })
  const { heartbeats } = at.runtime.store
  const { put } = heartbeats
  let puts = 0
  Object.assign(heartbeats, {
    put: (...given: Parameters<typeof put>) => (++puts === 2 ? Promise.reject(new Error('no power')) : put(...given)),
  })
  at.clock.advance(half)
  await at.soon(() => puts === 2)
  t.match(await at.state(), { running: { woken: false } })
  t.strictSame(at.said(), [])
  await at.restart()
  await at.soon(() => at.said().length === 1)
  t.match(await at.last(), { status: 'sent', preview: 'The disk is full.' })
  t.equal(at.upstream.requests.length, 1, 'the model is not asked again')
  await at.restart()
  await at.quietly(minute)
  t.equal(at.said().length, 1)
})

t.test('the gateway went down while the model was asked: that is told, and the next comes in its time', async (t) => {
  const at = await stage(t, { script: { text: 'never', hangAfter: 0 }, heartbeat: { every: '30m' } })
  at.clock.advance(half)
  await at.soon(() => at.upstream.requests.length === 1)
  at.upstream.script = 'HEARTBEAT_OK'
  await at.restart()
  await at.soon(async () => (await at.last()) !== undefined)
  t.match(await at.last(), { status: 'failed' })
  t.notOk((await at.state()).running)
  t.match(await at.after(half), { status: 'ok-token' })
})

t.test('a key that is refused: one alert, then silence; somebody acts, and it goes on', async (t) => {
  const at = await stage(t, { script: { status: 401 }, heartbeat: { every: '30m' } })
  t.match(await at.after(half), { status: 'failed', reason: 'auth', indicatorType: 'error' })
  await at.soon(() => at.said().length === 1)
  t.match(at.said()[0], /heartbeat of main has stopped: .*system heartbeat enable/s)
  for (let n = 0; n < 5; n += 1) await at.quietly(half)
  await at.restart()
  t.match(await at.after(half), { status: 'failed' }, 'a new start is another chance')
  t.equal(at.said().length, 1, 'and no second alert')
  at.upstream.script = 'HEARTBEAT_OK'
  at.runtime.heartbeats.enabled = true
  t.match(await at.after(half), { status: 'ok-token' })
})

t.test('failures that may pass come less often, and nobody is disturbed', async (t) => {
  const at = await stage(t, { script: { status: 400 }, heartbeat: { every: '30m' } })
  t.match(await at.after(half), { status: 'failed' })
  t.match(await at.after(half), { status: 'failed' })
  t.equal((await at.state()).failures, 2)
  await at.quietly(half)
  t.match(await at.after(half), { status: 'failed' })
  t.strictSame(at.said(), [])
})

t.test(
  'thirty idle days with the usual config cost nothing; with something on the list they cost less and less',
  async (t) => {
    for (const [checklist, most] of [
      ['# Heartbeat\n\n<!-- nothing yet -->\n', 0],
      ['- the mail', 30 * 6 + 8],
    ] as const) {
      const at = await stage(t, { checklist })
      const end = at.clock.now() + 30 * 24 * 60 * minute
      while (at.clock.now() < end) await at.after((await nextIn(at)) + 1)
      t.ok(at.upstream.requests.length <= most, `${at.upstream.requests.length} calls`)
      t.strictSame(at.said(), [])
      await at.runtime.close()
    }
  },
)

t.test('a session of its own, a light prompt, a model of its own, reasoning', async (t) => {
  const keys = { isolatedSession: true, lightContext: true, includeReasoning: true, model: 'upstream/two' }
  const script = { reasoning: 'I looked.', text: 'The disk is full.' }
  const at = await stage(t, { script, heartbeat: { every: '30m', ...keys } })
  t.match(await at.after(half), { status: 'sent' })
  await at.soon(() => at.said().length === 2)
  t.strictSame(at.said(), ['Reasoning:\nI looked.', 'The disk is full.'])
  const body = at.upstream.requests[0]?.body as { model: string; messages: { role: string; content: string }[] }
  t.equal(body.model, 'two')
  t.match(body.messages[0]?.content, /HEARTBEAT.md\n\n- the mail/)
  t.notMatch(body.messages[0]?.content, /AGENTS.md/)
  t.equal(await at.runtime.store.sessions.get('agent:main:main'), undefined)
  await at.after(half)
  t.match(at.upstream.requests[1]?.body, { messages: { length: 2 } }, 'made anew each time')
})

async function sessionId(at: Awaited<ReturnType<typeof stage>>): Promise<string> {
  return (await at.runtime.store.sessions.get('agent:main:main'))?.id ?? ''
}

/** Until the next heartbeat, as the interval grows. */
async function nextIn(at: Awaited<ReturnType<typeof stage>>): Promise<number> {
  const { dueAt } = await import('../../../src/automation/heartbeat/due.js')
  return dueAt({ everyMs: half, idleBackoff: true }, await at.state()) - at.clock.now()
}
