import { ChannelFailure, type Host } from '../port.js'
import type { TelegramApi } from './api.js'

/** Bot API, "BotCommand" and "setMyCommands". */
const name = /^[a-z0-9_]{1,32}$/
const longest = 256
const most = 100
/** Entries that are left out when Telegram finds them too many; the sizes of all count together. */
const fewer = [100, 75, 50, 25, 10]

export interface MenuEntry {
  readonly command: string
  readonly description: string
}

export interface MenuKeys {
  /** Entries that only stand in the menu: what they say is for the agent. */
  readonly custom: readonly MenuEntry[]
  /** The commands of the gateway stand there too. */
  readonly native: boolean
}

/** What the menu of a bot holds, and what of its own entries it cannot. */
export function menuOf({ custom, native }: MenuKeys, commands: readonly MenuEntry[]) {
  const others = native ? commands : []
  const taken = new Set(others.map(({ command }) => command))
  const own: MenuEntry[] = []
  const refused: string[] = []
  for (const entry of custom) {
    const command = entry.command.replace(/^\//, '').toLowerCase()
    const description = entry.description.trim().slice(0, longest)
    if (!name.test(command) || description === '' || taken.has(command)) refused.push(entry.command)
    else {
      taken.add(command)
      own.push({ command, description })
    }
  }
  // What somebody has written himself is not what is left out.
  return { commands: [...others.slice(0, Math.max(most - own.length, 0)), ...own].slice(0, most), refused }
}

/** Sets the menu; an empty one takes it away. A menu that cannot be set holds up nothing. */
export async function setMenu(api: TelegramApi, host: Host, keys: MenuKeys, signal: AbortSignal): Promise<void> {
  const { commands, refused } = menuOf(keys, host.menu())
  if (refused.length > 0) {
    host.log.warn(
      { commands: refused },
      'these customCommands are no names, have no description, or are commands already',
    )
  }
  try {
    if (commands.length === 0) await api.call('deleteMyCommands', {} as never, signal)
    else await setWhatFits(api, commands, signal)
  } catch (error) {
    host.log.warn({ error: String(error) }, 'the menu of commands could not be set')
  }
}

async function setWhatFits(api: TelegramApi, commands: readonly MenuEntry[], signal: AbortSignal): Promise<void> {
  const sizes = [commands.length, ...fewer.filter((size) => size < commands.length)]
  for (const size of sizes) {
    try {
      await api.call('setMyCommands', { commands: commands.slice(-size) as never }, signal)
      return
    } catch (error) {
      const tooMany = error instanceof ChannelFailure && /BOT_COMMANDS_TOO_MUCH/.test(error.message)
      if (!tooMany || size === sizes.at(-1)) throw error
    }
  }
}
