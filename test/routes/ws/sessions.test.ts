import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { TranscriptBody } from '../../../src/storage/types.js'
import { build, testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, openConfig, resultOf, rpc } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()
const fits = (t: Test, name: string, value: unknown, newer: string[] = []) =>
  t.strictSame(protocol.problems(name, value, newer), [], name)

const body = (role: 'user' | 'assistant', text: string): TranscriptBody => ({
  kind: 'message',
  message: { role, content: [{ type: 'text', text }] },
})

/** Writes a turn as the engine would. */
function said(app: FastifyInstance, key: string, at: number, ...texts: string[]) {
  const bodies = texts.map((text, n) => body(n % 2 === 0 ? 'user' : 'assistant', text))
  const agent = key.split(':')[1] ?? 'main'
  return app.runtime.store.transcripts.append({ sessionKey: key, agent, runId: `run-${at}`, at, bodies })
}

t.test('sessions.list: pages, totals, filters, words', async (t) => {
  const app = await build(t)
  for (let n = 1; n <= 5; n += 1) await said(app, `agent:main:s${n}`, n, `question ${n}`, `answer ${n}`)
  await said(app, 'agent:main:telegram:group:7', 9, 'hi')
  await resultOf(app, 'sessions.patch', { key: 's2', label: 'Work', category: 'jobs' })
  await resultOf(app, 'sessions.patch', { key: 's1', archived: true })
  const first = await resultOf(app, 'sessions.list', { limit: 2, includeDerivedTitles: true, includeLastMessage: true })
  t.match(first, {
    path: app.runtime.instance.paths.database,
    count: 2,
    totalCount: 5,
    limitApplied: 2,
    nextOffset: 2,
    hasMore: true,
    owners: [],
    defaults: { modelProvider: 'builtin', model: 'echo', contextTokens: null },
    sessions: [
      { key: 'agent:main:telegram:group:7', kind: 'group', chatType: 'group', isMain: false },
      {
        key: 'agent:main:s5',
        kind: 'direct',
        agentId: 'main',
        updatedAt: 5,
        derivedTitle: 'question 5',
        lastMessagePreview: 'answer 5',
        hasActiveRun: false,
        archived: false,
        modelProvider: 'builtin',
        model: 'echo',
      },
    ],
  })
  for (const row of first.sessions) fits(t, 'SessionRow', row)
  const last = await resultOf(app, 'sessions.list', { limit: 2, offset: 4 })
  t.match(last, { count: 1, nextOffset: null, hasMore: false })
  t.notOk('derivedTitle' in last.sessions[0], 'only when asked for')
  const keys = async (params: object) =>
    (await resultOf(app, 'sessions.list', params)).sessions.map(({ key }: { key: string }) => key)
  t.strictSame(await keys({ label: 'Work' }), ['agent:main:s2'])
  t.strictSame(await keys({ search: 'QUESTION 3' }), ['agent:main:s3'])
  t.strictSame(await keys({ archived: true }), ['agent:main:s1'])
  t.equal((await keys({ archived: 'all' })).length, 6)
  t.strictSame(await keys({ agentId: 'other' }), [])
  t.strictSame(await keys({ activeMinutes: 1 }), [])
  t.match(await resultOf(app, 'sessions.groups.list'), { groups: [{ name: 'jobs', position: 0 }] })
  fits(t, 'SessionsGroupsListResult', await resultOf(app, 'sessions.groups.list'))
})

t.test('one session has one name, whatever it is called', async (t) => {
  const agents = { entries: { Ann: {}, main: { default: true } } }
  const app = await build(t, testConfig({ agents, session: { mainKey: 'home' } }))
  const key = async (params: object) => (await resultOf(app, 'sessions.patch', params)).key
  for (const name of ['main', 'MAIN', 'home', 'agent:main:main', 'agent:main:home', ' main ']) {
    t.equal(await key({ key: name }), 'agent:main:home', name)
  }
  t.equal(await key({ key: 'agent:ann:Room' }), 'agent:Ann:Room')
  t.equal(await key({ key: 'Room', agentId: 'ANN' }), 'agent:Ann:Room')
  t.equal(await resultOf(app, 'sessions.list').then((list) => list.totalCount), 2)
  t.match(await errorOf(app, 'sessions.patch', { key: 'agent:ann:x', agentId: 'main' }), { code: 'invalid_request' })
  t.match(await errorOf(app, 'sessions.patch', { key: 'agent:ghost:x' }), { message: 'unknown agent id "ghost"' })
  t.match(await errorOf(app, 'sessions.patch', { key: 'a\u0000b' }), { code: 'invalid_request' })
  const global = await build(t, testConfig({ session: { scope: 'global' } }))
  t.match(await resultOf(global, 'sessions.patch', { key: 'agent:main:main' }), { key: 'global' })
  t.match(await resultOf(global, 'sessions.describe', { key: 'global' }), { session: { kind: 'global', isMain: true } })
})

