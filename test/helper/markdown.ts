/** What tests need of a Markdown page: its fenced blocks, code spans, links and anchors. */

export interface Fence {
  /** The whole info string, e.g. `json5 old`. */
  readonly info: string
  readonly text: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

const fence = /^( *)(`{3,})([^`\n]*)\n([\s\S]*?)^\1\2 *$/gm

export function fencesOf(page: string): Fence[] {
  return [...page.matchAll(fence)].map(({ index, 1: indent = '', 3: info = '', 4: text = '' }) => ({
    info: info.trim(),
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    line: page.slice(0, index).split('\n').length,
  }))
}

/** The page without its fenced blocks. */
function prose(page: string): string {
  return page.replace(fence, '')
}

export function codeSpansOf(page: string): string[] {
  return [...prose(page).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, text = '']) => text)
}

/** Targets of the links that stay in the repository. */
export function relativeLinksOf(page: string): string[] {
  const text = prose(page).replaceAll(/(?<!`)`[^`\n]+`(?!`)/g, (span) => (span.includes('](') ? '' : span))
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
}

/** Anchors of the headings, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
  return new Set(anchors)
}

const token = /\s+|#.*$|&&|\|\||[;|&]|\d?>{1,2}|(?:[^\s;|&>'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gm

/**
 * The commands of a shell text, each as its words without leading assignments and without what follows a redirection.
 * Enough for the lines of a guide; not a shell.
 */
export function shellCommands(text: string): string[][] {
  const commands: string[][] = [[]]
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    commands.push([])
    for (const [part] of line.matchAll(token)) {
      if (/^(?:&&|\|\||[;|&])$/.test(part)) commands.push([])
      else if (part.startsWith('#')) break
      else if (part.trim() !== '') commands.at(-1)?.push(unquote(part))
    }
  }
  return commands.map(withoutFrame).filter((words) => words.length > 0)
}

function withoutFrame(words: readonly string[]): string[] {
  const start = words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word))
  const rest = start === -1 ? [] : words.slice(start)
  const redirection = rest.findIndex((word) => /^\d?>{1,2}$/.test(word))
  return redirection === -1 ? rest : rest.slice(0, redirection)
}

function unquote(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) => {
    return single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped
  })
}
