import { withoutPrefixes } from '../_access/prefixes.js'

/** The id by which this bot knows somebody: another bot knows him by another one. */
export function normaliseQqbot(text: string): string | undefined {
  const id = withoutPrefixes(text, ['qqbot', 'qq', 'c2c', 'user'])
  if (/^[0-9a-f]{32}$/i.test(id)) return id.toUpperCase()
  return /^[A-Za-z0-9_-]{4,64}$/.test(id) ? id : undefined
}
