import { encodeText, lineEndOf } from '../_text/decode.js'
import type { ToolFiles } from '../_types.js'
import { applyHunks } from './hunks.js'
import type { PatchStep } from './parse.js'
import { type FileChange, PatchState } from './state.js'

export interface PatchPlan {
  readonly changes: readonly FileChange[]
  /** `A`, `M`, `D` and a path, one for each file. */
  readonly summary: readonly string[]
}

/**
 * What a patch would do, worked out without doing any of it. Steps see what earlier steps did. A text says what is
 * wrong; then nothing is to be done. Throws what the files throw.
 */
export async function planPatch(files: ToolFiles, steps: readonly PatchStep[]): Promise<PatchPlan | string> {
  const state = new PatchState(files)
  const summary: string[] = []
  for (const step of steps) {
    const done = await plan(state, step)
    if (typeof done === 'string') return done
    summary.push(...done)
  }
  return { changes: state.changes(), summary }
}

/** Lines of the summary, or what is wrong. */
async function plan(state: PatchState, step: PatchStep): Promise<readonly string[] | string> {
  const { kind, path } = step
  const there = await state.exists(path)
  if (kind === 'add') {
    if (there) return `Add File ${path}: it is there already. Use "*** Update File:".`
    await state.put(path, step.text)
    return [`A ${path}`]
  }
  if (!there) return `${kind === 'delete' ? 'Delete' : 'Update'} File ${path}: there is no such file.`
  if (kind === 'update') return update(state, step)
  await state.put(path, undefined)
  return [`D ${path}`]
}

async function update(
  state: PatchState,
  { path, moveTo, hunks }: Extract<PatchStep, { kind: 'update' }>,
): Promise<readonly string[] | string> {
  const file = await state.text(path)
  if (!file) return `Update File ${path}: it is not UTF-8 text.`
  const outcome = applyHunks(file.text, hunks, lineEndOf(file.text))
  if ('problem' in outcome) return `Update File ${path}: ${outcome.problem}`
  const after = encodeText({ bom: file.bom, text: outcome.text })
  if (moveTo === undefined || moveTo === path) {
    await state.put(path, after)
    return [`M ${path}`]
  }
  if (await state.exists(moveTo)) return `Move to ${moveTo}: there is a file already.`
  await state.move(path, moveTo, after)
  return [`D ${path}`, `A ${moveTo}`]
}
