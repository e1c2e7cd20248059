import type { Config } from '../../config/types.js'
import type { Wanted } from '../runner.js'
import { closeFence, cutAt, type Fence, openFence } from './chunk.js'
import { limitOf } from './shape-for.js'

/** Where a block may end, the best first; the one that is wanted and all better ones count before it is too long. */
const seams = {
  paragraph: ['\n\n'],
  newline: ['\n\n', '\n'],
  sentence: ['\n\n', '\n', '. ', '! ', '? ', '。', '！', '？'],
}
const natural = { minMs: 800, maxMs: 2_500 }

/** How an answer is said in blocks while it is written (spec/runtime.md 1.7). Lengths in characters. */
export interface BlockRules {
  readonly min: number
  readonly max: number
  readonly seam: keyof typeof seams
  /** Blocks wait for each other until there is so much, or nothing came for so long. */
  readonly together: number
  readonly idleMs: number
  /** Only when the model has said all that it says before it works on. */
  readonly whole: boolean
  /** Pause before each block but the first. */
  readonly pause: { readonly minMs: number; readonly maxMs: number } | undefined
}

interface BlockKeys {
  readonly blockStreaming?: boolean
  readonly blockStreamingCoalesce?: Coalesce
  readonly streaming?: string | { readonly block?: { readonly enabled?: boolean; readonly coalesce?: Coalesce } }
}

interface Coalesce {
  readonly minChars?: number
  readonly idleMs?: number
}

/** Undefined: answers are not said in blocks. */
export function blockRules(wanted: Wanted, { agents }: Config): BlockRules | undefined {
  const { blocks } = wanted.channel.capabilities
  const keys = wanted.account.keys as BlockKeys
  const nested = typeof keys.streaming === 'object' ? keys.streaming.block : undefined
  const defaults = agents?.defaults ?? {}
  const asked = keys.blockStreaming ?? nested?.enabled
  if (!(asked ?? (blocks?.byDefault === true && defaults.blockStreamingDefault === 'on'))) return undefined
  const { minChars = 800, maxChars = 1_200, breakPreference: seam = 'paragraph' } = defaults.blockStreamingChunk ?? {}
  const max = Math.min(maxChars, limitOf(wanted))
  const min = Math.min(minChars, max)
  const coalesce: Coalesce = {
    ...defaults.blockStreamingCoalesce,
    ...nested?.coalesce,
    ...keys.blockStreamingCoalesce,
  }
  const { mode = 'off', ...custom } = defaults.humanDelay ?? {}
  return {
    ...{ min, max, seam },
    together: coalesce.minChars ?? blocks?.together ?? min,
    idleMs: coalesce.idleMs ?? 1_000,
    whole: defaults.blockStreamingBreak === 'message_end',
    pause: mode === 'off' ? undefined : { ...natural, ...(mode === 'custom' && custom) },
  }
}

export interface Block {
  /** Markdown that stands alone: no fence is left open, and one that was goes on. */
  readonly text: string
  /** Where it ends in all that was said. */
  readonly end: number
  /** What the model said up to there since it worked last. */
  readonly stretch: string
}

export type CutRules = Pick<BlockRules, 'min' | 'max' | 'seam' | 'together' | 'whole'>

/** An answer, as far as it was said, cut into blocks as it grows. */
export class BlockCutter {
  readonly #rules: CutRules
  #raw = ''
  /** Up to here it was given away; up to there it is cut. */
  #given = 0
  #cut = 0
  /** What the model said since it worked last begins here. */
  #stretch = 0

  constructor(rules: CutRules) {
    this.#rules = rules
  }

  /** Gives the blocks that are complete with it. */
  add(delta: string): Block[] {
    this.#raw += delta
    if (this.#rules.whole) return []
    const found: Block[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#cut = next
      if (this.#cut - this.#given < this.#rules.together) continue
      const block = this.take()
      if (block) found.push(block)
    }
    return found
  }

  /** There is something cut that was not given away. */
  get waiting(): boolean {
    return this.#cut > this.#given
  }

  /** All that is there, as one more block. */
  finish(): Block | undefined {
    this.#cut = this.#raw.length
    return this.take()
  }

  /** What is said next belongs to another message of the model. */
  begin(): void {
    this.#stretch = this.#raw.length
  }

  /** What is cut and was not given away. */
  take(): Block | undefined {
    const from = this.#given
    const end = this.#cut
    this.#given = end
    const text = blockText(this.#raw.slice(0, end), from)
    if (text === '') return undefined
    return { text, end, stretch: this.#raw.slice(this.#stretch, end).replace(/^\n\n/, '') }
  }

  /** Where the next block ends; undefined while it is not known. */
  #next(): number | undefined {
    const { min, max, seam } = this.#rules
    const rest = this.#raw.slice(this.#cut)
    if (rest.length < min) return undefined
    const open = openFence(this.#raw.slice(0, this.#cut))
    const at = lastSeam(rest.slice(0, max), seams[seam], min, open)
    if (at !== undefined) return this.#cut + at
    if (rest.length < max) return undefined
    return this.#cut + (lastSeam(rest.slice(0, max), seams.sentence, min / 2, open) ?? cutAt(rest, max))
  }
}

/** The end of the last seam that stands behind `min` and in no fence. `open`: the fence that the text begins in. */
function lastSeam(text: string, wanted: readonly string[], min: number, open: Fence | undefined): number | undefined {
  const before = open === undefined ? '' : `${open.mark}\n`
  for (const seam of wanted) {
    for (let at = text.lastIndexOf(seam); at > 0 && at + seam.length >= min; at = text.lastIndexOf(seam, at - 1)) {
      const end = at + seam.length
      if (openFence(before + text.slice(0, end)) === undefined) return end
    }
  }
  return undefined
}

/** What follows `from` as markdown that stands alone; empty when there is nothing. */
export function blockText(text: string, from: number): string {
  const open = openFence(text.slice(0, from))
  const rest = text.slice(from)
  if (rest.trim() === '') return ''
  if (open === undefined) return closeFence(rest.trim())
  // The fence that is open ends right here: there is nothing in it any more.
  const closed = /^\s*(`{3,}|~{3,})[ \t]*(?:\n|$)/.exec(rest)
  if (closed?.[1]?.startsWith(open.mark)) return closeFence(rest.slice(closed[0].length).trim())
  return closeFence(`${open.mark}${open.info}\n${rest.replace(/^\n+/, '').trimEnd()}`)
}
