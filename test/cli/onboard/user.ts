import type { Choice, Prompter } from '../../../src/cli/prompts/types.js'
import { GatewayError } from '../../../src/kernel/errors.js'

/** `[words of the question, answer]`; `leave` is Ctrl-C at that question, `default` is Enter. */
export type Reply = readonly [question: RegExp, answer: string | boolean | readonly string[]]
export const leave = '\u0003'
export const enter = '\r'

/** A user who answers what is asked, in this order and nothing else. Keeps what was shown. */
export class ScriptedUser implements Prompter {
  readonly shown: string[] = []
  readonly #replies: Reply[]

  constructor(replies: readonly Reply[]) {
    this.#replies = [...replies]
  }

  /** Questions that were never asked. */
  get left(): readonly Reply[] {
    return this.#replies
  }

  get words(): string {
    return this.shown.join('\n')
  }

  intro = (title: string) => void this.shown.push(title)
  note = (text: string, title: string) => void this.shown.push(title, text)
  say = (kind: string, text: string) => void this.shown.push(`${kind}: ${text}`)
  outro = (text: string) => void this.shown.push(text)

  async confirm({ message, initial }: { message: string; initial: boolean }): Promise<boolean> {
    const answer = this.#next(message)
    return answer === enter ? initial : answer === true
  }

  async select<T extends string>(q: {
    message: string
    choices: readonly Choice<T>[]
    initial?: T | undefined
  }): Promise<T> {
    const answer = this.#next(q.message)
    const wanted = answer === enter ? (q.initial ?? q.choices[0]?.value) : answer
    const found = q.choices.find(({ value, label }) => value === wanted || label === wanted)
    if (!found)
      throw new Error(`"${q.message}" has no "${String(wanted)}": ${q.choices.map(({ value }) => value).join(', ')}`)
    return found.value
  }

  async pick<T extends string>(q: {
    message: string
    choices: readonly Choice<T>[]
    initial?: readonly T[]
  }): Promise<readonly T[]> {
    const answer = this.#next(q.message)
    if (answer === enter) return q.initial ?? []
    return q.choices.flatMap(({ value }) => (Array.isArray(answer) && answer.includes(value) ? [value] : []))
  }

  async text({
    message,
    initial = '',
    check,
  }: {
    message: string
    initial?: string | undefined
    check?: (a: string) => string | undefined
  }): Promise<string> {
    for (;;) {
      const answer = this.#next(message)
      const typed = answer === enter ? initial : String(answer)
      const problem = check?.(typed)
      if (problem === undefined) return typed
      this.shown.push(`refused: ${problem}`)
    }
  }

  secret = (q: { message: string; check?: (a: string) => string | undefined }) => this.text(q)
  wait = <T>(message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    this.shown.push(message)
    return work(new AbortController().signal)
  }

  #next(message: string): Reply[1] {
    this.shown.push(`? ${message}`)
    const [pattern, answer] = this.#replies.shift() ?? []
    if (!pattern || answer === undefined) throw new Error(`Nobody answers "${message}".`)
    if (!pattern.test(message)) throw new Error(`"${message}" was asked, not ${String(pattern)}.`)
    if (answer === leave) throw new GatewayError('cancelled')
    return answer
  }
}
