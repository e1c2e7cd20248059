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
