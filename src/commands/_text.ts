/** Whole messages that stop what runs. */
const stopWords = new Set(['stop', 'esc', 'abort', 'wait', 'exit', 'interrupt'])
/** A word with a `/` in front: of letters, and free on both sides. */
const slashWord = /(?:^|\s)\/[a-z]/i

/** False for messages that can have no command in them. Cheap: it sees every message. */
export function mayCommand(text: string): boolean {
  return slashWord.test(text) || isStopWord(text)
}

/** `stop` and the like, as the whole message. */
export function isStopWord(text: string): boolean {
  return (
    text.length < 20 &&
    stopWords.has(
      text
        .trim()
        .toLowerCase()
        .replace(/[.!]+$/, ''),
    )
  )
}

export interface CommandText {
  readonly name: string
  readonly args: string
}

/** `/name args`, with or without a colon behind the name; undefined for other messages. */
export function readCommand(text: string): CommandText | undefined {
  const [, name, args = ''] = /^\s*\/([a-z][a-z0-9_-]*)(?::|(?=\s|$))([\s\S]*)$/i.exec(text) ?? []
  return name === undefined ? undefined : { name: name.toLowerCase(), args: args.trim() }
}

export interface InlineCommand extends CommandText {
  /** What `args` holds is one word, as far as there is one. */
  readonly start: number
  /** End of the name, and of the word behind it. */
  readonly nameEnd: number
  readonly end: number
}

/** Every `/name word` of a message, in order. */
export function inlineCommands(text: string): InlineCommand[] {
  return [...text.matchAll(/(?<=^|\s)\/([a-z][a-z0-9_-]*)(?::|(?=\s|$))(?:[ \t]*([^\s/]\S*))?/gi)].map((match) => {
    const [whole, name = '', word = ''] = match
    const end = match.index + whole.length
    const nameEnd = match.index + 1 + name.length
    return { name: name.toLowerCase(), args: word, start: match.index, nameEnd, end }
  })
}

/** The message without these parts. */
export function withoutParts(text: string, parts: readonly { readonly start: number; readonly end: number }[]): string {
  let rest = ''
  let from = 0
  for (const { start, end } of parts) {
    rest += text.slice(from, start)
    from = end
  }
  return (rest + text.slice(from)).replace(/[ \t]{2,}/g, ' ').trim()
}
