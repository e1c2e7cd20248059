import type { GatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { ModelMessage, Usage } from '../models/types.js'
import type { RunEmit, RunEvent, RunFinal, RunOrigin, TurnSettings } from './types.js'

/** Told when a session's turn has had its place in the lane and its beginning is recorded. */
export interface RunStarted {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly origin: RunOrigin
  readonly model: string
  /** What is set on the session. */
  readonly settings?: TurnSettings | undefined
  /** The messages that are new to the session. */
  readonly input: readonly ModelMessage[]
}

/** One event of a session's turn, as its own door gets it. */
export interface RunProgress {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly event: RunEvent
}

export interface RunFinished {
  readonly runId: string
  /** Undefined for a turn that stood alone. */
  readonly sessionKey: string | undefined
  readonly agent: string
  readonly provider: string
  readonly model: string
  readonly origin: RunOrigin
  readonly outcome: 'ok' | 'error' | 'aborted'
  readonly durationMs: number
  /** What was spent, also by a turn that failed; undefined when the model gave no figures. */
  readonly usage: Usage | undefined
  readonly final: RunFinal
}

/** A run whose message another one has taken has ended with that one. */
export interface RunJoined {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly final: RunFinal
}

/** A session's turn that had no model to ask; neither `run.started` nor `run.finished` is told of it. */
export interface RunRefused {
  readonly runId: string
  readonly sessionKey: string
  readonly agent: string
  readonly error: GatewayError
}

/** What the engine tells the gateway. `run.started` and `run.event` are only for turns with a session. */
export interface AgentEvents {
  'run.started': RunStarted
  'run.event': RunProgress
  'run.finished': RunFinished
  'run.joined': RunJoined
  'run.refused': RunRefused
}

/** Lets those who watch the session hear every event too. A door that waits does not hold them back. */
export function withWatchers(bus: Bus<AgentEvents>, turn: Omit<RunProgress, 'event'>, emit: RunEmit): RunEmit {
  return (event) => {
    if (bus.has('run.event')) bus.emit('run.event', { ...turn, event })
    return emit(event)
  }
}
