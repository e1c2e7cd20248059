import type { CommandIndex, IndexedOption } from '../index/types.js'
import type { Language } from '../locale.js'
import { rootOptionTexts } from '../root-option-texts.js'

/** What may follow a command path, for the shells. */
export interface CompletionNode {
  /** `` at the root, `gateway`, `gateway run`. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly text: string }[]
  readonly options: readonly CompletionOption[]
}

export interface CompletionOption {
  readonly flag: string
  readonly text: string
  /** True when a value follows. */
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

/** All nodes of the command tree, the root first. */
export function completionNodes(index: CommandIndex, language: Language, rootTexts: readonly CompletionOption[]) {
  const paths = new Set(['', ...index.flatMap(({ path }) => prefixes(path))])
  return [...paths].sort().map((path): CompletionNode => {
    const command = index.find((one) => one.path === path)
    return {
      path,
      words: wordsAfter(index, path, language),
      options: [...(command?.options ?? []).map((option) => toOption(option, language)), ...rootTexts],
    }
  })
}

function prefixes(path: string): string[] {
  const words = path.split(' ')
  return words.map((_, count) => words.slice(0, count + 1).join(' '))
}

function wordsAfter(index: CommandIndex, path: string, language: Language): CompletionNode['words'] {
  const found = new Map<string, string>()
  for (const command of index) {
    const rest =
      path === '' ? command.path : command.path.startsWith(`${path} `) ? command.path.slice(path.length + 1) : ''
    const [word = '', ...more] = rest.split(' ')
    if (word !== '' && (more.length === 0 || !found.has(word)))
      found.set(word, more.length === 0 ? command.summary[language] : '')
  }
  return [...found].map(([word, text]) => ({ word, text }))
}

function toOption({ flag, value, choices, text }: IndexedOption, language: Language): CompletionOption {
  return { flag, text: text[language], takesValue: value !== undefined, choices: choices ?? [] }
}

/** The options of every command, in the form of the completion. */
export function rootCompletionOptions(textOf: (key: (typeof rootOptionTexts)[number]['text']) => string) {
  return rootOptionTexts.map(
    ({ flag, value, choices, text }): CompletionOption => ({
      flag,
      text: textOf(text),
      takesValue: value !== undefined,
      choices: choices ?? [],
    }),
  )
}
