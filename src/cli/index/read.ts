import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeRoot } from '../../kernel/code-root.js'
import type { CommandIndex } from './types.js'

/** Where the build puts the index: beside the compiled command line. */
export const indexFile = join(codeRoot, 'src', 'cli', 'index.json')

/** The index of all commands: from the build, or made now when running from the sources. */
export async function readIndex(): Promise<CommandIndex> {
  const text = await readFile(indexFile, 'utf8').catch(() => undefined)
  if (text !== undefined) return JSON.parse(text)
  const { buildIndex } = await import('./build.js')
  return buildIndex()
}
