import fc from 'fast-check'
import t from 'tap'
import type { Role } from '../../src/auth/caller.js'
import type { Scope } from '../../src/auth/types.js'
import { memoryFolder } from '../helper/folder.js'
import { type By, ScopesModel, type Step } from './scopes-model.js'
import { openWorld, TOKEN } from './world.js'

/**
 * No sequence of pairing, approving, rejecting, rotating, revoking, removing and connecting, by several devices and
 * callers, gives anybody more than somebody who held it gave (PAINS 66). The devices come from the network with the
 * shared secret and ask for whatever they like.
 */
const scopes: readonly Scope[] = [
  'operator.admin',
  'operator.write',
  'operator.read',
  'operator.pairing',
  'operator.approvals',
  'operator.talk',
]
const someScopes = fc.uniqueArray(fc.constantFrom(...scopes), { minLength: 1, maxLength: 3 })
const at = fc.nat({ max: 1 })
const role = fc.oneof({ arbitrary: fc.constant<Role>('operator'), weight: 3 }, fc.constant<Role>('node'))
const by: fc.Arbitrary<By> = fc.oneof(
  { arbitrary: fc.constant<By>({ kind: 'operator', scopes: ['operator.admin'] }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('operator' as const), scopes: someScopes }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('device' as const), at }), weight: 3 },
)
const again = fc.option(someScopes, { nil: undefined })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({ do: fc.constant('connect' as const), at, role, scopes: again, token: fc.boolean() }),
    weight: 6,
  },
  { arbitrary: fc.record({ do: fc.constant('approve' as const), pick: fc.nat({ max: 2 }), by }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('reject' as const), pick: fc.nat({ max: 2 }), by }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('rotate' as const), at, role, scopes: again, by }), weight: 3 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('revoke' as const, 'remove' as const, 'node remove' as const),
      at,
      role,
      scopes: fc.constant(undefined),
      by,
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 400_000) }), weight: 1 },
)

/** One device is in already, so that what follows is about more than strangers. */
function pairFirst(first: Scope[]): Step[] {
  const connect: Step = { do: 'connect', at: 0, role: 'operator', scopes: first, token: false }
  const admin: By = { kind: 'operator', scopes: ['operator.admin'] }
  return [connect, { do: 'approve', pick: 0, by: admin }, connect, { ...connect, token: true }]
}

t.test('nobody gets more than was given', { timeout: 300_000 }, async (t) => {
  const auth = { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 1_000 } } as const
  const world = await openWorld(t, auth, {}, memoryFolder(t))
  const totals = { admitted: 0, approved: 0, rotated: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(someScopes, fc.array(step, { minLength: 6, maxLength: 24, size: 'max' }), async (first, steps) => {
      const model = new ScopesModel(world)
      for (const one of [...pairFirst(first), ...steps]) await model.run(one)
      for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += model.counts[name]
    }),
    { numRuns: 2_000 },
  )
  for (const [name, times] of Object.entries(totals)) t.ok(times > 200, `${name}: ${times}`)
})
