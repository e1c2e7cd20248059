/** True for a time zone that this Node knows: an IANA name, `UTC`, or an offset like `+01:00`. */
export function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
