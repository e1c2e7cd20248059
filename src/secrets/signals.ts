import type { Logger } from '../kernel/logger.js'
import type { Collected } from './collect.js'
import type { SecretUse, Snapshot } from './snapshot.js'

/** What the log says about a change of the secrets (spec/config.md section 5.6): owners, providers, codes; never ids or values. */
export function tellChanges(log: Logger, before: Snapshot, after: Snapshot): void {
  const old = byOwner(before)
  for (const [owner, uses] of byOwner(after)) {
    const [worst] = uses
    if (!worst || old.get(owner)?.[0]?.state === worst.state) continue
    const paths = uses.map(({ path }) => path)
    log.warn(
      { signal: 'SECRETS_DEGRADED', owner, state: worst.state, code: worst.failure?.code, paths },
      worst.state === 'stale'
        ? 'a secret could not be read again; the last good value stays in use'
        : 'a secret could not be read; what needs it fails until it can',
    )
  }
  const [failedBefore, failedNow] = [failingProviders(before), failingProviders(after)]
  for (const [provider, use] of failedNow) {
    if (failedBefore.has(provider)) continue
    const { source } = use.ref
    log.warn(
      { signal: 'SECRETS_PROVIDER_DEGRADED', provider, source, code: use.failure?.code },
      use.failure?.message ?? '',
    )
  }
  if (failedBefore.size === 0 && failedNow.size > 0 && before.uses.length > 0) {
    log.warn({ signal: 'SECRETS_RELOADER_DEGRADED' }, 'not all secrets could be read again')
  }
  if (failedBefore.size > 0 && failedNow.size === 0) {
    log.info({ signal: 'SECRETS_RELOADER_RECOVERED' }, 'all secrets are there again')
  }
}

/** What of the config is left alone, and which secret of the gateway counts. */
export function tellSurfaces(log: Logger, before: Collected, after: Collected): void {
  const known = new Set(before.inactive.map(({ path, reason }) => `${path} ${reason}`))
  for (const { path, reason } of after.inactive) {
    if (known.has(`${path} ${reason}`)) continue
    log.info(
      { signal: 'SECRETS_REF_IGNORED_INACTIVE_SURFACE', path, reason },
      'a reference that nothing uses is not read',
    )
    if (isGatewayAuth(path)) {
      log.info({ signal: 'SECRETS_GATEWAY_AUTH_SURFACE', path, state: 'inactive', reason }, 'it lets nobody in')
    }
  }
  const had = new Set(before.active.map(({ path }) => path))
  for (const { path } of after.active) {
    if (!isGatewayAuth(path) || had.has(path)) continue
    log.info(
      { signal: 'SECRETS_GATEWAY_AUTH_SURFACE', path, state: 'active' },
      'the gateway reads its secret by reference',
    )
  }
}

const isGatewayAuth = (path: string) => path.startsWith('gateway.auth.')

function byOwner({ uses }: Snapshot): Map<string, SecretUse[]> {
  const owners = new Map<string, SecretUse[]>()
  // Cold is worse than stale, and stands first.
  for (const state of ['cold', 'stale'] as const) {
    for (const use of uses) {
      if (use.state === state) owners.set(use.owner, [...(owners.get(use.owner) ?? []), use])
    }
  }
  return owners
}

function failingProviders({ uses }: Snapshot): Map<string, SecretUse> {
  return new Map(uses.filter(({ state }) => state !== 'ok').map((use) => [use.ref.provider, use]))
}
