import * as clack from '@clack/prompts'
import { GatewayError } from '../../kernel/errors.js'
import type { CliIo } from '../io.js'
import type { Translate } from '../messages.js'
import type { Check, Prompter } from './types.js'

/** Questions on the terminal of this process. Loaded only by a command that is about to ask. */
export function clackPrompter(t: Translate, onStop: CliIo['onStop']): Prompter {
  // A Chinese text with an English line of key names below it would be half a translation.
  const frame = { showInstructions: false } as const
  return {
    intro: (title) => clack.intro(title),
    note: (text, title) => clack.note(text, title, { format: (line) => line }),
    say(kind, text) {
      const { success, info, warn, error } = clack.log
      const write = { done: success, info, warning: warn, problem: error }[kind]
      write(text)
    },
    outro: (text) => clack.outro(text),
    async confirm({ message, initial }) {
      const words = { active: t('prompt.yes'), inactive: t('prompt.no') }
      return answered(await clack.confirm({ message, initialValue: initial, ...words }))
    },
    async select({ message, choices, initial }) {
      const options = choices.map(({ value, label, hint }) => ({ value, label, ...(hint && { hint }) }))
      const start = initial === undefined ? {} : { initialValue: initial }
      const value = answered(await clack.select<string>({ message, options, ...start, ...frame }))
      const chosen = choices.find((choice) => choice.value === value)
      if (!chosen) throw new GatewayError('cancelled')
      return chosen.value
    },
    async pick({ message, choices, initial = [] }) {
      const options = choices.map(({ value, label, hint }) => ({ value, label, ...(hint && { hint }) }))
      const start = { initialValues: [...initial] }
      const values = answered(
        await clack.multiselect<string>({ message, options, ...start, required: false, ...frame }),
      )
      return choices.flatMap(({ value }) => (values.includes(value) ? [value] : []))
    },
    async text({ message, initial, placeholder, check }) {
      const start = initial === undefined ? {} : { initialValue: initial, defaultValue: initial }
      const shown = placeholder === undefined ? {} : { placeholder }
      const value = await clack.text({ message, ...start, ...shown, validate: validator(check, initial) })
      return answered(value) || (initial ?? '')
    },
    async secret({ message, check }) {
      return answered(await clack.password({ message, validate: validator(check) })) ?? ''
    },
    async wait(message, work) {
      clack.log.step(message)
      const ended = new AbortController()
      const forget = onStop(() => ended.abort())
      try {
        const result = await work(ended.signal)
        if (ended.signal.aborted) throw new GatewayError('cancelled')
        return result
      } catch (error) {
        throw ended.signal.aborted ? new GatewayError('cancelled') : error
      } finally {
        forget()
      }
    },
  }
}

function validator(check: Check | undefined, initial = '') {
  return (answer: string | undefined) => check?.(answer || initial)
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (clack.isCancel(answer)) throw new GatewayError('cancelled')
  return answer as Exclude<T, symbol>
}
