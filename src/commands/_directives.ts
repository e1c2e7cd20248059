import { findCommand } from './_commands.js'
import { inlineCommands, withoutParts } from './_text.js'
import type { ChatCommand, CommandCall, Directive } from './_types.js'

/** What commands inside of a message mean. */
export interface Directives {
  readonly directive: Directive
  /** Names of commands that are answered beside the message. */
  readonly asides: readonly string[]
  /** The message without them. */
  readonly text: string
}

/** Undefined when a message has none. Words that no command knows stay in the text. */
export function readDirectives(
  text: string,
  commands: ReadonlyMap<string, ChatCommand>,
  offered: (command: ChatCommand) => boolean,
  about: Pick<CommandCall, 'services' | 'session'>,
): Directives | undefined {
  let directive: Directive = {}
  const asides: string[] = []
  const parts: { start: number; end: number }[] = []
  for (const { name, args, start, nameEnd, end } of inlineCommands(text)) {
    const found = findCommand(commands, name)
    if (!found || !offered(found.command)) continue
    const said = args === '' ? undefined : found.command.directive?.(args.toLowerCase(), about)
    if (said) {
      directive = { ...directive, ...said, settings: { ...directive.settings, ...said.settings } }
      parts.push({ start, end })
    } else if (found.command.inline) {
      if (!asides.includes(found.name)) asides.push(found.name)
      parts.push({ start, end: nameEnd })
    }
  }
  return parts.length === 0 ? undefined : { directive, asides, text: withoutParts(text, parts) }
}
