import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { authoredOf, ownerOf } from './authored.js'
import { type Step, stepsBetween } from './edits.js'
import { setAt, unsetAt } from './json5/edit.js'
import { type ReadConfig, type Reader, readConfig } from './load.js'
import { readText } from './read-text.js'
import { equalDeep, type Tree } from './tree.js'
import type { ConfigSource } from './types.js'

/** The one file that an edit changes. */
export interface NewText {
  readonly file: string
  readonly text: string
}

/** Why the files cannot be edited to give the wanted config. The message says what to do. */
export class CannotEdit extends Error {
  override readonly name = 'CannotEdit'
}

/** A reader that sees `change` as if it were on disk. */
export function overlay(change: NewText): Reader {
  return async (path) => (path === change.file ? { kind: 'text', text: change.text } : readText(path))
}

/** Values that are written in two places take a second look: what stood under the first comes to light. */
const maxRounds = 4

/**
 * Edits the text of one file so that the config as written becomes `target`, keeping comments and layout.
 * @throws CannotEdit when more than one file would change or an include would have to be flattened.
 */
export async function editText(source: ConfigSource, read: ReadConfig, target: Tree): Promise<NewText> {
  let change: NewText = { file: source.path, text: read.exists ? '' : '{}\n' }
  let current = read
  if (!read.exists) current = await reread(source, change)
  const folder = await realpath(dirname(source.path)).catch(() => dirname(source.path))
  for (let round = 0; round < maxRounds; round++) {
    const authored = authoredOf(current)
    if (!authored) break
    const steps = stepsBetween(authored.tree, target)
    if (steps.length === 0) return change
    change = applySteps(current, source.path, folder, change, steps)
    current = await reread(source, change)
  }
  const authored = authoredOf(current)
  if (authored && equalDeep(authored.tree, target)) return change
  throw new CannotEdit('The value is set in a second place of the config as well. Edit the file by hand.')
}

async function reread(source: ConfigSource, change: NewText): Promise<ReadConfig> {
  const read = await readConfig(source, overlay(change))
  if (read.ok) return read
  throw new CannotEdit(read.issues[0]?.message ?? 'The result is not a config.')
}

function applySteps(
  read: ReadConfig,
  mainFile: string,
  folder: string,
  before: NewText,
  steps: readonly Step[],
): NewText {
  const authored = authoredOf(read)
  const main = read.resolved.layers.find((layer) => layer.file === mainFile && layer.mount.length === 0)
  if (!authored || !main) throw new CannotEdit('The config is not an object.')
  let change: NewText | undefined = before.text === '' ? undefined : before
  for (const step of steps) {
    const path = step.op === 'set' ? authored.migration.writable(step.path) : authored.migration.authored(step.path)
    const owner = ownerOf(read.resolved.layers, main, folder, path)
    if ('refusal' in owner) throw new CannotEdit(owner.refusal)
    const { file, text } = owner.layer
    if (change && change.file !== file)
      throw new CannotEdit(`The edit would change two files, ${change.file} and ${file}. Make two edits of it.`)
    const basis: string = change?.text ?? text
    change = {
      file,
      text: step.op === 'set' ? setAt(basis, owner.path, step.value) : (unsetAt(basis, owner.path) ?? basis),
    }
  }
  return change ?? before
}
