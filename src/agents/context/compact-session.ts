import type { Clock } from '../../kernel/clock.js'
import type { Logger } from '../../kernel/logger.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { ResolvedModel } from '../../models/types.js'
import type { Store, TranscriptEntry } from '../../storage/types.js'
import { Accumulator } from '../accumulate.js'
import type { RunEmit } from '../types.js'
import { Compactor } from './compactor.js'
import { heldMessages, isEntryOf } from './held.js'
import type { FitServices } from './open-fitter.js'
import { Sizes } from './sizes.js'

export interface CompactRequest {
  readonly agent: string
  readonly sessionKey: string
  readonly runId: string
  /** Newest messages that stay; without a summary of the others. */
  readonly maxMessages?: number | undefined
  /** What the summary must hold besides. */
  readonly focus?: string | undefined
  readonly signal: StopSignal
}

/** How many messages are left besides the summary; undefined: nothing was done, for this reason. */
export type CompactOutcome = { readonly kept: number } | { readonly kept?: undefined; readonly reason: string }

export interface CompactServices {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly fit: FitServices
  readonly model: ResolvedModel
  readonly emit: RunEmit
  /** Hears what the summary costs. */
  readonly spent: Accumulator['onSpend']
}

/** A conversation of fewer tokens is as short as its summary would be. */
const leastTokens = 300
const nothing: CompactOutcome = { reason: 'nothing to compact' }

/** Sums up a session because somebody wants it. No turn of it may run meanwhile. */
export async function compactSession(services: CompactServices, request: CompactRequest): Promise<CompactOutcome> {
  const { store, clock, fit, model } = services
  const { agent, sessionKey, runId, maxMessages, focus } = request
  const stored = await store.transcripts.current(sessionKey)
  const messages = heldMessages(stored)
  const sizes = new Sizes()
  const size = sizes.sum(messages)
  const write = async (summary: string, tokensAfter: number, place: TranscriptEntry) => {
    const body = { kind: 'compaction', summary, firstKept: place.seq, tokensBefore: size, tokensAfter } as const
    await store.transcripts.append({ sessionKey, agent, runId, at: clock.now(), bodies: [body] })
  }
  if (maxMessages !== undefined) {
    const from = messages.findIndex(({ role }, index) => messages.length - index <= maxMessages && role === 'user')
    const first = messages[from]
    const place = first && stored.findLast((entry) => isEntryOf(entry, first))
    if (!place || from === 0) return nothing
    await write('', sizes.sum(messages, from), place)
    return { kept: messages.length - from }
  }
  if (size < leastTokens) return nothing
  // Who asks for it wants it shorter than what would stay otherwise.
  const settings = {
    ...fit.settings,
    keepTokens: Math.min(fit.settings.keepTokens, Math.floor(size / 4)),
    keepTurns: 1,
  }
  let reason = 'the conversation could not be summed up'
  const collected = new Accumulator()
  collected.onSpend = services.spent
  const compactor = new Compactor({
    ...services,
    request: { agent, sessionKey, origin: 'ws' },
    settings,
    route: fit.summaryRoute,
    signal: request.signal,
    collected,
    record: {
      async compact({ summary, tokensAfter }, firstKept) {
        const place = stored.findLast((entry) => isEntryOf(entry, firstKept))
        if (!place) throw new Error('a summary must keep a message that is on disk')
        await write(summary, tokensAfter, place)
      },
    },
    emit: (event) => {
      if (event.type === 'notice') reason = event.text
      return services.emit(event)
    },
    sizes,
    head: 0,
  })
  const facts = { window: model.contextWindow, size, guess: size, overflowed: false, focus }
  const cut = compactor.cut(messages, facts)
  if (cut === undefined) return nothing
  const kept = messages.length - cut
  if (!(await compactor.run(messages, cut, facts))) return { reason }
  fit.setbacks.clear(sessionKey)
  return { kept }
}
