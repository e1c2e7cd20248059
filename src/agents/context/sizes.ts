import { estimatePrompt } from '../../models/tokens.js'
import type { ModelMessage } from '../../models/types.js'

/** Estimated tokens of messages; each is looked at once. */
export class Sizes {
  /** Made when it is needed, which is seldom. */
  #known: WeakMap<ModelMessage, number> | undefined

  of(message: ModelMessage): number {
    this.#known ??= new WeakMap()
    let tokens = this.#known.get(message)
    if (tokens === undefined) {
      tokens = estimatePrompt([message], [])
      this.#known.set(message, tokens)
    }
    return tokens
  }

  sum(messages: readonly ModelMessage[], from = 0): number {
    let tokens = 0
    for (let index = from; index < messages.length; index += 1) tokens += this.of(messages[index] as ModelMessage)
    return tokens
  }
}

/** More tokens than a prompt of so many bytes can make by our estimate. Costs nothing. */
export function mostTokens(bytes: number, messages: number): number {
  return bytes / 3 + messages * 5
}
