import { disarm, fenceUntrusted } from '../../tools/_untrusted.js'

/** What a hook says to an agent. */
export interface HookPrompt {
  readonly name: string
  /** What came in, its template filled. */
  readonly text: string
  /** The template, in the words of the operator. */
  readonly template?: string | undefined
  /** The config says that whoever can call the hook may tell the agent what to do. */
  readonly trusted: boolean
}

/**
 * The message of a turn: what strangers wrote stands between marks (spec/runtime.md section 7). What the operator wrote
 * into the config stands before them too, for what is between marks is no order.
 */
export function hookPrompt({ name, text, template, trusted }: HookPrompt): string {
  const head = `[hook:${labelOf(name)}]`
  if (trusted) return `${head} ${text}`
  const task =
    template === undefined
      ? 'A call came in from outside. Deal with it as your instructions say.'
      : `A call came in from outside. What your operator wants done with it, its {{...}} filled in below:\n${template}`
  return `${head} ${task}\n\n${fenceUntrusted(text, `hook:${name}`)}`
}

/** The same as words for a session, which reads them beside other things. */
export function hookWords({ name, text, trusted }: HookPrompt): string {
  return trusted ? text : fenceUntrusted(text, `hook:${name}`)
}

/** How a turn of a hook ended, for the main session. */
export function summaryWords(name: string, text: string): string {
  return `Hook ${labelOf(name)}: ${firstOf(text)}`
}

export function failureWords(name: string, message: string): string {
  return `Hook ${labelOf(name)} failed: ${firstOf(message)}`
}

const summaryLength = 500
const firstOf = (text: string) => text.trim().slice(0, summaryLength)
/** A name may come from the caller: it stays on its line and opens no mark. */
const labelOf = (name: string) =>
  disarm(name)
    .replace(/[[\]\s]+/g, ' ')
    .trim()
    .slice(0, 60) || 'hook'
