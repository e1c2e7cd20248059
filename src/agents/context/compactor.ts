import type { Clock } from '../../kernel/clock.js'
import { GatewayError, toGatewayError } from '../../kernel/errors.js'
import type { Logger } from '../../kernel/logger.js'
import { follow, type StopSignal } from '../../kernel/stop.js'
import type { ModelRoute } from '../../models/route.js'
import type { ModelMessage } from '../../models/types.js'
import type { Accumulator } from '../accumulate.js'
import type { RunRecord } from '../record.js'
import type { RunEmit, RunRequest } from '../types.js'
import { summaryMessage, summaryOf } from './held.js'
import { type ContextSettings, roomIn } from './settings.js'
import type { Sizes } from './sizes.js'
import { summarise, withRequest } from './summary.js'
import { askOnce, sideCalls } from './summary-model.js'
import { tailStart } from './tail.js'

/** A window that nobody has named; what overflowed was longer than the parts that follow from it. */
const usualWindow = 32_000
/** Longest summary, in tokens. */
const maxSummaryTokens = 6_000

export interface CompactorInput {
  readonly clock: Clock
  readonly log: Logger
  readonly request: Pick<RunRequest, 'agent' | 'origin' | 'sessionKey'>
  readonly settings: ContextSettings
  /** The model that sums up. */
  readonly route: () => Promise<ModelRoute>
  readonly signal: StopSignal
  /** What the turn has spent; summaries add to it. */
  readonly collected: Accumulator
  readonly record: Pick<RunRecord, 'compact'>
  readonly emit: RunEmit
  readonly sizes: Sizes
  /** Messages at the beginning that are no part of the conversation. */
  readonly head: number
}

export interface CompactionCase {
  /** Tokens of the model's window. */
  readonly window: number | undefined
  /** Tokens of the prompt as it is. */
  readonly size: number
  /** The same by our estimate, which the sizes of single messages are in. */
  readonly guess: number
  /** The model has refused the prompt, and is asked again afterwards. */
  readonly overflowed: boolean
  /** What the summary must hold besides, in the words of who asked for it. */
  readonly focus?: string | undefined
}

/** Puts a summary in the place of the older part of a conversation, in the prompt and in the transcript. */
export class Compactor {
  readonly #input: CompactorInput

  constructor(input: CompactorInput) {
    this.#input = input
  }

  /** Where the part begins that stays; undefined when there is nothing to sum up. */
  cut(messages: readonly ModelMessage[], facts: CompactionCase): number | undefined {
    const { window, size, guess, overflowed } = facts
    const { settings, sizes, head } = this.#input
    const half = window === undefined ? settings.keepTokens : Math.floor(roomIn(window, settings) / 2)
    // What was refused was longer than we thought.
    const scale = Math.min(guess / size, 1) / (overflowed ? 2 : 1)
    const tokens = Math.floor(Math.min(settings.keepTokens, half) * scale)
    return tailStart(messages, head, { tokens, turns: settings.keepTurns }, sizes)
  }

  /**
   * Sums up what is before `cut` and shortens `messages` themselves. False when it did not work: then everything is as
   * it was, and the user is told. Throws when the turn is called off.
   */
  async run(messages: ModelMessage[], cut: number, facts: CompactionCase): Promise<boolean> {
    const { signal, emit, record, sizes, head, log, request } = this.#input
    const dropped = messages.slice(head, cut)
    const kept = messages.slice(cut)
    await emit({ type: 'compaction', phase: 'start' })
    const { size: tokensBefore, overflowed } = facts
    try {
      const summary = withRequest(await this.#summary(dropped, facts), dropped, kept)
      const message = summaryMessage(summary)
      const tokensAfter =
        Math.max(tokensBefore - sizes.sum(dropped), sizes.sum(messages.slice(0, head))) + sizes.of(message)
      await record.compact?.({ summary, tokensBefore, tokensAfter }, kept[0] as ModelMessage)
      messages.splice(head, cut - head, message)
      const end = { phase: 'end', completed: true, willRetry: overflowed, tokensBefore, tokensAfter } as const
      await emit({ type: 'compaction', ...end })
      return true
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toGatewayError(thrown)
      log.warn({ err: thrown, sessionKey: request.sessionKey }, 'a conversation could not be summed up')
      await emit({ type: 'compaction', phase: 'end', completed: false, willRetry: false, tokensBefore })
      await emit({
        type: 'notice',
        text: `The conversation could not be summed up and stays as it is. ${error.message}`,
      })
      return false
    }
  }

  async #summary(dropped: readonly ModelMessage[], { window, focus }: CompactionCase): Promise<string> {
    const { clock, settings, route, signal, collected, request } = this.#input
    const { stop, unlink } = follow(signal)
    const cancel = clock.after(settings.timeoutMs, () => stop.abort(new GatewayError('upstream_timeout')))
    const calls = sideCalls(await route(), clock, stop, request, false)
    try {
      const own = calls.models.model.contextWindow ?? window ?? usualWindow
      const room = roomIn(own, settings)
      const [first] = dropped
      return await summarise({
        ask: (system, text) => askOnce(calls, system, text),
        messages: dropped,
        previous: first && summaryOf(first),
        roomTokens: room,
        maxTokens: Math.min(maxSummaryTokens, Math.floor((window === undefined ? room : roomIn(window, settings)) / 4)),
        wishes: [settings.instructions, focus].filter((wish) => wish !== undefined),
      })
    } finally {
      cancel()
      unlink()
      if (calls.collected.usage) collected.spend(calls.collected.usage, calls.collected.cost)
    }
  }
}
