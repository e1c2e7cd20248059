export type ProgramOutput = 'text' | 'json' | 'jsonl'

/** A command-line program that answers turns, ready to be started (spec/config.md section 11.4). */
export interface Program {
  /** Id of the backend. */
  readonly id: string
  /** A name in PATH, or an absolute path. */
  readonly command: string
  readonly args: readonly string[]
  /** With `{sessionId}`; absent where `sessionArgs` do for a continued session as well. */
  readonly resumeArgs: readonly string[] | undefined
  readonly output: ProgramOutput
  readonly resumeOutput: ProgramOutput
  readonly input: 'arg' | 'stdin'
  readonly maxPromptArgChars: number
  /** Names the model; empty where the program chooses. */
  readonly modelArgs: readonly string[]
  /** With `{sessionId}`; empty when it is told none. */
  readonly sessionArgs: readonly string[]
  readonly sessionMode: 'always' | 'existing' | 'none'
  readonly sessionIdFields: readonly string[]
  /** Absent: the system prompt stands in front of the prompt. */
  readonly systemPrompt: { readonly arg: string; readonly file: boolean } | undefined
  readonly systemPromptWhen: 'first' | 'always' | 'never'
  /** `@`: paths stand in the prompt as `@<path>`. Undefined: no images. */
  readonly imageArg: string | undefined
  readonly imageMode: 'repeat' | 'list'
  readonly env: Readonly<Record<string, string>>
  readonly clearEnv: readonly string[]
  readonly serialize: boolean
  readonly timeoutMs: number
}
