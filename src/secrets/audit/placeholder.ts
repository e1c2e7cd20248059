const words: ReadonlySet<string> = new Set(['undefined', 'null', 'changeme', 'change-me', 'todo', 'xxx', 'placeholder'])

/** What stands where a secret should, e.g. in an example that was copied. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim().toLowerCase()
  return words.has(value) || value.includes('__openclaw_redacted__') || /^<.*>$|^(?:your|my)[-_ ]/.test(value)
}

/** Headers whose value is a credential (spec/config.md section 5.8). */
const credentialHeader = /authorization|x-api-key|token|secret|password|credential/i

export const isCredentialHeader = (name: string): boolean => credentialHeader.test(name)
