import { failureOf } from '../failure.js'
import type { EnvProvider, Outcome } from '../types.js'
import type { Answers, Ask } from './ask.js'

/** Reads variables; a list of allowed names is kept to. A variable that is empty counts as missing. */
export async function readEnvironment({ alias, provider, ids, env }: Ask<EnvProvider>): Promise<Answers> {
  return new Map(
    ids.map((id): [string, Outcome] => {
      if (provider.allowlist && !provider.allowlist.includes(id)) {
        const message = `${id} is not on the allowlist of secrets.providers.${alias}. Add it there.`
        return [id, { ok: false, failure: failureOf('SECRET_REF_POLICY_DENIED', message) }]
      }
      const value = env[id]
      if (value) return [id, { ok: true, value }]
      // The environment of a process does not change by itself.
      const failure = { ...failureOf('SECRET_REF_NOT_FOUND', `The environment variable ${id} is not set. Set it.`) }
      return [id, { ok: false, failure: { ...failure, retryable: false } }]
    }),
  )
}
