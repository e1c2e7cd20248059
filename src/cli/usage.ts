import { suggest } from '../config/suggest.js'
import { GatewayError } from '../kernel/errors.js'
import type { Translate } from './messages.js'

/** The command line is not valid. `next` is the command to run now, without `openclaw`. */
export function usageError(message: string, next?: string): GatewayError {
  return new GatewayError('usage', { message, ...(next === undefined ? {} : { details: { next } }) })
}

/** Adds what was probably meant, when something is near. */
export function withHint(t: Translate, message: string, word: string, candidates: readonly string[]): string {
  const meant = suggest(word, candidates)
  return meant === undefined ? message : `${message} ${t('usage.didYouMean', { meant })}`
}
