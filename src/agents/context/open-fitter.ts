import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { TurnModels } from '../../models/failover.js'
import type { ModelRoute } from '../../models/route.js'
import type { RunRecord } from '../record.js'
import type { Turn } from '../turn.js'
import type { TurnTools } from '../turn-tools.js'
import type { RunEmit, RunRequest } from '../types.js'
import { Compactor } from './compactor.js'
import { Fitter, type FitterInput } from './fitter.js'
import type { FlushInput } from './flush.js'
import type { Setbacks } from './setbacks.js'
import type { ContextSettings } from './settings.js'
import { Sizes } from './sizes.js'

/** What turns need of their gateway to stay within the window of their model. */
export interface FitServices {
  readonly settings: ContextSettings
  readonly setbacks: Setbacks
  /** Who sums up. */
  readonly summaryRoute: () => Promise<ModelRoute>
}

export interface OpenFitter {
  readonly clock: Clock
  readonly log: Logger
  /** The model of the turn. */
  readonly route: ModelRoute
  readonly redact: ((text: string) => string) | undefined
  readonly fit: FitServices
  readonly models: TurnModels
  readonly request: RunRequest
  readonly turn: Turn
  readonly record: RunRecord
  readonly tools: TurnTools | undefined
  readonly toolBytes: number
  readonly emit: RunEmit
}

/** What keeps the prompts of this turn short enough. The first message of a prompt is its system message. */
export function openFitter(input: OpenFitter): Fitter {
  const { clock, log, route, redact, fit, models, request, turn, record, tools, toolBytes, emit } = input
  const { settings, setbacks, summaryRoute } = fit
  const { signal, collected } = turn
  const { measured } = record
  const sizes = new Sizes()
  // Each turn comes by here: no object is copied into another.
  const calls = { clock, log, request, signal, collected, settings, route: summaryRoute, record, emit, sizes, head: 1 }
  return new Fitter({
    models,
    settings,
    sizes,
    compactor: new Compactor(calls),
    setbacks,
    sessionKey: request.sessionKey,
    toolBytes,
    measured: measured && { ...measured, messages: measured.messages + 1 },
    flush:
      settings.flush && tools && request.sessionKey !== undefined
        ? flushing({ clock, log, request, signal, collected, route, redact, tools, settings: settings.flush })
        : undefined,
  })
}

const flushing =
  (input: FlushInput): FitterInput['flush'] =>
  async (messages, free) =>
    (await import('./flush.js')).flushMemory(input, messages, free)