t.test('sessions.describe and sessions.resolve', async (t) => {
  const app = await build(t)
  t.match(await resultOf(app, 'sessions.describe', { key: 'main' }), { session: null })
  t.strictSame(await resultOf(app, 'sessions.resolve', { key: 'main' }), {
    ok: true,
    key: 'agent:main:main',
    agentId: 'main',
  })
  await said(app, 'agent:main:a', 1, 'hello', 'hi')
  await resultOf(app, 'sessions.patch', { key: 'a', label: 'One' })
  await resultOf(app, 'sessions.patch', { key: 'b', label: 'One' })
  const { session } = await resultOf(app, 'sessions.describe', { key: 'a', includeDerivedTitles: true })
  t.match(session, { key: 'agent:main:a', label: 'One', derivedTitle: 'hello', activeLeafEntryId: /\.1$/ })
  fits(t, 'SessionRow', session)
  const { sessionId } = session
  for (const query of [{ sessionId }, { shortId: sessionId.slice(0, 8) }, { key: 'agent:main:a' }]) {
    const found = await resultOf(app, 'sessions.resolve', query)
    t.match(found, { ok: true, key: 'agent:main:a', displayName: 'One' })
    fits(t, 'SessionsResolveResult', found)
  }
  const several = await resultOf(app, 'sessions.resolve', { label: 'One' })
  t.match(several, { ok: false, candidates: [{ agentId: 'main' }, { agentId: 'main' }] })
  fits(t, 'SessionsResolveResult', several)
  t.strictSame(await resultOf(app, 'sessions.resolve', { key: 'none', allowMissing: true }), { ok: false })
  t.match(await errorOf(app, 'sessions.resolve', { key: 'none' }), { message: 'No session found: none' })
  t.match(await errorOf(app, 'sessions.resolve', { key: 'a', label: 'b' }), { message: /exactly one/ })
  t.match(await errorOf(app, 'sessions.resolve', {}), { message: /exactly one/ })
})

t.test('sessions.patch sets, keeps and clears', async (t) => {
  const app = await build(t)
  await said(app, 'agent:main:a', 1, 'hello', 'hi')
  const set = { label: 'L', icon: 'i', color: 'red', thinkingLevel: 'high', pinned: true, archived: true, unread: true }
  const patched = await resultOf(app, 'sessions.patch', { key: 'a', ...set, model: 'builtin/echo', unknownKey: 1 })
  t.match(patched, {
    ok: true,
    key: 'agent:main:a',
    entry: { label: 'L', providerOverride: 'builtin', modelOverride: 'echo', thinkingLevel: 'high' },
    resolved: { modelProvider: 'builtin', model: 'echo' },
  })
  t.notOk('unknownKey' in patched.entry)
  const describe = async () => (await resultOf(app, 'sessions.describe', { key: 'a' })).session
  const row = await describe()
  t.match(row, { ...set, modelOverrideSource: 'user', updatedAt: 1 }, 'a patch is no activity')
  fits(t, 'SessionRow', row)
  await resultOf(app, 'sessions.patch', {
    key: 'a',
    label: null,
    pinned: false,
    archived: false,
    unread: false,
    model: null,
  })
  const cleared = await describe()
  t.match(cleared, { pinned: false, archived: false, unread: false, thinkingLevel: 'high' })
  for (const gone of ['label', 'pinnedAt', 'archivedAt', 'markedUnreadAt', 'modelOverrideSource'])
    t.notOk(gone in cleared)
  t.match(await errorOf(app, 'sessions.patch', { key: 'a', model: 'nobody/none' }), { code: 'model_not_found' })
  t.match(await errorOf(app, 'sessions.patch', { key: 'a', thinkingLevel: 'much' }), {
    code: 'invalid_params',
    message: /^invalid sessions.patch params: at \/thinkingLevel/,
  })
  t.match(await errorOf(app, 'sessions.patch', { key: 'a', expectedSessionId: 'other' }), {
    status: 409,
    code: 'conflict',
  })
  t.match(await errorOf(app, 'sessions.patch', {}), { message: /must have required property 'key'/ })
})

