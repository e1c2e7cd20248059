import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Instance } from '../../instance/types.js'
import { resetProfile } from '../removal/reset.js'
import type { ResetScope } from '../removal/types.js'
import { checkFreshSetup, type SetupResult, setUpProfile } from '../setup.js'
import type { OnboardAnswers } from './answers.js'
import { onboardEdits } from './edits.js'

export interface OnboardResult extends SetupResult {
  readonly reset: readonly string[]
}

/**
 * Writes all answers at once: the config changes in one step or not at all. Throws what `setUpProfile` and
 * `resetProfile` throw; before the first of them nothing has changed.
 */
export async function onboardProfile(
  instance: Instance,
  answers: OnboardAnswers,
  reset?: ResetScope,
): Promise<OnboardResult> {
  if (reset) await checkFreshSetup(instance, answers)
  const removed = reset ? (await resetProfile(instance, reset)).removed : []
  const loaded = await loadConfig(configSource(instance))
  const more = loaded.ok ? onboardEdits(loaded.config, answers) : []
  return { ...(await setUpProfile(instance, answers, more)), reset: removed }
}
