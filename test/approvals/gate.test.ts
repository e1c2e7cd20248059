import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { Approvals } from '../../src/approvals/approvals.js'
import { approvalsOf } from '../../src/approvals/document.js'
import { configRule, modeOf, outcomeOf } from '../../src/approvals/rules/policy.js'
import type { Clock } from '../../src/kernel/clock.js'
import { systemClock } from '../../src/kernel/clock.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { gateStage, listOf } from '../helper/exec-gate.js'
import { testFolder } from '../helper/folder.js'

const ask = { tools: { exec: { mode: 'ask' as const } } }

t.test('full runs a line as it is, and asks nobody', async (t) => {
  const stage = await gateStage(t)
  t.equal((await stage.clear('id > x; echo $(date)')).command, 'id > x; echo $(date)')
  t.strictSame(stage.asked, [])
})

t.test('ask: what is on the list runs, the rest is asked for', async (t) => {
  const stage = await gateStage(t, ask)
  stage.allow(listOf('ls'))
  stage.answer = 'allow-once'
  t.ok(await stage.clear('ls'))
  t.strictSame(stage.asked, [])
  const waits: object[] = []
  const cleared = await stage.clear('id -u', { waits: (approval) => void waits.push(approval) })
  t.strictSame(cleared.command, ['/usr/bin/id', '-u'])
  t.match(stage.asked, [
    {
      kind: 'exec',
      askedBy: undefined,
      request: {
        command: 'id -u',
        cwd: stage.workspace,
        host: 'gateway',
        agentId: 'main',
        sessionKey: 'agent:main:main',
        runId: 'run',
        toolCallId: 'call',
        resolvedPath: '/usr/bin/id',
        security: 'allowlist',
        ask: 'on-miss',
        warningText: null,
        allowedDecisions: ['allow-once', 'allow-always', 'deny'],
      },
    },
  ])
  t.match(waits, [{ id: stage.asked[0]?.id, expiresAtMs: stage.asked[0]?.expiresAt }])
  await stage.clear('id -u')
  t.equal(stage.asked.length, 2, 'once is once')
})

t.test('what a shell must interpret can be allowed once, not for good', async (t) => {
  const stage = await gateStage(t, ask)
  stage.answer = 'allow-once'
  t.equal((await stage.clear('echo $(date) > x')).command, 'echo $(date) > x')
  t.match(stage.asked, [{ request: { allowedDecisions: ['allow-once', 'deny'], resolvedPath: null } }])
  const { id } = stage.asked[0] ?? { id: '' }
  await t.rejects(stage.approvals.resolve(id, 'allow-always', { resolver: { kind: 'system' } }), {
    code: 'approval_already_resolved',
  })
})

t.test('deny and silence are no', async (t) => {
  let late: (() => void) | undefined
  const clock: Clock = {
    ...systemClock,
    after: (ms, run) => {
      if (ms === 7_000) late = run
      return () => {}
    },
  }
  const stage = await gateStage(t, { tools: { exec: { mode: 'ask', approvalTimeoutSec: 7 } } }, clock)
  stage.answer = 'deny'
  await t.rejects(stage.clear('id'), { code: 'exec_denied', message: /was denied/, details: { reason: 'user' } })
  stage.answer = undefined
  stage.allow({ defaults: { askFallback: 'full' } })
  const waiting = stage.clear('id')
  while (stage.asked.length < 2) await new Promise(setImmediate)
  const [, second] = stage.asked
  t.equal((second?.expiresAt ?? 0) - (second?.createdAt ?? 0), 7_000)
  late?.()
  await t.rejects(waiting, { message: /within 7 s, which means no/ }, 'whatever askFallback says')
  const id = second?.id ?? ''
  t.match(await stage.approvals.get(id), { end: { status: 'expired', reason: 'timeout', decision: undefined } })
  await t.rejects(stage.approvals.resolve(id, 'allow-once', { resolver: { kind: 'system' } }), {
    code: 'approval_already_resolved',
  })
})

t.test('the first answer wins', async (t) => {
  const stage = await gateStage(t, ask)
  const waiting = stage.clear('id')
  while (stage.asked.length === 0) await new Promise(setImmediate)
  const { id } = stage.asked[0] ?? { id: '' }
  const answers = await Promise.allSettled([
    stage.approvals.resolve(id, 'deny', { resolver: { kind: 'device', id: 'one' } }),
    stage.approvals.resolve(id, 'allow-once', { resolver: { kind: 'device', id: 'two' } }),
    stage.approvals.resolve(id, 'allow-once', { resolver: { kind: 'device', id: 'three' } }),
  ])
  t.strictSame(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  )
  t.match(answers[1], {
    reason: { code: 'approval_already_resolved', details: { reason: 'APPROVAL_ALREADY_RESOLVED' } },
  })
  await t.rejects(waiting, { code: 'exec_denied' })
  t.match(await stage.approvals.history({ limit: 5 }), [
    { id, end: { status: 'denied', decision: 'deny', reason: 'user', resolver: { kind: 'device', id: 'one' } } },
  ])
  await t.rejects(stage.approvals.resolve('nothing', 'deny', { resolver: { kind: 'system' } }), {
    code: 'approval_not_found',
  })
})

