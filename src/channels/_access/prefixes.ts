/** Takes words such as `telegram:` or `user:` off the front, in any case and order; an allow list may have them. */
export function withoutPrefixes(text: string, prefixes: readonly string[]): string {
  let rest = text.trim()
  for (;;) {
    const word = prefixes.find((prefix) => rest.slice(0, prefix.length + 1).toLowerCase() === `${prefix}:`)
    if (word === undefined) return rest
    rest = rest.slice(word.length + 1).trim()
  }
}

/** A telephone number as `+` and digits, however it is grouped; undefined for what is none. */
export function e164(text: string): string | undefined {
  const [, digits] = /^(?:\+|00)?(\d{5,17})$/.exec(text.replace(/[\s().\-\u2010-\u2015\u00a0/]/g, '')) ?? []
  return digits === undefined || digits.startsWith('0') ? undefined : `+${digits}`
}
