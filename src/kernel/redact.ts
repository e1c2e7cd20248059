/** Shorter values are ignored: blanking them would garble what is shown. */
const shortestSecret = 6
/** Stands where a secret was. */
export const blank = '[redacted]'

/** Blanks known secret values, wherever they stand in a text. */
export class Redactor {
  #secrets: readonly string[] = []

  /** The values of now; those of before are forgotten. */
  hide(secrets: readonly string[]): void {
    const long = secrets.filter((secret) => secret.length >= shortestSecret)
    // In JSON a quote or a backslash stands escaped. The longest first: one may begin with another.
    const all = new Set(long.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))
    this.#secrets = [...all].sort((a, b) => b.length - a.length)
  }

  redact(text: string): string {
    let shown = text
    for (const secret of this.#secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, blank)
    return shown
  }
}
