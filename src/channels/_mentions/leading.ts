/**
 * The text behind its first `length` characters, which name the bot: commands and stop words begin a message. All of it
 * where nothing else is said.
 */
export function behindName(text: string, length: number): string {
  return text.slice(length).replace(/^[\s,:]+/, '') || text
}
