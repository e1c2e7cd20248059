import type { Env } from '../instance/types.js'
import type { Translate } from './messages.js'
import type { Prompter } from './prompts/types.js'

/** Where text goes: a stream of the process, or a buffer of a test. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** What one run of the command line sees of the world. Only src/bin.ts reads it from the process. */
export interface CliIo {
  readonly argv: readonly string[]
  readonly env: Env
  readonly cwd: string
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: AsyncIterable<string | Uint8Array>
  /** Calls back when the process is asked to stop (`SIGTERM`, `SIGINT`); gives the way to stop listening. */
  readonly onStop: (listener: (signal: string) => void) => () => void
  /** Calls back when the process is asked to restart what it runs (`SIGUSR2`); gives the way to stop listening. */
  readonly onRestart: (listener: () => void) => () => void
  /** Asks questions; absent where nobody sits in front of it. */
  readonly prompts?: (t: Translate, onStop: CliIo['onStop']) => Promise<Prompter>
  /** Calls back when nobody reads stdout any more (`| head`). */
  readonly onReaderGone: (listener: () => void) => void
}
