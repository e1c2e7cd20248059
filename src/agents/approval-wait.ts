import type { ToolResult } from '../tools/_types.js'

/** Holds the clock of a turn while one of its calls waits for a person's word. */
export class ApprovalWait {
  readonly #hold: (() => () => void) | undefined
  #release: (() => void) | undefined

  constructor(hold: (() => () => void) | undefined) {
    this.#hold = hold
  }

  /** Takes an unfinished result of the call: either it says that it waits, or it goes on. */
  heard({ details }: ToolResult): void {
    if (details?.status !== 'approval-pending') this.over()
    else this.#release ??= this.#hold?.()
  }

  over(): void {
    this.#release?.()
    this.#release = undefined
  }
}
