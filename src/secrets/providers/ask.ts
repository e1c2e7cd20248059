import type { Clock } from '../../kernel/clock.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { Environment, Outcome } from '../types.js'

/** What a provider works with. */
export interface AskContext {
  readonly env: Environment
  /** What `~` in a path stands for. */
  readonly home: string
  readonly clock: Clock
  readonly signal: StopSignal
}

/** One question to a provider. */
export interface Ask<P> extends AskContext {
  readonly alias: string
  readonly provider: P
  /** Each once. */
  readonly ids: readonly string[]
  readonly maxBatchBytes: number
}

/** An outcome for every id. What is thrown stands for all of them. */
export type Answers = ReadonlyMap<string, Outcome>
