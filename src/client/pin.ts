/** A fingerprint in the spelling of node's `fingerprint256`: upper-case hex with colons. Undefined when it is none. */
export function normalPin(text: string): string | undefined {
  const hex = text
    .trim()
    .replace(/^sha-?256[:=/ ]?/i, '')
    .replaceAll(':', '')
    .toUpperCase()
  return /^[0-9A-F]{64}$/.test(hex) ? (hex.match(/../g) ?? []).join(':') : undefined
}