t.test('nobody there to be asked', async (t) => {
  const stage = await gateStage(t, ask)
  stage.reachable = false
  stage.allow(listOf('ls'))
  await t.rejects(stage.clear('id'), { details: { reason: 'no-route' }, message: /nobody who could give it/ })
  stage.allow({ ...listOf('ls'), defaults: { askFallback: 'allowlist', ask: 'always' } })
  await t.rejects(stage.clear('id'), { code: 'exec_denied', details: { reason: 'no-route' } })
  t.ok(await stage.clear('ls'))
  stage.allow({ defaults: { askFallback: 'full' } })
  t.ok(await stage.clear('id'))
  t.strictSame(stage.asked, [])
  t.match(await stage.approvals.history({ limit: 1 }), [{ end: { status: 'denied', reason: 'no-route' } }])
  const asker = { agent: 'main', sessionKey: undefined, runId: 'r', callId: 'c', answerable: true }
  stage.allow({})
  stage.answer = 'allow-once'
  t.ok(await stage.clear('id', { asker }), 'where the turn came from is a place to ask')
})

t.test('always: exactly these words, in this folder, for this agent', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'ask', grantExpiryDays: 2 } } })
  stage.answer = 'allow-always'
  await stage.clear('timeout 60 ls -l | head -n 3')
  stage.answer = undefined
  stage.reachable = false
  t.ok(await stage.clear('ls -l | head -n 3'), 'wrappers do not count')
  t.ok(await stage.clear("nice 'ls' '-l' | timeout 9 head -n 3"))
  for (const line of ['ls -l', 'ls -la | head -n 3', 'ls -l ; head -n 3', 'ls -l | head -n 3 | id']) {
    await t.rejects(stage.clear(line), { code: 'exec_denied' }, line)
  }
  const other = { agent: 'other', sessionKey: undefined, runId: 'r', callId: 'c', answerable: false }
  await t.rejects(stage.clear('ls -l | head -n 3', { asker: other }), { code: 'exec_denied' })
  await t.rejects(stage.clear('ls -l | head -n 3', { cwd: '/tmp' }), { code: 'exec_denied' })
  await t.rejects(stage.clear('ls -l | head -n 3', { env: { A: 'b' } }), { code: 'exec_denied' })
  const [grant] = await stage.grants.list(10)
  t.match(grant, { agent: 'main', cwd: stage.workspace, command: 'timeout 60 ls -l | head -n 3', uses: 2, files: {} })
  t.equal((grant?.expiresAt ?? 0) - (grant?.createdAt ?? 0), 172_800_000)
  const id = grant?.id ?? ''
  t.equal(await stage.grants.revoke(id, 'somebody'), 'revoked')
  t.equal(await stage.grants.revoke(id, 'somebody'), 'already-revoked')
  t.equal(await stage.grants.revoke('none', 'somebody'), 'not-found')
  await t.rejects(stage.clear('ls -l | head -n 3'), { code: 'exec_denied' })
})

t.test('always ends when the script changes', async (t) => {
  const stage = await gateStage(t, ask)
  const script = stage.program('build.sh')
  stage.answer = 'allow-always'
  await stage.clear('./build.sh')
  await stage.clear('sh build.sh')
  t.equal(stage.asked.length, 2)
  await stage.clear('./build.sh')
  await stage.clear('sh build.sh')
  t.equal(stage.asked.length, 2)
  writeFileSync(script, '#!/bin/sh\nid\n')
  await stage.clear('./build.sh')
  await stage.clear('sh build.sh')
  t.equal(stage.asked.length, 4)
})

t.test('what changes while somebody thinks about it is not run', async (t) => {
  const stage = await gateStage(t, ask)
  const script = stage.program('build.sh')
  const waiting = stage.clear('./build.sh')
  while (stage.asked.length === 0) await new Promise(setImmediate)
  writeFileSync(script, '#!/bin/sh\nid\n')
  await stage.approvals.resolve(stage.asked[0]?.id ?? '', 'allow-always', { resolver: { kind: 'system' } })
  await t.rejects(waiting, { code: 'exec_denied', details: { reason: 'changed', path: script } })
  t.strictSame(await stage.grants.list(1), [], 'and is not granted')
})

