const ideograph = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}]'

/** The space before it, then one CJK character, a word, or one other sign. */
const piece = new RegExp(`\\s*(?:${ideograph}|(?:(?!${ideograph})[\\p{L}\\p{N}\\p{M}_'])+|\\S)|\\s+`, 'gu')

/** Cuts a text into what the echo model calls tokens; joined they are the text. */
export function piecesOf(text: string): string[] {
  return text.match(piece) ?? []
}
