import type { Static } from '@sinclair/typebox'
import type { Config } from '../../schemas/config/index.js'
import type { SecretRef } from '../../schemas/primitives.js'
import type { SecretFailure } from './failure.js'

export type SecretPointer = Static<typeof SecretRef>
/** A secret as a config or a file of accounts has it. */
export type SecretValue = string | SecretPointer
export type Environment = Readonly<Record<string, string | undefined>>
export type SecretsConfig = NonNullable<Config['secrets']>
export type ProviderConfig = NonNullable<SecretsConfig['providers']>[string]
type Of<S extends ProviderConfig['source']> = Extract<ProviderConfig, { source: S }>
export type EnvProvider = Of<'env'>
export type FileProvider = Of<'file'>
export type ExecProvider = Of<'exec'>

/** What became of one reference. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: SecretFailure }

/** One use of a reference. */
export interface Reference {
  /** Where it is used, e.g. `models.providers.openai.apiKey`. */
  readonly path: string
  /** Who is without it when it cannot be read, e.g. `provider:openai`. */
  readonly owner: string
  readonly ref: SecretPointer
  /** The owner's settings; while they stay the same, a value that cannot be read again may be used on. */
  readonly settings: unknown
  /** The value may be more than text. */
  readonly structured: boolean
}

/** Whose references count: a gateway needs no credentials of its clients. */
export type Surface = 'server' | 'all'

/** How a reference is doing. cold: there is no value. stale: the last good one is used. */
export type SecretState = 'ok' | 'cold' | 'stale'

/** What the owner of a secret asks with. Undefined: the reference is not known here. */
export type SecretLookup = (reference: SecretPointer) => KnownSecret | undefined

export type KnownSecret =
  | { readonly state: 'ok' | 'stale'; readonly value: string }
  | { readonly state: 'cold'; readonly failure: SecretFailure }
