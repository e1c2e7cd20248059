import type { MemoryTerm } from '../storage/memory-types.js'

/**
 * Scripts that are written without blanks between words (Chinese, Japanese, Thai ...) or glue endings to them (Korean).
 * Their runs are found by every character and every pair of neighbours, so that a query of one character or two works.
 */
const unspaced =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u3005\\u3007\\u3041-\\u3096\\u309d-\\u30fa\\u30fc-\\u30ff' +
  '\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
/** A run of such a script, the first group; else a word. The middle way is the short one for most of them. */
const parts = new RegExp(
  `([${unspaced}]+)|[a-z0-9]+(?![a-z0-9]|[^\\x00-\\x7f])|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`,
  'gu',
)
const unspacedPair = new RegExp(`^[${unspaced}]`, 'u')

/** Longest word that is kept whole; what is longer is a key or a picture, not a word. */
const MAX_WORD = 64
/** Words that say nothing alone. */
const common = new Set(
  'a an and are as at be by did do does for from had has have how i in is it its me my of on or our that the their this to was we were what when where which who why with you your'.split(
    ' ',
  ),
)
/** Shortest stem that stands for the words that begin with it. */
const MIN_STEM = 4
const MAX_TERMS = 48

/** Everything that a text is found by. */
export function wordsOf(text: string): string[] {
  return pieces(text).flatMap((piece) => (piece.spaced ? [piece.text] : [...piece.characters, ...pairs(piece)]))
}

/** What to look for: each word once, without those that say nothing unless there are no others. */
export function termsOf(query: string): MemoryTerm[] {
  const found = new Map<string, MemoryTerm>()
  const telling = pieces(query).filter((piece) => !(piece.spaced && common.has(piece.text)))
  for (const piece of telling.length > 0 ? telling : pieces(query)) {
    for (const term of termsIn(piece)) if (found.size < MAX_TERMS && !found.has(term.text)) found.set(term.text, term)
  }
  return [...found.values()]
}

/** Whether a term is a pair of characters that may reach across two words. */
export function isPair({ text }: MemoryTerm): boolean {
  return unspacedPair.test(text)
}

type Piece =
  | { readonly spaced: true; readonly text: string }
  | { readonly spaced: false; readonly characters: readonly string[] }

function pieces(text: string): Piece[] {
  const found: Piece[] = []
  for (const [part, run] of text.normalize('NFKC').toLowerCase().matchAll(parts)) {
    if (run !== undefined) found.push({ spaced: false, characters: [...run] })
    else found.push({ spaced: true, text: plain(part).slice(0, MAX_WORD) })
  }
  return found.filter((piece) => !piece.spaced || piece.text !== '')
}

/** Without accents: who looks for "cafe" means "café". Only where accents are not letters of their own. */
function plain(word: string): string {
  if (/^[a-z0-9]+$/.test(word)) return word
  return /^[\p{sc=Latin}\p{sc=Greek}\p{N}\p{M}]+$/u.test(word) ? word.normalize('NFKD').replace(/\p{M}/gu, '') : word
}

function termsIn(piece: Piece): MemoryTerm[] {
  if (piece.spaced) return [stem(piece.text)]
  const texts = piece.characters.length === 1 ? piece.characters : pairs(piece)
  return texts.map((text) => ({ text, prefix: false }))
}

function pairs({ characters }: { readonly characters: readonly string[] }): string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}

/** English endings go, and the rest stands for all that begins with it: "deploys" finds "deployment". */
function stem(word: string): MemoryTerm {
  const short = word.replace(/(?:ies|ing|ed|es|s)$/, '')
  const text = short.length >= MIN_STEM ? short : word
  return { text, prefix: text.length >= MIN_STEM && !/^\p{N}+$/u.test(text) }
}
