import { commandFor } from '../instance/profile.js'
import { errorTable, type GatewayError } from '../kernel/errors.js'
import type { Messages } from './messages.js'

/**
 * An error in the language of the user: by its `details.kind` when the catalogue has words for it, by its code when the
 * throw site added nothing, else in its own words.
 */
export function errorText(
  { code, message, details }: GatewayError,
  { find, error }: Messages,
  profile: string,
): string {
  const found = find(`${code}.${String(details?.kind)}`, details?.values)
  if (found !== undefined) return found
  // The words of the table do not know the profile; those of a throw site do.
  return message === errorTable[code].message ? withProfile(error(code) ?? message, profile) : message
}

/** Commands in a text keep the active profile: "openclaw setup" would be about another gateway. */
export function withProfile(text: string, profile: string): string {
  return text.replace(/(["`])openclaw (?!--)/g, (_, quote: string) => `${quote}${commandFor({ profile }, '')}`)
}