t.test('sessions.create makes one, and once for one idempotencyKey', async (t) => {
  const app = await build(t)
  const made = await resultOf(app, 'sessions.create', { label: 'New', parentSessionKey: 'main', displayName: 'N' })
  t.match(made, { ok: true, key: /^agent:main:dashboard:[0-9a-f-]{36}$/, entry: { label: 'New' }, runStarted: false })
  fits(t, 'SessionsCreateResult', made)
  const children = await resultOf(app, 'sessions.list', { spawnedBy: 'main' })
  t.match(children.sessions, [{ key: made.key, parentSessionKey: 'agent:main:main', displayName: 'N' }])
  const once = await resultOf(app, 'sessions.create', { idempotencyKey: 'k', label: 'First' })
  await resultOf(app, 'sessions.patch', { key: once.key, label: 'Renamed' })
  const again = await resultOf(app, 'sessions.create', { idempotencyKey: 'k', label: 'First' })
  t.match(again, { key: once.key, sessionId: once.sessionId, entry: { label: 'Renamed' } })
  t.match(await errorOf(app, 'sessions.create', { fork: true }), { code: 'unsupported_parameter', message: /"fork"/ })
  t.match(await errorOf(app, 'sessions.create', { key: 'x', parentSessionKey: 'x' }), { code: 'invalid_request' })
})

t.test('sessions.reset begins anew, sessions.delete removes', async (t) => {
  const app = await build(t)
  await said(app, 'agent:main:a', 1, 'hello', 'hi')
  const { session: before } = await resultOf(app, 'sessions.describe', { key: 'a' })
  const stale = { key: 'a', expectedSessionId: 'other' }
  t.match(await errorOf(app, 'sessions.reset', stale), { code: 'conflict', details: { sessionId: before.sessionId } })
  const reset = await resultOf(app, 'sessions.reset', { key: 'a', reason: 'new' })
  t.not(reset.entry.sessionId, before.sessionId)
  const { session: after } = await resultOf(app, 'sessions.describe', { key: 'a' })
  t.match(after, { previousSessionId: before.sessionId, activeLeafEntryId: null, inputTokens: 0 })
  t.match(await resultOf(app, 'sessions.reset', { key: 'never seen' }), { ok: true, key: 'agent:main:never seen' })

  t.match(await errorOf(app, 'sessions.delete', { key: 'main' }), { message: /Cannot delete the main session/ })
  t.match(await errorOf(app, 'sessions.delete', { key: 'a', archivedOnly: true }), { message: /not archived/ })
  t.match(await errorOf(app, 'sessions.delete', stale), { code: 'conflict' })
  const kept = await resultOf(app, 'sessions.delete', { key: 'a', deleteTranscript: false })
  t.match(kept, { ok: true, deleted: true, archived: [reset.entry.sessionId, before.sessionId] })
  fits(t, 'SessionsDeleteResult', kept)
  t.strictSame(await resultOf(app, 'sessions.delete', { key: 'a' }), {
    ok: true,
    key: 'agent:main:a',
    deleted: false,
    archived: [],
  })
})

t.test('sessions.preview shows the last words', async (t) => {
  const app = await build(t)
  await said(app, 'agent:main:a', 1, 'a long\nquestion that goes on and on', 'short')
  await resultOf(app, 'sessions.patch', { key: 'b' })
  const { previews } = await resultOf(app, 'sessions.preview', { keys: ['a', 'b', 'c'], limit: 5, maxChars: 20 })
  t.strictSame(previews, [
    {
      key: 'a',
      status: 'ok',
      items: [
        { role: 'user', text: 'a long question tha…' },
        { role: 'assistant', text: 'short' },
      ],
    },
    { key: 'b', status: 'empty', items: [] },
    { key: 'c', status: 'missing', items: [] },
  ])
})

