import t from 'tap'
import { hasScope } from '../../../src/auth/scopes.js'
import { scopes } from '../../../src/auth/types.js'
import { build } from '../../helper/gateway.js'
import { openConfig, rpc } from '../../helper/rpc.js'

t.test('a method is refused to everybody who lacks its scope', async (t) => {
  const app = await build(t, openConfig())
  for (const { name, definition } of (await app.methods()).entries.values()) {
    const { scope, role = 'operator' } = definition
    if (scope === null || role === 'node') continue
    const others = scopes.filter((held) => !hasScope([held], scope))
    const answer = await rpc(app, name, {}, { 'x-openclaw-scopes': others.join(',') })
    const details = { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] }
    const error = { code: 'missing_scope', message: `missing scope: ${scope}`, details }
    t.match(answer, { status: 403, body: { ok: false, error } }, name)
  }
})

t.test('who may only write sets nothing in a new session that a change keeps for administrators', async (t) => {
  const app = await build(t, openConfig())
  const write = { 'x-openclaw-scopes': 'operator.write' }
  const walls = { execSecurity: 'full', execAsk: 'off', elevatedLevel: 'full', sendPolicy: 'deny', queueCap: 5 }
  t.equal((await rpc(app, 'sessions.patch', { key: 'main', ...walls }, write)).status, 403)
  const made = await rpc(app, 'sessions.create', { key: 'main', label: 'Mine', ...walls, queueCap: 'text' }, write)
  t.match(made, { status: 200, body: { result: { entry: { label: 'Mine' } } } }, 'unknown keys pass, and mean nothing')
  for (const name of Object.keys(walls)) t.notOk(name in made.body.result.entry, name)
})

t.test('reading how the memory is does not build its index', async (t) => {
  const app = await build(t, openConfig())
  const read = { 'x-openclaw-scopes': 'operator.read' }
  t.equal((await rpc(app, 'doctor.memory.status', {}, read)).status, 200)
  t.equal((await rpc(app, 'doctor.memory.status', { index: true, force: true }, read)).status, 403)
})
