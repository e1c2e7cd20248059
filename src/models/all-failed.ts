import { GatewayError } from '../kernel/errors.js'
import type { CooldownRow } from '../storage/model-types.js'
import { profileOf } from './account.js'
import type { MissingModel } from './open-catalog.js'
import type { FailureClass, ModelFailure, ResolvedModel } from './types.js'

/** How one model of a line fared: it failed, or was left alone because it had. */
export interface Attempt {
  readonly model: ResolvedModel
  readonly failure?: ModelFailure
  readonly pause?: CooldownRow | undefined
}

const words: Readonly<Record<FailureClass, string>> = {
  auth: 'its key was refused',
  rate_limit: 'rate limited',
  overloaded: 'overloaded',
  timeout: 'no answer in time',
  server: 'its provider failed',
  billing: 'billing',
  not_found: 'its provider does not know it',
  cut: 'the connection broke',
  overflow: 'the conversation is too long for it',
  format: 'it refused the request',
  refusal: 'it refused to answer',
  aborted: 'aborted',
}

const isClass = (reason: string): reason is FailureClass => Object.hasOwn(words, reason)

/** Why a model did not answer, in a few words. `now` is in milliseconds since the epoch. */
export function reasonOf({ failure, pause }: Attempt, now: number): string {
  const kind = failure?.class ?? pause?.reason ?? 'server'
  const said = failure?.told?.replace(/\.$/, '') ?? (isClass(kind) ? words[kind] : kind)
  const status = failure?.status === undefined ? '' : ` (${failure.status})`
  const rest = pause && pause.until > now ? `, left alone for ${seconds(pause.until - now)}` : ''
  return `${said}${status}${rest}`
}

/** The one error of a turn that nobody could answer: names each model and its reason, and when to come again. */
export function allFailed(
  attempts: readonly Attempt[],
  missing: readonly MissingModel[],
  now: number,
  started: boolean,
): GatewayError {
  const refs = attempts.map(({ model }) => model.ref)
  const failed = attempts.map((attempt) => {
    const { ref, account } = attempt.model
    const several = refs.indexOf(ref) !== refs.lastIndexOf(ref)
    return `${ref}${several ? ` with ${profileOf(account)}` : ''}: ${reasonOf(attempt, now)}`
  })
  const absent = missing.map(({ ref, error }) => `${ref}: ${error.message.replace(/\.$/, '')}`)
  const again = attempts.flatMap(({ pause }) => (pause && pause.until > now ? [pause.until - now] : []))
  const kinds = attempts.map(({ failure, pause }) => failure?.class ?? pause?.reason)
  const limited = kinds.every((kind) => kind === 'rate_limit')
  return new GatewayError(limited ? 'rate_limit_exceeded' : 'all_models_failed', {
    message: `No model could answer. ${[...failed, ...absent].join('; ')}.`,
    started,
    details: {
      models: attempts.map(({ model, failure, pause }) => ({
        model: model.ref,
        profile: profileOf(model.account),
        class: failure?.class ?? pause?.reason,
        ...(failure?.status !== undefined && { status: failure.status }),
      })),
    },
    cause: new Error(attempts.flatMap(({ failure }) => failure?.message ?? []).join('\n')),
    ...(again.length > 0 && { retryAfterMs: Math.min(...again) }),
  })
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
