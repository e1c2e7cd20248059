import { e164, withoutPrefixes } from '../_access/prefixes.js'

/**
 * A number as `+` and digits, also of an address such as `491701234567:3@s.whatsapp.net`. An address that hides the
 * number (`@lid`) stands for itself: whoever knows the number asks with that. Groups are nobody.
 */
export function normaliseWhatsapp(text: string): string | undefined {
  const given = withoutPrefixes(text, ['whatsapp', 'wa', 'user'])
  const [, user, server] = /^(\d+)(?:[_:]\d+)*@([a-z.]+)$/i.exec(given) ?? []
  if (user === undefined || server === undefined) return e164(given)
  const home = server.toLowerCase()
  if (home === 'lid') return `${user}@lid`
  return home === 's.whatsapp.net' || home === 'c.us' ? e164(user) : undefined
}
