import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { codeRoot } from '../kernel/code-root.js'
import type { AnyCommand } from './define.js'

export const commandsFolder = join(codeRoot, 'src', 'cli', 'commands')

/** `.ts` from the sources, `.js` from the build. */
const extension = extname(fileURLToPath(import.meta.url))
const word = /^[a-z][a-z0-9-]*$/

export interface Found {
  /** The words that led here, e.g. `['gateway', 'status']`; empty at the root. */
  readonly words: readonly string[]
  /** The file of the command; undefined for a folder without a command of its own. */
  readonly file: string | undefined
  /** Next words that lead further. */
  readonly next: readonly string[]
  /** What follows the words. */
  readonly rest: readonly string[]
}

/** Follows the leading words of a command line down the commands folder. The path is the name. */
export function findCommand(argv: readonly string[]): Found {
  const words: string[] = []
  let folder: string | undefined = commandsFolder
  let file: string | undefined
  let entries = entriesOf(commandsFolder)
  for (const argument of argv) {
    const entry = word.test(argument) ? entries.get(argument) : undefined
    if (!entry || !folder) break
    words.push(argument)
    folder = entry.folder ? join(folder, argument) : undefined
    entries = folder ? entriesOf(folder) : new Map()
    file = entry.file ?? (entries.has('index') ? entries.get('index')?.file : undefined)
  }
  const next = [...entries].flatMap(([name, entry]) => (name === 'index' && !entry.folder ? [] : [name]))
  return { words, file, next, rest: argv.slice(words.length) }
}

/** Every command: its words and its file. A file `index` is the bare word of its folder; a folder of that name is a word. */
export function listCommands(folder = commandsFolder, words: readonly string[] = []): { path: string; file: string }[] {
  return [...entriesOf(folder)].flatMap(([name, entry]) => {
    const own = name === 'index' && !entry.folder ? words : [...words, name]
    return [
      ...(entry.file ? [{ path: own.join(' '), file: entry.file }] : []),
      ...(entry.folder ? listCommands(join(folder, name), own) : []),
    ]
  })
}

/** Imports one command's file and no other. */
export async function loadCommand(file: string): Promise<AnyCommand> {
  const module: unknown = await import(pathToFileURL(file).href)
  const definition: unknown = Object(module).default
  if (!isCommand(definition)) throw new TypeError(`${file} has no command as its default export.`)
  return definition
}

function isCommand(value: unknown): value is AnyCommand {
  if (typeof value !== 'object' || value === null) return false
  return 'run' in value && typeof value.run === 'function' && 'summary' in value && typeof value.summary === 'string'
}

interface Entry {
  readonly file?: string
  readonly folder?: boolean
}

function entriesOf(folder: string): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  const sorted = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const item of sorted) {
    if (item.name.startsWith('_')) continue
    if (item.isDirectory()) entries.set(item.name, { ...entries.get(item.name), folder: true })
    else if (extname(item.name) === extension && !item.name.endsWith('.d.ts')) {
      const name = item.name.slice(0, -extension.length)
      entries.set(name, { ...entries.get(name), file: join(folder, item.name) })
    }
  }
  return entries
}