t.test('ask: always asks for what is on the list too, and nothing stands for good', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { security: 'full', ask: 'always' } } })
  stage.allow(listOf('ls'))
  stage.answer = 'allow-once'
  await stage.clear('ls')
  await stage.clear('ls')
  t.equal(stage.asked.length, 2)
  t.match(stage.asked, [{ request: { allowedDecisions: ['allow-once', 'deny'] } }])
})

t.test('strictInlineEval asks for code in the command line, whoever is on the list', async (t) => {
  const stage = await gateStage(t, { tools: { exec: { mode: 'full', strictInlineEval: true } } })
  stage.program('script.py')
  stage.answer = 'allow-once'
  for (const line of ['sh -c id', 'env sh -c id', 'perl -e 1', 'perl -we 1', 'perl', 'echo $(id)', 'xargs perl -e 1']) {
    const before = stage.asked.length
    await stage.clear(line)
    t.equal(stage.asked.length, before + 1, line)
  }
  const before = stage.asked.length
  for (const line of ['ls', 'perl script.py -e', 'perl --version']) await stage.clear(line)
  t.equal(stage.asked.length, before)
})

t.test('the end of the turn calls the question off', async (t) => {
  const stage = await gateStage(t, ask)
  const turn = new AbortController()
  const waiting = stage.clear('id', { signal: turn.signal })
  while (stage.asked.length === 0) await new Promise(setImmediate)
  turn.abort(new Error('stopped'))
  await t.rejects(waiting, { message: 'stopped' })
  const id = stage.asked[0]?.id ?? ''
  t.match(await stage.approvals.get(id), { end: { status: 'cancelled', reason: 'run-aborted' } })
  t.strictSame(stage.approvals.list(), [])
  await t.rejects(stage.approvals.resolve(id, 'allow-once', { resolver: { kind: 'system' } }), {
    code: 'approval_already_resolved',
  })
})

t.test('invisible characters are shown to whoever approves', async (t) => {
  const stage = await gateStage(t, ask)
  stage.answer = 'deny'
  await t.rejects(stage.clear('echo \u202Egnp.exe\u200B'))
  t.match(stage.asked, [{ request: { command: 'echo \\u{202e}gnp.exe\\u{200b}', warningText: /invisible/ } }])
})

t.test('only so many questions wait', async (t) => {
  const stage = await gateStage(t, ask)
  const ends = Array.from({ length: 200 }, () => stage.clear('id').catch(() => {}))
  while (stage.asked.length < 200) await new Promise(setImmediate)
  await t.rejects(stage.clear('id'), { code: 'too_many_approvals' })
  await stage.approvals.close()
  await Promise.all(ends)
  t.strictSame(stage.approvals.list(), [])
})

t.test('a question that a crash interrupted was answered with no', async (t) => {
  const path = `${testFolder(t)}/store.sqlite`
  const first = await openSqliteStore(path)
  await first.approvals.open({ id: 'lost', kind: 'exec', request: {}, createdAt: 1, expiresAt: 9e15 }, 10)
  await first.close()
  const store = await openSqliteStore(path)
  t.teardown(() => store.close())
  const bus = new EventBus<object>()
  const approvals = new Approvals({
    store: store.approvals,
    clock: systemClock,
    log: silentLogger,
    bus,
    approvers: () => true,
  })
  await approvals.recover()
  t.match(await approvals.wait('lost'), { decision: undefined, reason: 'gateway-restart' })
  await t.rejects(approvals.resolve('lost', 'allow-once', { resolver: { kind: 'system' } }), {
    code: 'approval_already_resolved',
  })
  await t.rejects(
    approvals.ask({ id: 'lost', kind: 'exec', request: { allowedDecisions: ['deny'] }, timeoutMs: 1 }),
    { code: 'conflict' },
    'an id is used once',
  )
})

t.test('an answer that cannot be written down is no', async (t) => {
  const store = await openSqliteStore(`${testFolder(t)}/store.sqlite`)
  t.teardown(() => store.close())
  const broken = { ...store.approvals, end: () => Promise.reject(new Error('disk full')) }
  const bus = new EventBus<object>()
  const approvals = new Approvals({ store: broken, clock: systemClock, log: silentLogger, bus, approvers: () => true })
  const request = { allowedDecisions: ['allow-once', 'deny'] as const }
  const asked = await approvals.ask({ kind: 'exec', request, timeoutMs: 60_000 })
  await t.rejects(approvals.resolve(asked.id, 'allow-once', { resolver: { kind: 'system' } }))
  t.match(await asked.answer, { decision: undefined, reason: 'storage-corrupt' })
})

