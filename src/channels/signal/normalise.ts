import { e164, withoutPrefixes } from '../_access/prefixes.js'

/** A number as `+` and digits, or `uuid:<id>` for those who do not show theirs. */
export function normaliseSignal(text: string): string | undefined {
  const id = withoutPrefixes(text, ['signal', 'user', 'uuid'])
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return `uuid:${id.toLowerCase()}`
  return e164(id)
}
