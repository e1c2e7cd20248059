import type { Config, ValidConfig } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import type { CommandContext } from '../context.js'
import type { Prompter } from '../prompts/types.js'
import type { OnboardFlags } from './options.js'

/** What the steps of the wizard work with. A step asks and gives answers; it writes nothing. */
export interface Wizard {
  readonly ask: Prompter
  readonly context: CommandContext
  readonly instance: Instance
  /** The config as it is, empty for one that is about to be reset. Its values are the defaults of the questions. */
  readonly config: Config
  /** The environment with what the config adds to it. */
  readonly env: ValidConfig['env']
  /** What the command line answered already is not asked. */
  readonly flags: OnboardFlags
  /** Ask what has no good default and nothing else. */
  readonly quick: boolean
}
