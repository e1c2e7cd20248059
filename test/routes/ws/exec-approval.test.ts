import t, { type Test } from 'tap'
import { systemClock } from '../../../src/kernel/clock.js'
import { hasApprover, mayApprove } from '../../../src/live/approvers.js'
import { Hub } from '../../../src/live/hub.js'
import { build } from '../../helper/gateway.js'
import { testPeer } from '../../helper/peer.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf, rpc } from '../../helper/rpc.js'
import { startGateway } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'

const protocol = new ProtocolSchema()
const command = {
  command: 'rm -rf build',
  cwd: '/work',
  agentId: 'main',
  sessionKey: 'agent:main:main',
  host: 'gateway',
}

async function sockets(t: Test) {
  const gateway = await startGateway(t)
  const url = `ws://127.0.0.1:${gateway.port}/`
  const admin = () => connected(t, url, { scopes: ['operator.admin'] })
  const only = () => connected(t, url, { scopes: ['operator.approvals'] })
  return { gateway, admin, only }
}

t.test('a question goes to those who may answer, and back', async (t) => {
  const { admin, only } = await sockets(t)
  const [asker, one, two, plain] = await Promise.all([admin(), admin(), admin(), only()])
  const asking = asker.call('exec.approval.request', { ...command, twoPhase: true, timeoutMs: 60_000 }, { final: true })
  const { payload: asked } = await one.event('exec.approval.requested')
  t.match(asked, {
    approvalKind: 'exec',
    id: /^[0-9a-f]{32}$/,
    request: { ...command, warningText: null, allowedDecisions: ['allow-once', 'allow-always', 'deny'] },
  })
  t.equal(asked.expiresAtMs - asked.createdAtMs, 60_000)
  const { id } = asked
  const { payload: first } = await asker.frame((frame) => frame.payload?.status === 'accepted')
  t.match(first, { status: 'accepted', id, deliveryRoute: 'approval-client', expiresAtMs: asked.expiresAtMs })
  await two.event('exec.approval.requested')
  for (const socket of [asker, plain]) t.notOk(socket.frames.some(({ event }) => event === 'exec.approval.requested'))

  t.strictSame(await two.call('exec.approval.list'), [asked])
  t.strictSame(await two.call('exec.approval.get', { id }), {
    id,
    commandText: 'rm -rf build',
    commandPreview: null,
    allowedDecisions: ['allow-once', 'allow-always', 'deny'],
    host: 'gateway',
    nodeId: null,
    agentId: 'main',
    expiresAtMs: asked.expiresAtMs,
  })
  const pending = await two.call('approval.get', { id })
  t.strictSame(protocol.problems('ApprovalGetResult', pending), [])
  t.match(pending, { approval: { status: 'pending', urlPath: `/approve/${id}` } })

  t.match(await two.request('exec.approval.resolve', { id, decision: 'perhaps' }), {
    error: { code: 'INVALID_REQUEST', message: 'invalid decision' },
  })
  t.match(await asker.request('exec.approval.resolve', { id, decision: 'allow-once' }), {
    ok: false,
    error: { message: /Whoever asks cannot answer/ },
  })
  const waiting = plain.call('exec.approval.waitDecision', { id })
  t.strictSame(await two.call('exec.approval.resolve', { id, decision: 'allow-once' }), { ok: true })
  t.match(await asking, { id, decision: 'allow-once', expiresAtMs: asked.expiresAtMs })
  t.match(await waiting, { id, decision: 'allow-once', terminalReason: 'user' })
  t.match(await one.event('exec.approval.resolved'), { payload: { id, decision: 'allow-once', request: command } })

  t.match(await one.request('exec.approval.resolve', { id, decision: 'deny' }), {
    ok: false,
    error: { code: 'INVALID_REQUEST', details: { reason: 'APPROVAL_ALREADY_RESOLVED' } },
  })
  const again = await one.call('approval.resolve', { id, kind: 'exec', decision: 'deny' })
  t.strictSame(protocol.problems('ApprovalResolveResult', again), [])
  t.match(again, { applied: false, approval: { status: 'allowed', decision: 'allow-once', reason: 'user' } })
  t.strictSame(await one.call('exec.approval.list'), [])
  t.match(await one.request('exec.approval.get', { id }), {
    error: { code: 'INVALID_REQUEST', details: { reason: 'APPROVAL_NOT_FOUND', remediation: /exec.approval.list/ } },
  })
})

t.test('a question that nobody can answer is answered with no at once', async (t) => {
  const { admin, only } = await sockets(t)
  const [asker] = await Promise.all([admin(), only()])
  const answer = await asker.request('exec.approval.request', { ...command, twoPhase: true })
  t.match(answer.payload, { decision: null, terminalReason: 'no-route' })
  const { payload } = await asker.request('approval.get', { id: answer.payload.id })
  t.strictSame(protocol.problems('ApprovalGetResult', payload), [])
  t.match(payload, { approval: { status: 'denied', decision: 'deny', reason: 'no-route' } })
})

