import type { FailureClass, ModelFailure } from './types.js'

/** What follows a failed call (spec/runtime.md section 3.3, spec/config.md section 11.3). */
export interface FailureAction {
  /** Who is asked next: nobody, another account at the same provider or else the next model, or the next model. */
  readonly next: 'nobody' | 'account' | 'model'
  /** How many other accounts at the same provider are worth trying. */
  readonly accounts: number
  /** What is left alone for a while. */
  readonly pause: 'none' | 'model' | 'account'
  /** Passes only when somebody acts, so the pause is a long one. */
  readonly lasting: boolean
}

const stop: FailureAction = { next: 'nobody', accounts: 0, pause: 'none', lasting: false }
/** The provider has trouble; another account may sit elsewhere, but one try tells. */
const passing: FailureAction = { next: 'account', accounts: 1, pause: 'model', lasting: false }
const ofAccount: FailureAction = {
  next: 'account',
  accounts: Number.POSITIVE_INFINITY,
  pause: 'account',
  lasting: false,
}

const actions: Readonly<Record<FailureClass, FailureAction>> = {
  rate_limit: passing,
  overloaded: passing,
  server: passing,
  cut: passing,
  timeout: { ...passing, next: 'model' },
  auth: ofAccount,
  billing: { ...ofAccount, lasting: true },
  not_found: { ...stop, next: 'model' },
  // The request itself is at fault, or its caller is gone: any other model would fare no better.
  overflow: stop,
  format: stop,
  refusal: stop,
  aborted: stop,
}

export function actionFor({ class: kind, status }: Pick<ModelFailure, 'class' | 'status'>): FailureAction {
  // 403 says that this account may not use this model; others it may.
  if (kind === 'auth' && status === 403) return { ...ofAccount, pause: 'model' }
  return actions[kind]
}
