import { withoutPrefixes } from '../_access/prefixes.js'

/** A user's number. Names can be given away and never match; numbers below zero are groups (spec/runtime.md 1.2). */
export function normaliseTelegram(text: string): string | undefined {
  const id = withoutPrefixes(text, ['telegram', 'tg', 'user'])
  return /^[1-9]\d{0,19}$/.test(id) ? id : undefined
}
