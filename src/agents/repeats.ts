import { createHash } from 'node:crypto'
import type { ContentPart, ToolCall } from '../models/types.js'

/** The same call with the same result, so often: a word to the model, refusal, the end (spec/runtime.md 3.1). */
const warnAt = 10
const refuseAt = 20
const stopAt = 30

/** Calls that are watched after the conversation was summed up, and those before it that they are held against. */
const watchedAfter = 3
const rememberedBefore = 8

export type RepeatVerdict = 'fine' | 'refuse' | 'stop'

/** Notices a model that does the same again and again although nothing changes. One for each turn. */
export class Repeats {
  #last = ''
  #count = 0
  /** The newest calls with their results. */
  #recent: string[] = []
  /** Those of them that came before the last summary. */
  #before: readonly string[] = []
  #watched = 0
  #again = 0

  /** Whether the call may run, before it does. */
  judge(call: ToolCall): RepeatVerdict {
    if (!this.#last.startsWith(`${keyOf(call)} `)) return 'fine'
    if (this.#count >= stopAt) return 'stop'
    return this.#count >= refuseAt ? 'refuse' : 'fine'
  }

  /** The conversation was summed up. A model that then does the same as before fills its window for ever. */
  compacted(): void {
    this.#before = this.#recent
    this.#recent = []
    this.#watched = watchedAfter
  }

  /** Counts what came of a call. Gives what the model is to be told besides, if anything, and whether it is enough. */
  note(call: ToolCall, content: readonly ContentPart[]): { readonly hint?: string; readonly stop?: true } {
    const key = `${keyOf(call)} ${hash(JSON.stringify(content))}`
    const sameAsBefore = this.#watched > 0 && this.#before.includes(key)
    this.#watched -= 1
    this.#recent = [...this.#recent.slice(1 - rememberedBefore), key]
    if (sameAsBefore) this.#again += 1
    if (this.#again > 1) return { stop: true }
    this.#count = key === this.#last ? this.#count + 1 : 1
    this.#last = key
    if (sameAsBefore) return { hint: doneBefore }
    if (this.#count < warnAt) return {}
    return {
      hint: `[The same call gave the same result ${this.#count} times. Do something else, or say what keeps you.]`,
    }
  }

  /** Counts a call that was refused. */
  refused(): void {
    this.#count += 1
  }
}

const doneBefore =
  '[You made this call before the conversation was summed up, with the same result. Making it again ends the turn: use what you have.]'
const keyOf = ({ name, arguments: args }: ToolCall) => hash(`${name} ${args}`)
const hash = (text: string) => createHash('sha256').update(text).digest('base64')
