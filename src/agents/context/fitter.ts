import { GatewayError } from '../../kernel/errors.js'
import type { TurnModels } from '../../models/failover.js'
import type { ModelMessage, Usage } from '../../models/types.js'
import { promptBytes } from '../prompt.js'
import type { CompactionCase, Compactor } from './compactor.js'
import type { Measured } from './held.js'
import { pruned, trimmedAll } from './prune.js'
import type { Setbacks } from './setbacks.js'
import { type ContextSettings, roomIn } from './settings.js'
import { mostTokens, type Sizes } from './sizes.js'

/** A summary that makes a prompt shorter by less than this share of it is not worth its price. */
const leastGain = 0.1
/** A count below this share of our estimate is a mistake of who counted. */
const leastTrusted = 0.5

export interface FitterInput {
  readonly models: Pick<TurnModels, 'model'>
  readonly settings: ContextSettings
  readonly sizes: Sizes
  readonly compactor: Compactor
  readonly setbacks: Setbacks
  readonly sessionKey: string | undefined
  /** Bytes of the tool definitions. */
  readonly toolBytes: number
  /** What the model counted when it answered last. */
  readonly measured: Measured | undefined
  /** A turn for notes, before the conversation is summed up. Never rejects. */
  readonly flush?: ((messages: readonly ModelMessage[], freeTokens: number) => Promise<void>) | undefined
}

/** Keeps the prompts of one turn within the window of the model. Costs next to nothing where they are short. */
export class Fitter {
  readonly #input: FitterInput
  #measured: Measured | undefined
  /** Bytes of the messages that were counted. */
  #bytes = 0
  #counted = 0
  #answers = 0
  #failed = false

  constructor(input: FitterInput) {
    this.#input = input
    this.#measured = input.measured
  }

  /**
   * Makes one model call with as much of the messages as fits. May put a summary in the place of the older ones, in
   * `messages` themselves. What is too long for the model after all is sent once more, shorter, and never elsewhere.
   */
  async ask<T>(messages: ModelMessage[], call: (sent: readonly ModelMessage[]) => Promise<T>): Promise<T> {
    const sent = this.#short(messages) ? messages : await this.#fitting(messages)
    try {
      return await call(sent)
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code !== 'context_length_exceeded') throw thrown
      const shorter = await this.#shorter(messages)
      if (!shorter) throw thrown
      return call(shorter)
    }
  }

  /** To be called after an answer, with the tokens that the model counted. */
  answered(messages: readonly ModelMessage[], usage: Usage | undefined): void {
    this.#answers += 1
    // The answer itself comes next.
    if (usage) this.#measured = { tokens: usage.input + usage.output, messages: messages.length + 1 }
  }

  /** True when a look at the lengths says that there is room enough, as it mostly does. */
  #short(messages: readonly ModelMessage[]): boolean {
    const { models, settings, toolBytes } = this.#input
    const window = models.model.contextWindow
    if (window === undefined) return true
    if (messages.length > this.#counted) {
      this.#bytes += promptBytes(messages.slice(this.#counted), [])
      this.#counted = messages.length
    }
    const limit = Math.min((settings.pruning?.trimShare ?? 1) * window, roomIn(window, settings))
    const guess = mostTokens(this.#bytes + toolBytes, messages.length)
    return Math.max(guess, this.#measured?.tokens ?? 0) < limit
  }

  async #fitting(messages: ModelMessage[]): Promise<readonly ModelMessage[]> {
    const { models, settings, flush, sessionKey, setbacks } = this.#input
    const window = models.model.contextWindow
    if (window === undefined) return messages
    const sent = this.#pruned(messages, window)
    const size = this.#size(messages, sent)
    if (size <= roomIn(window, settings) || !this.#maySumUp) return sent
    if (sessionKey !== undefined && setbacks.paused(sessionKey)) return sent
    const facts = { window, size, guess: this.#guess(sent), overflowed: false }
    if (!this.#cut(messages, facts)) return sent
    if (sessionKey !== undefined && !setbacks.noted(sessionKey)) {
      setbacks.note(sessionKey)
      await flush?.(sent, window - size)
    }
    await this.#sumUp(messages, facts)
    return this.#pruned(messages, window)
  }

  /** What is left to try after the model has refused a prompt for its length; undefined: nothing. */
  async #shorter(messages: ModelMessage[]): Promise<readonly ModelMessage[] | undefined> {
    const { models, settings, sizes } = this.#input
    const window = models.model.contextWindow
    const size = Math.max(this.#size(messages, messages), window ?? 0)
    const facts = { window, size, guess: this.#guess(messages), overflowed: true }
    const done = this.#maySumUp && (await this.#sumUp(messages, facts))
    const { pruning } = settings
    const trimmed = pruning ? trimmedAll(messages, pruning) : messages
    return done || sizes.sum(trimmed) < sizes.sum(messages) ? trimmed : undefined
  }

  async #sumUp(messages: ModelMessage[], facts: CompactionCase): Promise<boolean> {
    const { compactor, sessionKey, setbacks } = this.#input
    const cut = this.#cut(messages, facts)
    if (cut === undefined) return false
    const done = await compactor.run(messages, cut, facts)
    if (!done) this.#failed = true
    if (sessionKey !== undefined) done ? setbacks.clear(sessionKey) : setbacks.failed(sessionKey)
    if (done) {
      // Nobody has counted what there is now.
      this.#measured = undefined
      this.#bytes = 0
      this.#counted = 0
    }
    return done
  }

  #cut(messages: readonly ModelMessage[], facts: CompactionCase): number | undefined {
    const { compactor, sizes } = this.#input
    const cut = compactor.cut(messages, facts)
    if (cut === undefined || facts.overflowed) return cut
    return sizes.sum(messages.slice(1, cut)) < facts.guess * leastGain ? undefined : cut
  }

  /** What a caller sends without a session is the caller's to shorten; what tools have brought since is not. */
  get #maySumUp(): boolean {
    return !this.#failed && (this.#input.sessionKey !== undefined || this.#answers > 0)
  }

  #pruned(messages: readonly ModelMessage[], window: number): readonly ModelMessage[] {
    const { settings, sizes, toolBytes } = this.#input
    return settings.pruning ? pruned(messages, window, settings.pruning, sizes, toolBytes / 4) : messages
  }

  /** Tokens: what the model counted, and our estimate of what has come since. */
  #size(messages: readonly ModelMessage[], sent: readonly ModelMessage[]): number {
    const guess = this.#guess(sent)
    if (!this.#measured) return guess
    const counted = this.#measured.tokens + this.#input.sizes.sum(messages, this.#measured.messages)
    // Some servers leave out what they had in their cache.
    return counted < guess * leastTrusted ? guess : counted
  }

  #guess(sent: readonly ModelMessage[]): number {
    return this.#input.sizes.sum(sent) + this.#input.toolBytes / 4
  }
}
