import type { ModelMessage } from '../models/types.js'
import type { RunFinal, RunOrigin } from './types.js'

/** A message for a turn that runs. It has a turn of its own that waits, in case this one ends before it has seen it. */
export interface Steered {
  readonly run: LiveRun
  readonly message: ModelMessage
  /** True: its own turn comes nevertheless. */
  readonly stays?: boolean
}

/** A turn of a session that waits for its place or runs. */
export interface LiveRun {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly origin: RunOrigin
  /** False while it waits for the turns before it. */
  readonly running: boolean
  /** True when it was called off. */
  readonly ended: boolean
  /** What it has said so far. */
  readonly text: string
  /** The run that has taken its message: they end together. */
  readonly host: LiveRun | undefined
  /** Shows it a message at its next pause. False when it takes none, or none any more: then the message is for a turn of its own. */
  steer(steered: Steered): boolean
  /** Gives its message to another run, and its place in the lane up. False when it runs already, or was ended. */
  join(host: LiveRun): boolean
  /** Calls back once with its end, after that is on disk. */
  onEnd(listener: (final: RunFinal) => void): void
  /** Ends it, or the run that has taken its message, and tells the model upstream. */
  abort(): void
}

/** The turns of sessions that have not ended. */
export class LiveRuns {
  readonly #byId = new Map<string, LiveRun>()
  readonly #bySession = new Map<string, Set<LiveRun>>()

  /** The returned function takes it out again. */
  add(run: LiveRun): () => void {
    const { runId, sessionKey } = run
    const ofSession = this.#bySession.get(sessionKey) ?? new Set()
    this.#byId.set(runId, run)
    this.#bySession.set(sessionKey, ofSession.add(run))
    return () => {
      this.#byId.delete(runId)
      ofSession.delete(run)
      if (ofSession.size === 0) this.#bySession.delete(sessionKey)
    }
  }

  get(runId: string): LiveRun | undefined {
    return this.#byId.get(runId)
  }

  /** In the order in which they came. */
  of(sessionKey: string): readonly LiveRun[] {
    return [...(this.#bySession.get(sessionKey) ?? [])]
  }
}
