const MAX_LENGTH = 500
/** Shorter ones are placeholders such as `ollama`; hiding them would eat ordinary words. */
const MIN_SECRET_LENGTH = 8

/** What keys look like when an upstream repeats one that we do not hold, e.g. shortened. */
const keyLike = /\b(?:sk|pk|rk|gsk|xai|hf)[-_][\w*.-]{6,}|\bBearer\s+\S+/gi
const urlCredentials = /(\/\/)[^/@\s]+@/g

/** Makes a text that came from outside fit for a log line: one line, bounded, without these secrets or look-alikes. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length >= MIN_SECRET_LENGTH) clean = clean.replaceAll(secret, '***')
  }
  clean = clean
    .replace(keyLike, '***')
    .replace(urlCredentials, '$1***@')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')}...` : clean
}
