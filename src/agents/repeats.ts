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

/** Calls that take turns: A A A, A B A B, A B C A B C. */
const periods = [1, 2, 3] as const

/** Notices a model that does the same again and again although nothing changes. One for each turn. */
export class Repeats {
  /** The newest calls with their results, as many as the longest period. */
  #trail: string[] = []
  /** For each period: how many of the newest calls are those of one period before. */
  #streaks = periods.map(() => 0)
  /** The newest calls with their results. */
  #recent: string[] = []
  /** Those of them that came before the last summary. */
  #before: readonly string[] = []
  #watched = 0
  #again = 0

  /** Whether the call may run, before it does. */
  judge(call: ToolCall): RepeatVerdict {
    const { rounds } = this.#expected(call)
    if (rounds >= stopAt) return 'stop'
    return rounds >= refuseAt ? 'refuse' : 'fine'
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
    this.#follow(key)
    if (sameAsBefore) return { hint: doneBefore }
    const rounds = Math.max(...periods.map((period) => this.#rounds(period)))
    if (rounds < warnAt) return {}
    return {
      hint: `[The same ${this.#rounds(1) === rounds ? 'call' : 'calls in turn'} gave the same result ${rounds} times. Do something else, or say what keeps you.]`,
    }
  }

  /** Counts a call that was refused, as one with the result that it had each time. */
  refused(call: ToolCall): void {
    const { key } = this.#expected(call)
    if (key !== undefined) this.#follow(key)
  }

  #follow(key: string): void {
    this.#streaks = periods.map((period, index) =>
      this.#trail.at(-period) === key ? (this.#streaks[index] ?? 0) + 1 : 0,
    )
    this.#trail = [...this.#trail.slice(1 - periods.length), key]
  }

  /** How often the newest calls came round, when they do. */
  #rounds(period: number): number {
    return Math.floor((this.#streaks[period - 1] ?? 0) / period) + 1
  }

  /** The place of the call in what comes round: how often it did, and with which result. */
  #expected(call: ToolCall): { readonly rounds: number; readonly key?: string } {
    const mark = `${keyOf(call)} `
    const found = periods
      .filter((period) => this.#trail.at(-period)?.startsWith(mark))
      .map((period) => ({ rounds: this.#rounds(period), key: this.#trail.at(-period) as string }))
    return found.toSorted((a, b) => b.rounds - a.rounds)[0] ?? { rounds: 0 }
  }
}

const doneBefore =
  '[You made this call before the conversation was summed up, with the same result. Making it again ends the turn: use what you have.]'
const keyOf = ({ name, arguments: args }: ToolCall) => hash(`${name} ${args}`)
const hash = (text: string) => createHash('sha256').update(text).digest('base64')
