import { join } from 'node:path'
import { codeRoot } from '../kernel/code-root.js'
import { loadDir } from '../kernel/load-dir.js'
import type { ChatCommand } from './_types.js'

/** Every command by its name, in order. A file of this folder is a command. */
export async function loadCommands(folder = join(codeRoot, 'src/commands')): Promise<ReadonlyMap<string, ChatCommand>> {
  return loadDir<ChatCommand>(folder)
}

/** By name or alias. */
export function findCommand(
  commands: ReadonlyMap<string, ChatCommand>,
  name: string,
): { readonly name: string; readonly command: ChatCommand } | undefined {
  const own = commands.get(name)
  if (own) return { name, command: own }
  for (const [of, command] of commands) if (command.aliases?.includes(name)) return { name: of, command }
  return undefined
}
