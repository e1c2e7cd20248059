import type { Language } from '../locale.js'

export type Localized = Readonly<Record<Language, string>>

export interface IndexedOption {
  /** `--port` */
  readonly flag: string
  /** `-p` */
  readonly short?: string
  /** `<port>`; absent for a flag. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly text: Localized
}

export interface IndexedArgument {
  /** `entry...` takes all words that are left. */
  readonly name: string
  readonly required: boolean
  readonly text: Localized
}

export interface IndexedExample {
  readonly command: string
  readonly text?: Localized
}

/** What the help, the completion scripts and docs/cli.md know of a command without importing it. */
export interface IndexedCommand {
  /** `gateway status` */
  readonly path: string
  readonly summary: Localized
  readonly description?: Localized
  readonly args: readonly IndexedArgument[]
  readonly options: readonly IndexedOption[]
  readonly examples: readonly IndexedExample[]
}

export type CommandIndex = readonly IndexedCommand[]
