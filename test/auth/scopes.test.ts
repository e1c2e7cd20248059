import fc from 'fast-check'
import t from 'tap'
import { fullOperatorScopes, grantScopes, hasScope, parseScopeList } from '../../src/auth/scopes.js'
import { type Scope, scopes } from '../../src/auth/types.js'

t.test('what implies what', async (t) => {
  for (const scope of scopes) t.ok(hasScope(['operator.admin'], scope), `admin implies ${scope}`)
  const byWrite = scopes.filter((scope) => hasScope(['operator.write'], scope))
  t.same(byWrite, ['operator.read', 'operator.talk', 'operator.write'])
  for (const scope of ['operator.read', 'operator.approvals', 'operator.pairing', 'operator.talk'] as const) {
    t.same(
      scopes.filter((other) => hasScope([scope], other)),
      [scope],
      `${scope} implies nothing`,
    )
  }
})

t.test('the header list', async (t) => {
  t.same(parseScopeList('operator.read'), ['operator.read'])
  t.same(parseScopeList(' operator.read , operator.write,'), ['operator.read', 'operator.write'])
  t.same(parseScopeList(''), [])
  t.same(parseScopeList('operator.root, OPERATOR.ADMIN, *, admin, constructor'), [])
})

t.test('granting', async (t) => {
  t.equal(grantScopes(undefined, fullOperatorScopes), fullOperatorScopes, 'no request, no limit: what is held')
  t.same(grantScopes(['operator.read'], ['operator.admin']), ['operator.read'])
  t.same(grantScopes(['operator.admin'], ['operator.write']), [])
  t.same(grantScopes(['operator.read', 'operator.admin'], ['operator.write'], ['operator.read']), ['operator.read'])
  t.same(grantScopes(undefined, ['operator.write', 'operator.pairing'], ['operator.write']), ['operator.write'])
  t.same(grantScopes([], ['operator.admin']), [])
})

t.test('no grant satisfies a scope that the request or a limit does not', async (t) => {
  const list = fc.subarray<Scope>([...scopes])
  const property = fc.property(list, list, list, (requested, held, approved) => {
    const granted = grantScopes(requested, held, approved)
    return scopes.every(
      (scope) => !hasScope(granted, scope) || [requested, held, approved].every((limit) => hasScope(limit, scope)),
    )
  })
  t.notOk(fc.check(property).failed)
})
