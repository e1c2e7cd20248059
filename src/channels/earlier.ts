import { runBehind } from '../commands/_words.js'
import type { RunAnswer } from '../sessions/answers.js'
import type { RunRow, RunStore } from '../storage/types.js'
import type { IntakeOptions } from './intake-types.js'

type Runs = Pick<RunStore, 'get'>

/** The run that an earlier start has left: of what stands behind a command, where that was begun. */
export async function earlierRun(runs: Runs, runId: string): Promise<RunRow | undefined> {
  const own = await runs.get(runId)
  return own && ((await runs.get(runBehind(runId))) ?? own)
}

/** What a message was answered, with what a command in front of it said. */
export async function earlierAnswer(
  runs: Runs,
  answer: IntakeOptions['answer'],
  runId: string,
): Promise<RunAnswer | undefined> {
  const own = await answer(runId)
  const run = await runs.get(runBehind(runId))
  // Another turn has taken it, and has answered it.
  if (!run || run.joined !== undefined) return own
  const behind = await answer(run.id)
  if (!own || behind?.outcome.status !== 'ok') return behind ?? own
  return { ...behind, text: `${own.text}\n\n${behind.text}`.trim() }
}
