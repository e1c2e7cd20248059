import { createHash } from 'node:crypto'
import type { ContentPart, ToolCall } from '../models/types.js'

/** The same call with the same result, so often: a word to the model, refusal, the end (spec/runtime.md 3.1). */
const warnAt = 10
const refuseAt = 20
const stopAt = 30

export type RepeatVerdict = 'fine' | 'refuse' | 'stop'

/** Notices a model that does the same again and again although nothing changes. One for each turn. */
export class Repeats {
  #last = ''
  #count = 0

  /** Whether the call may run, before it does. */
  judge(call: ToolCall): RepeatVerdict {
    if (!this.#last.startsWith(`${keyOf(call)} `)) return 'fine'
    if (this.#count >= stopAt) return 'stop'
    return this.#count >= refuseAt ? 'refuse' : 'fine'
  }

  /** Counts what came of a call. Gives what the model is to be told besides, if anything. */
  note(call: ToolCall, content: readonly ContentPart[]): string | undefined {
    const key = `${keyOf(call)} ${hash(JSON.stringify(content))}`
    this.#count = key === this.#last ? this.#count + 1 : 1
    this.#last = key
    if (this.#count < warnAt) return undefined
    return `[The same call gave the same result ${this.#count} times. Do something else, or say what keeps you.]`
  }

  /** Counts a call that was refused. */
  refused(): void {
    this.#count += 1
  }
}

const keyOf = ({ name, arguments: args }: ToolCall) => hash(`${name} ${args}`)
const hash = (text: string) => createHash('sha256').update(text).digest('base64')
