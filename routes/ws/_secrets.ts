import type { Static } from '../../schemas/type.js'
import type { DegradedSecretOwner, SecretsStatusResult } from '../../schemas/ws/secrets.js'
import type { Runtime } from '../../src/runtime.js'
import type { Given } from './_method.js'

/** What `secrets.status` answers. */
export function secretsStatus({ secrets }: Runtime): Given<Static<typeof SecretsStatusResult>> {
  const { uses } = secrets.snapshot
  return {
    ok: secrets.degraded.length === 0,
    readAt: uses.length > 0 ? (secrets.readAt ?? null) : null,
    references: uses.map(({ path, owner, ref, state, failure, since }) => ({
      path,
      owner,
      source: ref.source,
      provider: ref.provider,
      state,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
      since,
      retryAt: (state === 'ok' ? undefined : secrets.retryAt(ref.provider)) ?? null,
    })),
    inactive: secrets.inactive,
  }
}

/** Owners that do not have all of their secrets, the worst state of each. */
export function degradedOwners({ secrets }: Runtime): Given<Static<typeof DegradedSecretOwner>>[] {
  const uses = [...secrets.degraded].sort((a, b) => a.state.localeCompare(b.state))
  const owners = [...new Set(uses.map(({ owner }) => owner))]
  return owners.flatMap((owner) => {
    const own = uses.filter((use) => use.owner === owner)
    const [worst] = own
    if (!worst) return []
    const paths = own.map(({ path }) => path)
    return [{ owner, state: worst.state, code: worst.failure?.code ?? null, paths }]
  })
}