t.test('a question ends with whoever asked, and with its time', async (t) => {
  const { admin } = await sockets(t)
  const [asker, other] = await Promise.all([admin(), admin()])
  asker.send({ type: 'req', id: 'a', method: 'exec.approval.request', params: command })
  const { payload } = await other.event('exec.approval.requested')
  asker.ws.close()
  t.match(await other.event('exec.approval.resolved', ({ id }) => id === payload.id), {
    payload: { decision: 'deny', reason: 'run-aborted' },
  })
  const third = await admin()
  const late = await third.call('exec.approval.request', { ...command, timeoutMs: 30 })
  t.match(late, { decision: null, terminalReason: 'timeout' })
  const history = await other.call('approval.history', {})
  t.strictSame(protocol.problems('ApprovalHistoryResult', history), [])
  t.match(history.items, [
    { status: 'expired', reason: 'timeout', source: { agentId: 'main', sessionKey: 'agent:main:main' } },
    { status: 'cancelled', reason: 'run-aborted' },
  ])
  const page = await other.call('approval.history', { limit: 1 })
  const next = await other.call('approval.history', { limit: 1, cursor: page.nextCursor })
  t.strictSame([...page.items, ...next.items], history.items)
  t.notOk('nextCursor' in next)
})

t.test('what is refused', async (t) => {
  const app = await build(t)
  t.match(await errorOf(app, 'exec.approval.request', { command: ' ' }), { code: 'invalid_params' })
  t.match(await errorOf(app, 'exec.approval.request', {}), { message: 'command is required' })
  t.match(await errorOf(app, 'approval.get', { id: 'none' }), {
    status: 404,
    details: { reason: 'APPROVAL_NOT_FOUND' },
  })
  t.match(await errorOf(app, 'exec.approval.waitDecision', { id: 'none' }), { code: 'approval_not_found' })
  t.match(await errorOf(app, 'approval.history', { cursor: 'x' }), { message: /invalid cursor/ })
  const { id } = await resultOf(app, 'exec.approval.request', { id: 'mine', commandArgv: ['ls', '-l'] })
  t.equal(id, 'mine')
  t.match(await errorOf(app, 'exec.approval.request', { id: 'mine', command: 'ls' }), { status: 409, code: 'conflict' })
  t.match(await rpc(app, 'approval.resolve', { id: 'mine', kind: 'plugin', decision: 'deny' }), { status: 400 })
})

t.test('standing approvals are listed and taken back', async (t) => {
  const app = await build(t)
  const { store, clock } = app.runtime
  await store.grants.put({
    id: 'g1', approvalId: 'a1', agent: 'main', exact: '{}', command: 'make test', cwd: '/work', files: {}, createdAt: clock.now(),
    expiresAt: undefined, revokedAt: undefined, revokedBy: undefined, usedAt: undefined, uses: 0,
  }) // biome-ignore format: a row that reads as a row
  const list = await resultOf(app, 'exec.approval.grants.list')
  t.strictSame(protocol.problems('ExecApprovalGrantsListResult', list), [])
  t.match(list.grants, [{ grantId: 'g1', command: 'make test', revokedAtMs: null, useCount: 0 }])
  t.same(await resultOf(app, 'exec.approval.grants.revoke', { grantId: 'g1' }), { outcome: 'revoked' })
  t.same(await resultOf(app, 'exec.approval.grants.revoke', { grantId: 'g1' }), { outcome: 'already-revoked' })
  t.same(await resultOf(app, 'exec.approval.grants.revoke', { grantId: 'g2' }), { outcome: 'not-found' })
  t.match(await resultOf(app, 'exec.approval.grants.list'), { grants: [{ revokedBy: String }] })
})

t.test('who may answer', async (t) => {
  const peer = (scopes: string[], more: object = {}) => testPeer('c1', { scopes: scopes as never, ...more })
  t.ok(mayApprove(peer(['operator.admin']), undefined))
  t.ok(mayApprove(peer(['operator.approvals'], { deviceId: 'd' }), 'c2'))
  t.notOk(mayApprove(peer(['operator.approvals']), undefined), 'a scope without a device is not enough')
  t.notOk(mayApprove(peer(['operator.write'], { deviceId: 'd' }), undefined))
  t.notOk(mayApprove(peer(['operator.admin']), 'c1'), 'whoever asks does not answer')
  t.notOk(mayApprove(peer(['operator.admin'], { role: 'node', deviceId: 'd' }), undefined))
  const hub = new Hub(systemClock)
  t.notOk(hasApprover(hub, undefined))
  hub.add(peer(['operator.approvals'], { deviceId: 'd' }))
  t.ok(hasApprover(hub, undefined))
  t.notOk(hasApprover(hub, 'c1'))
})
