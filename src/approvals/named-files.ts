import { isAbsolute, resolve } from 'node:path'
import type { ExecCommand } from './judge.js'
import { identityOf, statOf } from './shell/executable.js'

/** Folders in the words of a line that others of its words may be relative to: it may go there first. */
const MAX_FOLDERS = 4

/**
 * The files that the words of a line name which nobody could read, each as it is now. Which of them it runs is not known,
 * so a file that it only reads counts too.
 */
export function filesNamed({ command, cwd }: ExecCommand, home: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  if (!isAbsolute(cwd)) return files
  const text = typeof command === 'string' ? command : command.join('\n')
  const words = [...new Set(text.split(/[\s;|&<>()'"`=]+/))].map((word) =>
    word.startsWith('~/') ? resolve(home, word.slice(2)) : word,
  )
  const folders = words.map((word) => resolve(cwd, word)).filter((path) => path !== cwd && statOf(path)?.isDirectory())
  for (const base of [cwd, ...folders.slice(0, MAX_FOLDERS)]) {
    for (const word of words) {
      const path = resolve(base, word)
      const identity = identityOf(path)
      if (identity !== undefined) files.set(path, identity)
    }
  }
  return files
}
