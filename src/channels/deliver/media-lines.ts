import { outsideFences } from './chunk.js'

/** Files of one answer; more are not sent. */
const mostFiles = 10
/** `MEDIA:plan.pdf`, alone in its line; in marks of code or quotes, and in a list, as models write it. */
const mediaLine = /^\s*(?:[-*]\s+)?[`"']?MEDIA:\s*(.*?)\s*$/i

export interface WithFiles {
  /** Without the lines. */
  readonly text: string
  /** Paths and addresses, each once. */
  readonly files: readonly string[]
}

/** Takes the lines out of an answer that name files to send (spec/runtime.md 1.7). What stands in a fence is text. */
export function takeMediaLines(answer: string): WithFiles {
  if (!/MEDIA:/i.test(answer)) return { text: answer, files: [] }
  const files = new Set<string>()
  const text = outsideFences(answer, (line) => {
    const named = mediaLine.exec(line)
    if (!named) return line
    const source = (named[1] ?? '')
      .replace(/^[`"']+|[`"']+$/g, '')
      .trim()
      .replace(/^file:\/\//i, '')
    if (source !== '' && files.size < mostFiles) files.add(source)
    return undefined
  })
  return { text, files: [...files] }
}
