const maxLength = 320
/** RFC 2047 section 4.2, the only form that Serve uses for names outside of ASCII. */
const encodedWord = /=\?utf-8\?q\?([^?]*)\?=(?:[ \t]+(?==\?))?/gi

/** A login name, from whatever told it; undefined when it is blank, too long or has characters that no name has. */
export function cleanLogin(text: string): string | undefined {
  const login = text.trim()
  return login === '' || login.length > maxLength || /\p{Cc}|\ufffd/u.test(login) ? undefined : login
}

/** The login name in the value of `Tailscale-User-Login`. */
export function readLogin(header: string): string | undefined {
  return cleanLogin(header.replace(encodedWord, (_word, text: string) => decodeQ(text)))
}

/** Names are compared without regard to case (spec/config.md section 7). */
export function sameLogin(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function decodeQ(text: string): string {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([\da-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
