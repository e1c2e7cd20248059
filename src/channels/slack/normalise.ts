import { withoutPrefixes } from '../_access/prefixes.js'

/** A member's id (`U…`, `W…`), also of a mention such as `<@U123|name>`. */
export function normaliseSlack(text: string): string | undefined {
  const given = withoutPrefixes(text, ['slack', 'user'])
  const id = (/^<@([a-z0-9]+)(?:\|[^>]*)?>$/i.exec(given)?.[1] ?? given).toUpperCase()
  // A member's id has a digit in it, which the names that begin with the same letters do not.
  return /^[UW](?=[A-Z]*\d)[A-Z0-9]{2,30}$/.test(id) ? id : undefined
}
