import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { build } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf, rpc } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()

t.test('exec approvals are read and written with a base hash', async (t) => {
  const app = await build(t)
  const { state } = app.runtime.instance.paths
  const before = await resultOf(app, 'exec.approvals.get')
  t.strictSame(protocol.problems('ExecApprovalsSnapshot', before), [])
  t.match(before, {
    path: join(state, 'exec-approvals.json'),
    exists: false,
    file: { version: 1 },
    resolvedDefaults: { security: 'full', ask: 'off', askFallback: 'deny', autoAllowSkills: false },
  })

  const file = {
    version: 1,
    socket: { path: '/run/x.sock', token: 'socket-token' },
    defaults: { security: 'allowlist', ask: 'on-miss' },
    agents: { main: { allowlist: [{ pattern: '/usr/bin/git' }, { id: 'mine', pattern: 'rg', argPattern: '^-n' }] } },
  }
  const written = await resultOf(app, 'exec.approvals.set', { file })
  t.strictSame(protocol.problems('ExecApprovalsSnapshot', written), [])
  t.match(written, {
    exists: true,
    file: {
      socket: { path: '/run/x.sock' },
      agents: { main: { allowlist: [{ id: /^[0-9a-f]{32}$/ }, { id: 'mine' }] } },
    },
    resolvedDefaults: { security: 'allowlist', ask: 'on-miss', askFallback: 'deny' },
  })
  t.notMatch(JSON.stringify(written), 'socket-token')
  t.equal((await stat(written.path)).mode & 0o777, 0o600)
  t.strictSame(await resultOf(app, 'exec.approvals.get'), written)

  const set = (baseHash: string | undefined, ask: string) =>
    rpc(app, 'exec.approvals.set', { file: { version: 1, defaults: { ask } }, ...(baseHash && { baseHash }) })
  t.match(await set(undefined, 'off'), {
    status: 409,
    body: {
      error: { code: 'conflict', message: 'exec approvals base hash required; re-run exec.approvals.get and retry' },
    },
  })
  t.match(await set('0'.repeat(64), 'off'), {
    body: { error: { message: 'exec approvals changed since last load; re-run exec.approvals.get and retry' } },
  })
  const racers = await Promise.all(['off', 'always', 'on-miss'].map((ask) => set(written.hash, ask)))
  t.same(racers.map(({ status }) => status).sort(), [200, 409, 409])
  t.match(JSON.parse(await readFile(written.path, 'utf8')), { socket: { token: 'socket-token' } }, 'the token stays')
})

t.test('what is refused', async (t) => {
  const app = await build(t)
  const wrong = [
    {},
    { file: {} },
    { file: { version: 2 } },
    { file: { version: 1, defaults: { security: 'none' } } },
    { file: { version: 1, agents: { main: { allowlist: [{ pattern: '' }] } } } },
    { file: { version: 1, agents: { main: { allowlist: ['rg'] } } } },
  ]
  for (const params of wrong) {
    t.match(await errorOf(app, 'exec.approvals.set', params), { code: 'invalid_params' }, JSON.stringify(params))
  }
  const { path, exists } = await resultOf(app, 'exec.approvals.get')
  t.notOk(exists)
  for (const text of ['{ "version": 1, ', '{"version": 3}', '[]']) {
    await writeFile(path, text)
    t.match(await errorOf(app, 'exec.approvals.get'), { code: 'state_unusable' }, text)
    t.match(await errorOf(app, 'exec.approvals.set', { file: { version: 1 } }), { code: 'state_unusable' }, text)
    t.equal(await readFile(path, 'utf8'), text)
  }
})

t.test('nothing waits for anybody', async (t) => {
  const app = await build(t)
  for (const method of ['exec.approval.list', 'plugin.approval.list', 'openclaw.approval.list']) {
    t.strictSame(await resultOf(app, method), [], method)
  }
  const questions = await resultOf(app, 'question.list')
  t.strictSame(questions, { questions: [] })
  t.strictSame(protocol.problems('QuestionListResult', questions), [])
})
