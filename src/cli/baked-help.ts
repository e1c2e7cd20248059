import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from '../instance/types.js'
import { codeRoot } from '../kernel/code-root.js'
import { forbidsColours } from './colours.js'
import { type Language, languageOf } from './locale.js'

/** Where the build puts `openclaw --help`, ready to print: with and without colours, beside the command line. */
export function bakedHelpFile(language: Language, colours: boolean): string {
  return join(codeRoot, 'src', 'cli', 'help', `${language}${colours ? '.colours' : ''}.txt`)
}

/**
 * `openclaw --help` as the build made it, so that it costs one file and no command line. Nothing for any other
 * arguments, and nothing when running from the sources.
 */
export function bakedHelp(argv: readonly string[], env: Env, tty: boolean): string | undefined {
  if (argv.length !== 1 || !['--help', '-h'].includes(argv[0] ?? '')) return undefined
  const file = bakedHelpFile(languageOf(env), tty && !forbidsColours(env))
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
