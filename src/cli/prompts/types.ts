export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string | undefined
}

/** Gives what is wrong with an answer, or undefined when it is fine. */
export type Check = (answer: string) => string | undefined

/**
 * How a command asks people. All words are given, so that they come from the catalogue. Every question throws
 * `cancelled` when the user leaves (Ctrl-C, Esc).
 */
export interface Prompter {
  intro(title: string): void
  /** A box with several lines. */
  note(text: string, title: string): void
  /** One line of what was done or found. */
  say(kind: 'done' | 'info' | 'warning' | 'problem', text: string): void
  outro(text: string): void
  confirm(question: { readonly message: string; readonly initial: boolean }): Promise<boolean>
  select<T extends string>(question: {
    readonly message: string
    readonly choices: readonly Choice<T>[]
    readonly initial?: T | undefined
  }): Promise<T>
  pick<T extends string>(question: {
    readonly message: string
    readonly choices: readonly Choice<T>[]
    readonly initial?: readonly T[]
  }): Promise<readonly T[]>
  /** An empty answer is `initial`. */
  text(question: {
    readonly message: string
    readonly initial?: string | undefined
    readonly placeholder?: string
    readonly check?: Check
  }): Promise<string>
  /** What is typed is not shown. */
  secret(question: { readonly message: string; readonly check?: Check }): Promise<string>
  /** Runs something that takes a moment; the signal fires when the user leaves meanwhile. */
  wait<T>(message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}
