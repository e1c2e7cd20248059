import type { MessageKey } from './messages.js'
import { logLevels } from './root-options.js'

export interface RootOptionText {
  readonly flag: string
  readonly short?: string
  readonly value?: string
  readonly choices?: readonly string[]
  readonly text: Extract<MessageKey, `root.${string}`>
}

/** What the help and the completion scripts say of the options that every command understands. */
export const rootOptionTexts: readonly RootOptionText[] = [
  { flag: '--profile', value: '<name>', text: 'root.profile' },
  { flag: '--dev', text: 'root.dev' },
  { flag: '--log-level', value: `<${logLevels.join('|')}>`, choices: logLevels, text: 'root.logLevel' },
  { flag: '--no-color', text: 'root.noColor' },
  { flag: '--help', short: '-h', text: 'root.help' },
  { flag: '--version', short: '-V', text: 'root.version' },
]
