import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const state = stringEnum(['ok', 'stale', 'cold'], {
  description: 'stale: the last good value is used. cold: there is none, and what needs it fails.',
})
const code = Nullable(Type.String(), { description: 'Why it is not ok, e.g. SECRET_REF_NOT_FOUND.' })

/** One owner of secrets that does not have all of them. */
export const DegradedSecretOwner = Type.Object({
  owner: Type.String({ description: 'Who needs the secret, e.g. provider:openai.' }),
  state,
  code,
  paths: Type.Array(Type.String(), { description: 'Where the references stand.' }),
})

export const SecretsStatusResult = Type.Object({
  ok: Type.Boolean({ description: 'True when every reference in use has its current value.' }),
  /** Milliseconds since the epoch. */
  readAt: Nullable(Type.Integer(), { description: 'When references were last read; null when there are none.' }),
  references: Type.Array(
    Type.Object({
      path: Type.String(),
      owner: Type.String(),
      source: Type.String(),
      provider: Type.String(),
      state,
      code,
      message: Nullable(Type.String(), { description: 'What to do.' }),
      since: Type.Integer({ description: 'In this state since; milliseconds since the epoch.' }),
      retryAt: Nullable(Type.Integer(), { description: 'When the provider is asked again by itself.' }),
    }),
  ),
  inactive: Type.Array(
    Type.Object({ path: Type.String(), reason: Type.String({ description: 'Why nothing uses it.' }) }),
  ),
})
