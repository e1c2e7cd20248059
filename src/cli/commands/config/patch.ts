import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { toValue } from '../../../config/json5/node.js'
import { parseJson5 } from '../../../config/json5/parse.js'
import { isTree } from '../../../config/tree.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { readStdin } from '../../stdin.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'config.patch.summary',
  description: 'config.patch.description',
  options: {
    file: { kind: 'text', value: 'file', text: 'config.option.file' },
    stdin: { kind: 'flag', text: 'config.option.stdin' },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    ...jsonOption,
  },
  examples: [{ command: 'config patch --file changes.json5' }, { command: 'config patch --stdin --dry-run' }],
  async run(context, _args, { file, stdin, dryRun }) {
    const { io, t } = context
    if (stdin === (file !== undefined)) throw usageError(t('config.patch.oneSource'), 'config patch --help')
    const text = file === undefined ? await readStdin(io.stdin) : await readPatch(context, resolve(io.cwd, file))
    return runEdit(context, [{ op: 'merge', value: parsePatch(context, text) }], { dryRun })
  },
})

async function readPatch({ t }: CommandContext, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw usageError(t('config.patch.unreadable', { path, code }))
  }
}

function parsePatch({ t }: CommandContext, text: string): unknown {
  try {
    const value = toValue(parseJson5(text))
    if (isTree(value)) return value
  } catch (error) {
    throw usageError(t('config.patch.notJson', { why: error instanceof Error ? error.message : '' }))
  }
  throw usageError(t('config.patch.notObject'))
}
