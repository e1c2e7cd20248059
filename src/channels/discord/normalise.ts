import { withoutPrefixes } from '../_access/prefixes.js'

/** A user's id, also of a mention such as `<@!123>`. Names are matched only where the config says so. */
export function normaliseDiscord(text: string): string | undefined {
  const given = withoutPrefixes(text, ['discord', 'user'])
  const id = /^<@!?(\d+)>$/.exec(given)?.[1] ?? given
  return /^\d{5,25}$/.test(id) ? id : undefined
}
