import type { RunEvent } from '../agents/types.js'
import { type Block, BlockCutter, type BlockRules } from '../channels/deliver/blocks.js'
import { saysNothing } from '../channels/deliver/shape.js'
import type { Working } from '../channels/intake-types.js'
import { type Told, toldOf } from '../channels/trace.js'
import { type Clock, sleep } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'

export interface BlockStreamOptions extends Pick<Working, 'runId' | 'cut' | 'next' | 'say'> {
  readonly rules: BlockRules
  readonly clock: Clock
  readonly log: Logger
  /** At least 0, below 1. */
  readonly random: () => number
}

/** An answer that is said in blocks while it is written. What it could not say is for the end of the turn. */
export class BlockStream {
  readonly #options: BlockStreamOptions
  readonly #cutter: BlockCutter
  readonly #queue: Block[] = []
  #busy: Promise<void> | undefined
  #told: Told | undefined
  #cancel = () => {}
  #over = false
  /** A model was asked. */
  #begun = false

  constructor(options: BlockStreamOptions) {
    this.#options = options
    this.#cutter = new BlockCutter(options.rules)
  }

  add(event: RunEvent): void {
    this.#begun = true
    if (this.#over) return
    if (event.type === 'tool_start') {
      // Before it works, people read what it is about to do.
      this.#give(this.#cutter.finish())
      this.#cutter.begin()
    } else if (event.type === 'text') {
      for (const block of this.#cutter.add(event.delta)) this.#give(block)
      this.#later()
    }
  }

  /** Says what is left of a whole answer. Gives how much was said. Never rejects. */
  async end(whole: boolean): Promise<Told | undefined> {
    this.#cancel()
    // A short answer needs no blocks.
    if (whole && (this.#told || this.#busy)) this.#give(this.#cutter.finish())
    if (!whole) this.#queue.length = 0
    this.#over = true
    await this.#busy
    // The blocks of an earlier answer may still be on their way. A command is answered beside them.
    if (this.#begun) await this.#options.next()
    return this.#told
  }

  #later(): void {
    if (!this.#cutter.waiting) return
    const { clock, rules } = this.#options
    this.#cancel()
    this.#cancel = clock.after(rules.idleMs, () => this.#give(this.#cutter.take()))
  }

  #give(block: Block | undefined): void {
    this.#cancel()
    if (!block) return
    this.#queue.push(block)
    this.#busy ??= this.#drain()
      .catch((err: unknown) => {
        this.#over = true
        this.#queue.length = 0
        this.#options.log.info({ err, runId: this.#options.runId }, 'an answer is not said in blocks any more')
      })
      .finally(() => {
        this.#busy = undefined
      })
  }

  async #drain(): Promise<void> {
    const { rules, clock, random, cut, next, say, runId } = this.#options
    for (let block = this.#queue.shift(); block; block = this.#queue.shift()) {
      const { minMs, maxMs } = rules.pause ?? { minMs: 0, maxMs: 0 }
      if (this.#told && maxMs > 0) await sleep(clock, minMs + random() * Math.max(maxMs - minMs, 0), cut)
      await next()
      cut.throwIfAborted()
      const told = toldOf(runId, block.end, block.stretch)
      if (this.#told || !saysNothing(block.text)) await say(block.text, told, this.#told !== undefined)
      this.#told = told
    }
  }
}
