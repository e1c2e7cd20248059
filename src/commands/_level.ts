import type { SessionPatch } from '../../schemas/ws/sessions-patch.js'
import { mayUse } from './_access.js'
import type { ChatCommand, CommandCall, Directive } from './_types.js'

type Setting = 'thinkingLevel' | 'verboseLevel' | 'reasoningLevel' | 'elevatedLevel' | 'responseUsage'

export interface LevelCommand {
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly setting: Setting
  /** What it is called in answers. */
  readonly label: string
  readonly levels: readonly string[]
  /** What counts when nothing is set. */
  readonly usual: string | ((call: CommandCall) => string)
  /** Other spellings of levels. */
  readonly spellings?: Readonly<Record<string, string>>
  /** Why this caller may not set it; empty when it may. */
  readonly refusal?: (call: CommandCall) => string
  readonly inline?: false
}

/** A command that shows one level of the session, sets it, or gives it back to the config (`default`). */
export function levelCommand(level: LevelCommand): ChatCommand {
  const { summary, aliases, setting, label, levels, usual, spellings = {}, refusal, inline } = level
  const read = (word: string) => {
    const name = word.toLowerCase()
    return levels.find((one) => one === name) ?? spellings[name]
  }
  return {
    summary,
    args: levels.join('|'),
    ...(aliases && { aliases }),
    access: 'anyone',
    ...(inline !== false && {
      directive: (word: string) => {
        const value = read(word)
        return value === undefined ? undefined : directiveOf(setting, value)
      },
    }),
    async run(call) {
      const { args, session, row, services } = call
      const unset = `${typeof usual === 'string' ? usual : usual(call)} (default)`
      if (args === '') return `${label}: ${row?.entry[setting] ?? unset}. Levels: ${levels.join(', ')}.`
      const value = args.toLowerCase() === 'default' ? null : read(args)
      if (value === undefined)
        return `"${args.slice(0, 40)}" is no level of ${label}. Use ${levels.join(', ')} or default.`
      const refused = refusal?.(call) ?? ''
      if (refused !== '') return refused
      await services.sessions.edit.patch({ key: session.key }, { [setting]: value } as SessionPatch)
      return `${label} is ${value ?? unset} in this session.`
    },
  }
}

function directiveOf(setting: Setting, value: string): Directive {
  return setting === 'thinkingLevel' ? { thinkingLevel: value } : { settings: { [setting]: value } }
}

/** The commands that this caller may use, in order. */
export function usableCommands({ commands, caller, channel, services }: CommandCall): [string, ChatCommand][] {
  return [...commands].filter(([, command]) => mayUse(command, { caller, channel }, services.config()))
}