t.test('history pages, and old ones are dropped', async (t) => {
  const store = await openSqliteStore(`${testFolder(t)}/store.sqlite`)
  t.teardown(() => store.close())
  for (let at = 1; at <= 6; at += 1) {
    const kind = at % 2 ? 'exec' : 'plugin'
    await store.approvals.open({ id: `a${at}`, kind, request: {}, createdAt: at, expiresAt: at }, 4)
    const end = { status: 'denied', decision: 'deny', reason: 'user', resolver: undefined, at } as const
    t.equal(await store.approvals.end(`a${at}`, end), true)
    t.equal(await store.approvals.end(`a${at}`, end), false)
  }
  const ids = async (query: Parameters<typeof store.approvals.history>[0]) =>
    (await store.approvals.history(query)).map(({ id }) => id)
  t.strictSame(await ids({ limit: 2 }), ['a6', 'a5'])
  t.strictSame(await ids({ limit: 9, before: { at: 5, id: 'a5' } }), ['a4', 'a3', 'a2'])
  t.strictSame(await ids({ limit: 9, kind: 'exec' }), ['a5', 'a3'])
})

t.test('modes', async (t) => {
  const rule = (config: Parameters<typeof configRule>[0], agent = 'main') => {
    const { security, ask } = configRule(config, agent)
    return `${security} ${ask}`
  }
  t.equal(rule({}), 'full off')
  t.equal(rule({ tools: { exec: { mode: 'deny' } } }), 'deny off')
  t.equal(rule({ tools: { exec: { mode: 'allowlist' } } }), 'allowlist off')
  t.equal(rule({ tools: { exec: { mode: 'ask' } } }), 'allowlist on-miss')
  t.equal(rule({ tools: { exec: { mode: 'auto' } } }), 'allowlist on-miss')
  t.equal(rule({ tools: { exec: { security: 'allowlist', ask: 'always' } } }), 'allowlist always')
  const own = (exec: object) => ({
    tools: { exec: { mode: 'allowlist' as const } },
    agents: { entries: { a: { tools: { exec } } } },
  })
  t.equal(rule(own({ mode: 'full' }), 'a'), 'full off')
  t.equal(rule(own({ ask: 'always' }), 'a'), 'allowlist always', 'what an agent leaves open stays as it is')
  t.equal(rule(own({ timeoutSeconds: 5 }), 'a'), 'allowlist off')
  t.equal(rule(own({ mode: 'full' }), 'b'), 'allowlist off')
  const table = [
    ['deny', 'off', 'refuse refuse'],
    ['deny', 'always', 'refuse refuse'],
    ['allowlist', 'off', 'run refuse'],
    ['allowlist', 'on-miss', 'run ask'],
    ['allowlist', 'always', 'ask ask'],
    ['full', 'off', 'run run'],
    ['full', 'on-miss', 'run run'],
    ['full', 'always', 'ask ask'],
  ] as const
  for (const [security, ask, expected] of table) {
    t.equal(
      `${outcomeOf({ security, ask }, true)} ${outcomeOf({ security, ask }, false)}`,
      expected,
      `${security} ${ask}`,
    )
  }
  const named = (...rules: ['deny' | 'allowlist' | 'full', 'off' | 'on-miss' | 'always'][]) =>
    modeOf(rules.map(([security, ask]) => ({ security, ask, source: '' })))
  t.equal(named(['full', 'off'], ['allowlist', 'on-miss']), 'ask')
  t.equal(named(['allowlist', 'off'], ['allowlist', 'on-miss']), 'allowlist', 'a question is looser than a no')
  t.equal(named(['full', 'off'], ['deny', 'off']), 'deny')
})

t.test('the file of the host: defaults, every agent, one agent', async (t) => {
  const stage = await gateStage(t)
  const state = dirname(stage.file)
  t.match(await approvalsOf(state, 'main'), {
    rule: { security: 'full', ask: 'off' },
    askFallback: 'deny',
    allowlist: [],
  })
  stage.allow({
    defaults: { ask: 'always', askFallback: 'allowlist' },
    agents: {
      '*': { security: 'allowlist', allowlist: [{ pattern: 'ls' }, {}, null] },
      main: { ask: 'off', allowlist: [{ pattern: 'id' }] },
    },
  })
  t.match(await approvalsOf(state, 'other'), {
    rule: { security: 'allowlist', ask: 'always' },
    askFallback: 'allowlist',
  })
  const main = await approvalsOf(state, 'main')
  t.match(main.rule, { security: 'allowlist', ask: 'off', source: stage.file })
  t.strictSame(main.allowlist, [{ pattern: 'ls' }, { pattern: 'id' }])
})
