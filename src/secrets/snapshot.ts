import { redacted } from '../config/redact.js'
import { equalDeep } from '../config/tree.js'
import { failureOf, type SecretFailure } from './failure.js'
import { keyOf } from './pointer.js'
import type { KnownSecret, Outcome, ProviderConfig, Reference, SecretState, SecretsConfig } from './types.js'

/** One use of a reference and how it is doing. */
export interface SecretUse extends Reference {
  readonly state: SecretState
  /** Why it is not ok. */
  readonly failure: SecretFailure | undefined
  /** Since when it has been in this state, in milliseconds since the epoch. */
  readonly since: number
}

/** All secrets of one moment. Never changed: a new moment is a new snapshot. */
export interface Snapshot {
  readonly uses: readonly SecretUse[]
  /** By `keyOf`. */
  readonly known: ReadonlyMap<string, KnownSecret>
  /** Providers as they were when their values were read. */
  readonly providers: Readonly<Record<string, ProviderConfig>>
}

export const emptySnapshot: Snapshot = { uses: [], known: new Map(), providers: {} }

/**
 * What the outcomes mean for each use: ok; stale when it failed and the reference, its provider and its owner are what
 * they were, so that the last good value is still the right one; else cold (spec/config.md section 5.6).
 */
export function nextSnapshot(
  before: Snapshot,
  references: readonly Reference[],
  outcomes: ReadonlyMap<string, Outcome>,
  secrets: SecretsConfig | undefined,
  now: number,
): Snapshot {
  const providers = secrets?.providers ?? {}
  const known = new Map<string, KnownSecret>()
  const uses = references.map((reference): SecretUse => {
    const key = keyOf(reference.ref)
    const outcome = checked(outcomes.get(key), reference)
    const old = before.uses.find((use) => use.path === reference.path && keyOf(use.ref) === key)
    if (outcome.ok) {
      known.set(key, { state: 'ok', value: textOf(outcome.value) })
      return { ...reference, state: 'ok', failure: undefined, since: since(old, 'ok', now) }
    }
    const last = before.known.get(key)
    const same =
      old !== undefined &&
      equalDeep(old.settings, reference.settings) &&
      equalDeep(before.providers[reference.ref.provider], providers[reference.ref.provider])
    const stale = same && last !== undefined && last.state !== 'cold'
    if (stale) known.set(key, { state: 'stale', value: last.value })
    else if (!known.has(key)) known.set(key, { state: 'cold', failure: outcome.failure })
    const state = stale ? 'stale' : 'cold'
    return { ...reference, state, failure: outcome.failure, since: since(old, state, now) }
  })
  return { uses, known, providers }
}

function checked(outcome: Outcome | undefined, { structured, path, ref }: Reference): Outcome {
  if (!outcome) return { ok: false, failure: failureOf('SECRET_REF_NOT_FOUND', `${path} was not asked for.`) }
  if (!outcome.ok) return outcome
  const { value } = outcome
  const fail = (code: 'SECRET_REF_PROVIDER_CONTRACT' | 'SECRET_REF_REDACTED_VALUE', what: string): Outcome => ({
    ok: false,
    failure: failureOf(code, `The provider "${ref.provider}" gave ${what}.`),
  })
  if (typeof value !== 'string') return structured ? outcome : fail('SECRET_REF_PROVIDER_CONTRACT', 'no text')
  if (value.trim() === '') return fail('SECRET_REF_PROVIDER_CONTRACT', 'an empty text')
  if (value.includes(redacted)) return fail('SECRET_REF_REDACTED_VALUE', 'the placeholder of a redacted value')
  return outcome
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const since = (old: SecretUse | undefined, state: SecretState, now: number) => (old?.state === state ? old.since : now)
