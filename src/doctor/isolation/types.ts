/** What only one gateway of a host may own. */
export const ownedKinds = [
  'config',
  'state',
  'workspace',
  'port',
  'control-port',
  'webhook-port',
  'cdp',
  'log',
  'gateway-secret',
  'channel-secret',
  'whatsapp-login',
  'process-environment',
] as const
export type OwnedKind = (typeof ownedKinds)[number]

/** One thing that a profile owns, or would when it runs. */
export interface Owned {
  readonly kind: OwnedKind
  /** Equal values collide. Secrets are salted hashes that mean nothing outside of this run. */
  readonly value: string
  /** For people; never a secret. */
  readonly shown: string
  /** The config key, variable or command that changes it. */
  readonly fix: string
}

export interface ProfileOwnership {
  readonly profile: string
  /** First and last port that may be used for browsers. */
  readonly cdpRange: readonly [number, number]
  readonly owned: readonly Owned[]
  /** Why a part could not be judged. */
  readonly unknown: readonly string[]
}

export interface Finding {
  /** `warning`: checked again before use, so not a violation by itself. */
  readonly severity: 'violation' | 'warning'
  readonly kind: OwnedKind
  readonly profiles: readonly string[]
  readonly shown: string
  readonly fix: readonly string[]
}