t.test('sessions.usage sums the turns of days', async (t) => {
  const app = await build(t)
  const { store, clock } = app.runtime
  const at = clock.now()
  const run = { agent: 'main', origin: 'ws', model: 'p/m', at }
  for (const [id, key, input] of [
    ['one', 'a', 100],
    ['two', 'b', 10],
  ] as const) {
    const sessionKey = `agent:main:${key}`
    const entry = { sessionKey, agent: 'main', runId: id, at, bodies: [body('user', 'x')] }
    await store.runs.start({ ...run, id, sessionKey }, entry)
    const usage = { input, output: 5, cacheRead: 4, reasoning: 0, estimated: false }
    await store.runs.end({ id, status: 'ok', at, usage, cost: 0.25 })
  }
  const today = new Date(at).toISOString().slice(0, 10)
  const usage = await resultOf(app, 'sessions.usage', { range: '7d' })
  t.match(usage, {
    endDate: today,
    totals: { input: 102, output: 10, cacheRead: 8, totalTokens: 120, totalCost: 0.5, missingCostEntries: 0 },
    sessions: [
      { key: 'agent:main:a', label: 'x', usage: { totalTokens: 105, totalCost: 0.25 } },
      { key: 'agent:main:b', usage: { totalTokens: 15 } },
    ],
    aggregates: {
      messages: { total: 4, user: 2, errors: 0 },
      byModel: [{ provider: 'p', model: 'm', count: 2 }],
      byAgent: [{ agentId: 'main' }],
      daily: [{ date: today, tokens: 120, cost: 0.5 }],
    },
  })
  const one = await resultOf(app, 'sessions.usage', { key: 'b', startDate: today, endDate: today })
  t.match(one, { startDate: today, totals: { totalTokens: 15 }, sessions: [{ key: 'agent:main:b' }] })
  const past = await resultOf(app, 'sessions.usage', { endDate: '2001-01-01', range: 'all' })
  t.match(past, { startDate: '1970-01-01', totals: { totalTokens: 0 } })
  t.match(await errorOf(app, 'sessions.usage', { mode: 'specific', timeZone: 'Nowhere/Land' }), {
    code: 'invalid_request',
  })
})

t.test('scopes that depend on the params', async (t) => {
  const app = await build(t, openConfig())
  await said(app, 'agent:main:a', 1, 'hi')
  await said(app, 'agent:main:b', 1, 'hi')
  const write = { 'x-openclaw-scopes': 'operator.write' }
  const cases: [method: string, params: object, allowed: boolean][] = [
    ['sessions.patch', { key: 'a', label: 'x', pinned: true, archived: true, expectedSessionId: undefined }, true],
    ['sessions.patch', { key: 'a', permissionMode: 'guarded' }, true],
    ['sessions.patch', { key: 'a', permissionMode: 'full' }, false],
    ['sessions.patch', { key: 'a', sendPolicy: 'deny' }, false],
    ['sessions.patch', { key: 'a', execHost: 'gateway' }, false],
    ['sessions.create', { key: 'c' }, true],
    ['sessions.create', { key: 'c', permissionMode: 'full' }, false],
    ['sessions.create', { key: 'c', toolOverrides: {} }, false],
    ['sessions.delete', { key: 'b' }, false],
    ['sessions.delete', { key: 'b', archivedOnly: true, emitLifecycleHooks: true }, false],
    ['sessions.delete', { key: 'a', archivedOnly: true }, true],
    ['sessions.reset', { key: 'b' }, false],
  ]
  for (const [method, params, allowed] of cases) {
    const { status, body } = await rpc(app, method, params, write)
    const what = `${method} ${JSON.stringify(params)}`
    if (allowed) t.equal(status, 200, what)
    else t.match(body, { error: { code: 'missing_scope', details: { missingScope: 'operator.admin' } } }, what)
  }
  const read = { 'x-openclaw-scopes': 'operator.read' }
  t.equal((await rpc(app, 'sessions.list', {}, read)).status, 200)
  t.equal((await rpc(app, 'sessions.patch', { key: 'a', label: 'x' }, read)).status, 403)
})

t.test('numbers that no store can count with are refused (found by test/e2e/fuzz.test.ts)', async (t) => {
  const app = await build(t, openConfig())
  for (const field of ['offset', 'limit', 'activeMinutes']) {
    t.match(await errorOf(app, 'sessions.list', { [field]: 1e308 }), { status: 400, code: 'invalid_params' }, field)
  }
})
