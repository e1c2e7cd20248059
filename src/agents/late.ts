import type { Steered } from './live-runs.js'

/** Messages that come in while a turn runs, for its model to see at once. */
export interface LateMessages {
  /** True when there are some. */
  waits(): boolean
  /** Takes those there are. `last`: none can be taken after it when there are none. */
  take(last: boolean): readonly Steered[]
  /** Resolves when what was taken is on disk. To be called in the same tick as `take`: nothing may come between. */
  keep(taken: readonly Steered[]): Promise<void>
}
