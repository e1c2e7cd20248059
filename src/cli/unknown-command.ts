import type { GatewayError } from '../kernel/errors.js'
import type { Found } from './find.js'
import type { Translate } from './messages.js'
import { usageError, withHint } from './usage.js'

/** The words lead nowhere: says what was probably meant. */
export function unknownCommand({ words, rest, next }: Found, t: Translate): GatewayError {
  const [word = ''] = rest
  const prefix = words.join(' ')
  const help = `${prefix} --help`.trim()
  if (word.startsWith('-')) return usageError(t('usage.optionFirst', { option: word }), help)
  const name = `${prefix} ${word}`.trim()
  const candidates = next.map((one) => `${prefix} ${one}`.trim())
  return usageError(withHint(t, t('usage.unknownCommand', { name }), name, candidates), help)
}
